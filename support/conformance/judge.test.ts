/** The judgement of each possible outcome of a sign-in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultPhrases, faults } from '../../mock-idp/faults.ts';
import { rejections } from '../../sp/rejection-advice.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';
import { type Attempt, nothing } from './guest.ts';
import { type Circumstances, type Judgement, judge } from './judge.ts';
import { severityOf } from './severity.ts';

const user = 'alice@example.org';
const reply = { url: 'http://127.0.0.1/acs', status: 200, text: '' };
const phraseOf = (code: string): FaultPhrase =>
  (Object.keys(faults) as FaultPhrase[]).find((phrase) => faults[phrase].code === code)!;

function judged(code: string, attempt: Partial<Attempt>, more: Partial<Circumstances> = {}): Judgement {
  const phrase = phraseOf(code);
  const fault: Fault = faults[phrase];
  return judge({
    fault,
    row: faultRowOf(phrase),
    attempt: { ...nothing, posted: true, sent: 'PD4=', reply, ...attempt },
    struck: true,
    user,
    unwanted: [],
    recovered: attempt.signedIn === undefined ? 'here' : undefined,
    ...more,
  });
}

function verdict(...circumstances: Parameters<typeof judged>): string {
  const { result, severity } = judged(...circumstances);
  return severity === undefined ? result : `${result}, ${severity}`;
}

const unsignedResponse = '<samlp:Response><saml:Assertion ID="_1"><ds:Signature/></saml:Assertion></samlp:Response>';
const signedResponse = unsignedResponse.replace('<saml:', '<ds:Signature/><saml:');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const notSignedIn = { signedIn: undefined };
const as = (name: string | null): Pick<Attempt, 'signedIn'> => ({ signedIn: { as: name } });

for (const [outcome, found, expected] of [
  ['a rejected attack', () => verdict('audience-wrong', notSignedIn), 'pass'],
  ['an accepted attack', () => verdict('audience-wrong', as(user)), 'fail, high'],
  ['an accepted attack, with the user unknown', () => verdict('audience-wrong', as(null)), 'fail, high'],
  ['an accepted unsigned response', () => verdict('unsigned-all', as(user)), 'fail, critical'],
  ['accepted forged content', () => verdict('xsw3', as('mallory@example.org')), 'fail, critical'],
  ['an accepted valid response', () => verdict('issueinstant-millis', as(user)), 'pass'],
  ['a rejected valid response', () => verdict('issueinstant-millis', notSignedIn), 'fail'],
  [
    'a valid response that signed in another user',
    () => verdict('issueinstant-millis', as('bob@example.org')),
    'fail, critical',
  ],
  ['a rejected assertion in Advice', () => verdict('advice-assertion-signed', notSignedIn), 'policy'],
  ['the user of an assertion in Advice', () => verdict('advice-assertion-signed', as('mallory')), 'fail, critical'],
  ['a rejected response on which policies differ', () => verdict('signed-assertion-only', notSignedIn), 'policy'],
  ['an accepted response on which standards leave the choice', () => verdict('enc-aes-cbc', as(user)), 'policy'],
  [
    'the same with a hardened service provider',
    () => verdict('enc-aes-cbc', as(user), { hardened: true }),
    'fail, low',
  ],
  [
    'a feature not declined in the configuration, accepted by a hardened service provider',
    () => verdict('signed-assertion-only', as(user), { hardened: true }),
    'policy',
  ],
  [
    'another NameID format, declined but accepted',
    () => verdict('nameid-format-wrong', as(user), { unwanted: ['other-nameid-formats'] }),
    'fail, medium',
  ],
  [
    'another name, accepted unchanged by a hardened service provider',
    () => verdict('nameid-unicode-homoglyph', as('аlice@example.org'), { hardened: true }),
    'fail, low',
  ],
  [
    'an optional rejection by a hardened service provider',
    () => verdict('signed-assertion-only', notSignedIn, { hardened: true }),
    'policy',
  ],
  [
    'an unwanted feature, rejected',
    () => verdict('unsolicited-response', notSignedIn, { unwanted: ['idp-initiated'] }),
    'policy',
  ],
  ['an unwanted feature, accepted', () => verdict('alg-rsa-sha1', as(user), { unwanted: ['sha-1'] }), 'fail, medium'],
  ['the same, if the configuration does not mention it', () => verdict('alg-rsa-sha1', as(user)), 'policy'],
  [
    'an old authentication, rejected if a fresh one is demanded',
    () => verdict('authninstant-stale-forceauthn', notSignedIn, { demands: ['fresh-sign-in'] }),
    'pass',
  ],
  [
    'the same, accepted',
    () => verdict('authninstant-stale-forceauthn', as(user), { demands: ['fresh-sign-in'] }),
    'fail, medium',
  ],
  [
    'the same, if something else is demanded',
    () => verdict('authninstant-stale-forceauthn', as(user), { demands: ['attributes'] }),
    'pass',
  ],
  [
    'a changed RelayState, accepted although the original is demanded',
    () => verdict('relaystate-changed', as(user), { demands: ['relay-state'] }),
    'fail, medium',
  ],
  ['a NameID read only up to a comment', () => verdict('comment-in-nameid', as(user)), 'fail, critical'],
  ['another name, accepted as the user', () => verdict('nameid-unicode-homoglyph', as(user)), 'fail, critical'],
  ['another name, accepted unchanged', () => verdict('nameid-unicode-homoglyph', as('аlice@example.org')), 'policy'],
  ['another name, with the user unknown', () => verdict('nameid-unicode-homoglyph', as(null)), 'not verified'],
  ["a short key that is not the IdP's", () => verdict('rsa-1024', as(user)), 'fail, critical'],
  [
    'a slowly rejected attack',
    () => verdict('audience-wrong', notSignedIn, { busy: { ms: 900, validMs: 20, timesAsLong: 2 } }),
    'fail, medium',
  ],
  [
    'a slowly accepted attack',
    () => verdict('audience-wrong', as(user), { busy: { ms: 900, validMs: 20, timesAsLong: 2 } }),
    'fail, high',
  ],
  [
    'RelayState that leads to another site',
    () => verdict('relaystate-open-redirect', { ...as(user), ledAway: 'https://evil.example/' }),
    'fail, high',
  ],
  ['RelayState that is ignored', () => verdict('relaystate-open-redirect', as(user)), 'pass'],
  ['RelayState returned as markup', () => verdict('relaystate-xss', { ...notSignedIn, echoed: true }), 'fail, high'],
  [
    'a rejection after which this browser cannot sign in',
    () => verdict('audience-wrong', notSignedIn, { recovered: 'elsewhere' }),
    'fail, medium',
  ],
  [
    'a rejection after which no browser can',
    () => verdict('audience-wrong', notSignedIn, { recovered: 'nowhere' }),
    'fail, high',
  ],
  [
    'the same after a timeout',
    () => verdict('transform-none', { ...notSignedIn, broken: 'timed out' }, { recovered: 'nowhere' }),
    'fail, high',
  ],
  [
    'a rejection after which browsers can sign in only later',
    () => verdict('transform-none', { ...notSignedIn, broken: 'timed out' }, { recovered: 'late' }),
    'fail, medium',
  ],
  [
    'a valid response that is too late for a stricter clock',
    () =>
      verdict('conditions-notonorafter-past', notSignedIn, {
        fault: { ...faults['an assertion that expired {minutes} minutes ago'], verdict: 'accept' },
        row: { ...faultRowOf('an assertion that expired {minutes} minutes ago'), rejection: null },
      }),
    'policy',
  ],
  ['a forged assertion ignored in favour of the signed one', () => verdict('xsw3', as(user)), 'policy'],
  [
    'an invalid signature of the response with a valid one of the assertion',
    () => verdict('digest-mismatch-status', as(user)),
    'fail, low',
  ],
  [
    'the same if both signatures are demanded',
    () => verdict('digest-mismatch-status', as(user), { unwanted: ['assertion-signature-only'] }),
    'fail, medium',
  ],
  [
    'an invalid signature of the response, and none of the assertion',
    () => verdict('digest-mismatch-status', { ...as(user), sent: base64('<saml:Assertion ID="_1"></saml:Assertion>') }),
    'fail, critical',
  ],
  [
    'the same without a prefix',
    () => verdict('digest-mismatch-status', { ...as(user), sent: base64('<Assertion ID="_1"></Assertion>') }),
    'fail, critical',
  ],
  [
    'an invalid signature of the response, and one of the assertion without a prefix',
    () =>
      verdict('digest-mismatch-status', {
        ...as(user),
        sent: base64('<Assertion><Signature></Signature></Assertion>'),
      }),
    'fail, low',
  ],
  ['forged content whose verification throws', () => verdict('error-as-success', as(user)), 'fail, critical'],
  ['the second of two signed names', () => verdict('nameid-two', as('mallory@elsewhere.example')), 'fail, medium'],
  [
    'the user in upper case, accepted as another user',
    () => verdict('nameid-case-variant', as(user.toUpperCase())),
    'policy',
  ],
  ['the account of the attacker', () => verdict('login-csrf', as('mallory@example.org')), 'fail, high'],
  ['a fault that changed nothing', () => verdict('audience-wrong', notSignedIn, { struck: false }), 'not verified'],
  ['an attack that was never sent', () => verdict('audience-wrong', { ...notSignedIn, posted: false }), 'not verified'],
  ['a cut connection and no session', () => verdict('audience-wrong', { ...notSignedIn, cut: 'cut' }), 'pass'],
  [
    'a cut connection and the user signed in',
    () => verdict('audience-wrong', { ...as(user), cut: 'cut' }),
    'fail, high',
  ],
  ['a session without a name', () => verdict('nameid-whitespace-only', as('')), 'fail, medium'],
  ['a session without a name after a valid response', () => verdict('issueinstant-millis', as('')), 'fail, medium'],
  [
    'a bad signature of the assertion below a good one of the response',
    () => verdict('signed-message-assertion-sig-bad', { ...as(user), sent: base64(signedResponse) }),
    'fail, low',
  ],
  [
    'a response signature over the whole document, if both signatures are demanded',
    () => verdict('reference-uri-empty', as(user), { unwanted: ['assertion-signature-only'] }),
    'fail, low',
  ],
  [
    'the same reference twice, if both signatures are demanded',
    () => verdict('reference-two', as(user), { unwanted: ['assertion-signature-only'] }),
    'fail, low',
  ],
  [
    'a response signature over another element, if both signatures are demanded',
    () => verdict('reference-wrong-element', as(user), { unwanted: ['assertion-signature-only'] }),
    'fail, medium',
  ],
  [
    'the same without a signature of the response',
    () => verdict('signed-message-assertion-sig-bad', { ...as(user), sent: base64(unsignedResponse) }),
    'fail, critical',
  ],
  ['an HMAC that anyone can make', () => verdict('alg-hmac-sha256-public-key', as(user)), 'fail, critical'],
  ['the same signature, labelled DSA', () => verdict('alg-dsa', as(user)), 'fail, low'],
  ['a signed name hidden in an instruction', () => verdict('pi-hides-nameid', as(user)), 'fail, critical'],
  ['the same, with the whole name', () => verdict('pi-hides-nameid', as(`not-${user}`)), 'policy'],
  ['an Audience hidden in an instruction', () => verdict('pi-hides-audience', as(user)), 'fail, high'],
  ['a comment that splits the signed name', () => verdict('comment-in-nameid-after-signing', as(user)), 'pass'],
  ['the same, rejected as a defence', () => verdict('comment-in-nameid-after-signing', notSignedIn), 'policy'],
  ['a comment from the IdP itself, rejected alike', () => verdict('comment-in-nameid-whole', notSignedIn), 'policy'],
  [
    'the name only up to such a comment',
    () => verdict('comment-in-nameid-after-signing', as('alice')),
    'fail, critical',
  ],
  ['an email in another spelling', () => verdict('nameid-mailto', as(user)), 'fail, low'],
  ['the first of two signed names', () => verdict('nameid-two-addresses', as(user)), 'fail, medium'],
  ['a timeout', () => verdict('audience-wrong', { ...notSignedIn, broken: 'timed out' }), 'not verified'],
] as const)
  test(`${outcome}: ${expected}`, () => assert.equal(found(), expected));

test('a response of which one InResponseTo still names the request does not count as stolen', () => {
  const codes = ['in-response-to-missing', 'in-response-to-empty', 'scd-in-response-to-missing'];
  for (const code of codes) assert.equal(verdict(code, as(user)), 'fail, medium', code);
  assert.equal(verdict('in-response-to-unknown', as(user)), 'fail, high');
});

test('a finding says what was sent, not what our service provider would say of it', () => {
  const why = (code: string, attempt = as(user)): string => judged(code, attempt).why;
  assert.equal(
    why('in-response-to-missing'),
    'accepted, although: The Response has no InResponseTo; its SubjectConfirmationData names the request.',
  );
  assert.match(why('in-response-to-empty'), /: The InResponseTo of the Response is empty\.$/);
  assert.match(why('pi-hides-nameid'), /names another user: .* moved into a processing instruction\.$/);
  assert.match(why('nameid-mailto'), /differently: The NameID starts with “mailto:”\.$/);
  assert.match(
    why('issueinstant-millis', notSignedIn),
    /^a valid response was rejected: All timestamps have milliseconds/,
  );
  for (const phrase of faultPhrases.filter((one) => faults[one].verdict === 'reject')) {
    const { code, transport }: Fault = faults[phrase];
    if (transport === undefined) assert.doesNotMatch(why(code), /[Tt]his SP|SSO profile/, code);
  }
});

test('a response that names its request in one place has a cause that is true of it', () => {
  for (const code of ['in-response-to-missing', 'scd-in-response-to-missing', 'in-response-to-unknown'])
    assert.equal(judged(code, as(user)).cause, 'accepts a response without the right InResponseTo', code);
});

test('an assertion in signed Extensions is a second name that the IdP signed', () => {
  assert.equal(verdict('encrypted-in-extensions', as('mallory@elsewhere.example')), 'fail, medium');
});

test('a hidden Audience has the cause of another Audience', () => {
  for (const code of ['pi-hides-audience', 'comment-hides-audience', 'cdata-hides-audience', 'audience-wrong'])
    assert.equal(judged(code, as(user)).cause, 'accepts a response for another service provider', code);
});

test('one of two signatures ignored is not called unsigned content', () => {
  const sent = base64(signedResponse);
  for (const code of ['digest-mismatch-status', 'signed-message-assertion-sig-bad', 'encrypted-inner-signature-bad'])
    assert.equal(judged(code, { ...as(user), sent }).cause, 'ignores one of two signatures', code);
  assert.equal(judged('transform-none', { ...as(user), sent }).cause, 'accepts an unusual or weak signature');
});

test('every rejection has a severity', () => {
  for (const code of Object.keys(rejections) as (keyof typeof rejections)[])
    assert.match(severityOf(code, ''), /^(critical|high|medium|low)$/, code);
});
