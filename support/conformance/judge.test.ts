/** What an attempt proves: each way in which a sign-in can end, against what should have happened. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import { rejections } from '../../sp/rejection-advice.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';
import { type Attempt, nothing } from './guest.ts';
import { type Circumstances, judge } from './judge.ts';
import { severityOf } from './severity.ts';

const user = 'alice@example.org';
const answer = { url: 'http://127.0.0.1/acs', status: 200, text: '' };
const phraseOf = (code: string): FaultPhrase =>
  (Object.keys(faults) as FaultPhrase[]).find((phrase) => faults[phrase].code === code)!;

function verdict(code: string, attempt: Partial<Attempt>, more: Partial<Circumstances> = {}): string {
  const phrase = phraseOf(code);
  const fault: Fault = faults[phrase];
  const { result, severity } = judge({
    fault,
    row: faultRowOf(phrase),
    attempt: { ...nothing, sent: 'PD4=', answer, ...attempt },
    struck: true,
    user,
    unwanted: [],
    recovered: attempt.signedIn === undefined ? 'here' : undefined,
    ...more,
  });
  return severity === undefined ? result : `${result}, ${severity}`;
}

const nobody = { signedIn: undefined };
const as = (name: string | null): Pick<Attempt, 'signedIn'> => ({ signedIn: { as: name } });

for (const [what, found, expected] of [
  ['an attack that was refused', () => verdict('audience-wrong', nobody), 'pass'],
  ['an attack that got its user in', () => verdict('audience-wrong', as(user)), 'fail, high'],
  ['the same where it is not told who', () => verdict('audience-wrong', as(null)), 'fail, high'],
  ['an unsigned message that got in', () => verdict('unsigned-all', as(user)), 'fail, critical'],
  ['forged content that was believed', () => verdict('xsw3', as('mallory@example.org')), 'fail, critical'],
  ['a good message that was taken', () => verdict('issueinstant-millis', as(user)), 'pass'],
  ['a good message that was refused', () => verdict('issueinstant-millis', nobody), 'fail'],
  [
    'a good message that got somebody else in',
    () => verdict('issueinstant-millis', as('bob@example.org')),
    'fail, critical',
  ],
  ['a message on which policies differ, refused', () => verdict('signed-assertion-only', nobody), 'policy'],
  ['a message on which standards leave the choice, taken', () => verdict('enc-aes-cbc', as(user)), 'policy'],
  [
    'the same at a service provider that claims to be hardened',
    () => verdict('enc-aes-cbc', as(user), { hardened: true }),
    'fail, low',
  ],
  [
    'what the configuration could have declined and did not, taken by one that claims to be hardened',
    () => verdict('signed-assertion-only', as(user), { hardened: true }),
    'policy',
  ],
  [
    'another format of the NameID, declined and taken',
    () => verdict('nameid-format-wrong', as(user), { unwanted: ['other-nameid-formats'] }),
    'fail, medium',
  ],
  [
    'another name, taken as it stands by one that claims to be hardened',
    () => verdict('nameid-unicode-homoglyph', as('аlice@example.org'), { hardened: true }),
    'fail, low',
  ],
  [
    'a choice to refuse, by one that claims to be hardened',
    () => verdict('signed-assertion-only', nobody, { hardened: true }),
    'policy',
  ],
  [
    'what the configuration does not want, refused',
    () => verdict('unsolicited-response', nobody, { unwanted: ['idp-initiated'] }),
    'policy',
  ],
  [
    'what the configuration does not want, taken',
    () => verdict('alg-rsa-sha1', as(user), { unwanted: ['sha-1'] }),
    'fail, medium',
  ],
  ['the same, where the configuration says nothing of it', () => verdict('alg-rsa-sha1', as(user)), 'policy'],
  [
    'an old authentication, refused where a fresh one is demanded',
    () => verdict('authninstant-stale-forceauthn', nobody, { demands: ['fresh-sign-in'] }),
    'pass',
  ],
  [
    'the same, taken',
    () => verdict('authninstant-stale-forceauthn', as(user), { demands: ['fresh-sign-in'] }),
    'fail, medium',
  ],
  [
    'the same, where something else is demanded',
    () => verdict('authninstant-stale-forceauthn', as(user), { demands: ['attributes'] }),
    'pass',
  ],
  [
    'another RelayState, taken where the one that was sent is demanded',
    () => verdict('relaystate-changed', as(user), { demands: ['relay-state'] }),
    'fail, medium',
  ],
  [
    'a NameID of which only the part before a comment was read',
    () => verdict('comment-in-nameid', as(user)),
    'fail, critical',
  ],
  ['another name, taken for the user', () => verdict('nameid-unicode-homoglyph', as(user)), 'fail, critical'],
  ['another name, taken as it stands', () => verdict('nameid-unicode-homoglyph', as('аlice@example.org')), 'policy'],
  ['another name, and nobody told who', () => verdict('nameid-unicode-homoglyph', as(null)), 'not verified'],
  ["a stranger's key, however short", () => verdict('rsa-1024', as(user)), 'fail, critical'],
  [
    'an attack that was refused, after a long while',
    () => verdict('audience-wrong', nobody, { busy: { ms: 900, honestMs: 20 } }),
    'fail, medium',
  ],
  [
    'an attack that got its user in, after a long while',
    () => verdict('audience-wrong', as(user), { busy: { ms: 900, honestMs: 20 } }),
    'fail, high',
  ],
  [
    'RelayState that leads away',
    () => verdict('relaystate-open-redirect', { ...as(user), ledAway: 'https://evil.example/' }),
    'fail, high',
  ],
  ['RelayState that leads nowhere', () => verdict('relaystate-open-redirect', as(user)), 'pass'],
  ['RelayState that comes back as markup', () => verdict('relaystate-xss', { ...nobody, echoed: true }), 'fail, high'],
  [
    'a refusal after which this browser cannot sign in',
    () => verdict('audience-wrong', nobody, { recovered: 'elsewhere' }),
    'fail, medium',
  ],
  ['a refusal after which nobody can', () => verdict('audience-wrong', nobody, { recovered: 'nowhere' }), 'fail, high'],
  [
    'the same without an answer in time',
    () => verdict('transform-none', { ...nobody, broken: 'time is over' }, { recovered: 'nowhere' }),
    'fail, high',
  ],
  [
    'a good message that came too late for a stricter clock',
    () =>
      verdict('conditions-notonorafter-past', nobody, {
        fault: { ...faults['an assertion that expired {minutes} minutes ago'], verdict: 'accept' },
        row: { ...faultRowOf('an assertion that expired {minutes} minutes ago'), rejection: null },
      }),
    'policy',
  ],
  ['a forged assertion that was passed over for the signed one', () => verdict('xsw3', as(user)), 'policy'],
  [
    'a bad signature of the response beside a good one of the assertion',
    () => verdict('digest-mismatch-status', as(user)),
    'fail, low',
  ],
  [
    'the same where both signatures are demanded',
    () => verdict('digest-mismatch-status', as(user), { unwanted: ['assertion-signature-only'] }),
    'fail, critical',
  ],
  [
    'the second of two names that were signed',
    () => verdict('nameid-two', as('mallory@elsewhere.example')),
    'fail, medium',
  ],
  ['the user in capitals, taken for another', () => verdict('nameid-case-variant', as(user.toUpperCase())), 'policy'],
  ['the account of an attacker', () => verdict('login-csrf', as('mallory@example.org')), 'fail, high'],
  ['a fault that never struck', () => verdict('audience-wrong', nobody, { struck: false }), 'not verified'],
  ['no answer in time', () => verdict('audience-wrong', { ...nobody, broken: 'time is over' }), 'not verified'],
] as const)
  test(`${what}: ${expected}`, () => assert.equal(found(), expected));

test('every rejection has a severity', () => {
  for (const code of Object.keys(rejections) as (keyof typeof rejections)[])
    assert.match(severityOf(code, ''), /^(critical|high|medium|low)$/, code);
});
