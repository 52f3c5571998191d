/** Every fault over HTTP has exactly the expected verdict: no attack gets in, and no valid response is rejected. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { arrange, type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import { rejections } from '../../sp/rejection-advice.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';
import { sample } from '../stack/sample.fixture.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { type FaultTable, type Outcome, prepareFaultTable } from './fault-table.ts';

const phrases = Object.keys(faults) as FaultPhrase[];
const faultOf = (phrase: FaultPhrase): Fault => faults[phrase];
const filled = (phrase: string, amount: number): string => phrase.replace(/\{\w+\}/, String(amount));

/** Each phrase with its amounts, and the rejection to be recorded (`success` for none). */
const rows = phrases
  .filter((phrase) => faultOf(phrase).transport === undefined)
  .flatMap((phrase) => {
    const { amount } = faultOf(phrase);
    const rejection = faultRowOf(phrase).rejection ?? 'success';
    if (amount === undefined) return [{ phrase, withAmount: phrase as string, recorded: rejection as string }];
    return [
      ...amount.accept.map((value) => ({ phrase, withAmount: filled(phrase, value), recorded: 'success' })),
      ...amount.reject.map((value) => ({ phrase, withAmount: filled(phrase, value), recorded: rejection as string })),
    ];
  });

/** Both settings of each policy, and the rejection if it differs from the expected one; some belong to the profile. */
const bothSettings: Readonly<
  Record<string, { accept: unknown; reject: unknown; rejection?: string; ofProfile?: true }>
> = {
  requireSignedMessage: { accept: false, reject: true },
  requireSignedAssertion: { accept: false, reject: true, rejection: 'assertion-not-signed' },
  allowSha1: { accept: true, reject: false },
  allowIdpInitiated: { accept: true, reject: false },
  requireRelayState: { accept: false, reject: true },
  requireEncryption: { accept: false, reject: true, rejection: 'encryption-required' },
  nameIdFormat: { accept: 'any', reject: 'emailAddress' },
  requiredAttributes: { accept: [], reject: ['email'], rejection: 'required-attribute-missing' },
  forceAuthn: { accept: false, reject: true, rejection: 'authn-instant-stale', ofProfile: true },
  requestedAuthnContext: {
    accept: [],
    reject: ['urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport'],
    rejection: 'authn-context-unmet',
    ofProfile: true,
  },
};

const settingsWith = (policy: string, value: unknown): object =>
  bothSettings[policy]!.ofProfile ? { [policy]: value } : { policies: { [policy]: value } };

let stack: Stack;
let table: FaultTable;
before(async () => {
  stack = await startStack();
  table = await prepareFaultTable(stack);
});
after(() => stack[Symbol.asyncDispose]());

function check(outcome: Outcome, recorded: string, { alreadyIn = false } = {}): void {
  const signedIn = recorded === 'success' || alreadyIn ? outcome.expectedAddress : undefined;
  assert.deepEqual(
    { recorded: outcome.recorded, signedIn: outcome.signedIn, struck: outcome.struck },
    { recorded, signedIn, struck: true },
    outcome.findings.join(', '),
  );
}

test('a valid response signs in', async () => {
  const { recorded, signedIn, expectedAddress, struck } = await table.play(undefined);
  assert.deepEqual({ recorded, signedIn, struck }, { recorded: 'success', signedIn: expectedAddress, struck: false });
});

describe('every fault', () => {
  for (const { phrase, withAmount, recorded } of sample(rows, 90)) {
    const row = faultRowOf(phrase);
    // Rejected responses were preceded by one that signed the user in.
    const alreadyIn = row.postedTwice === true || row.signedInBefore === true;
    test(withAmount, async () => check(await table.play(withAmount, row), recorded, { alreadyIn }));
  }
});

describe('a fault on which a policy decides', () => {
  const decided = phrases.filter((phrase) => typeof faultOf(phrase).verdict !== 'string');
  for (const phrase of sample(decided, 10)) {
    const { verdict } = faultOf(phrase);
    if (typeof verdict === 'string') continue;
    const row = faultRowOf(phrase);
    const { accept, reject, rejection = row.rejection } = bothSettings[verdict.policy]!;
    const play = (value: unknown): Promise<Outcome> =>
      table.play(phrase, {
        ...row,
        fromPortal: verdict.policy === 'allowIdpInitiated',
        settings: { ...row.settings, ...settingsWith(verdict.policy, value) },
      });
    // The hardened setting has its row above, except if the sign-in starts elsewhere.
    if (row.rejection !== null) {
      test(`${phrase}: accepted if ${verdict.policy} is ${JSON.stringify(accept)}`, async () => {
        const outcome = await play(accept);
        assert.deepEqual(
          [outcome.recorded, outcome.signedIn, outcome.endedAt],
          ['success', outcome.expectedAddress, '/console'],
          outcome.findings.join(', '),
        );
      });
    }
    if (row.rejection === null || verdict.policy === 'allowIdpInitiated') {
      test(`${phrase}: rejected if ${verdict.policy} is ${JSON.stringify(reject)}`, async () => {
        const outcome = await play(reject);
        assert.deepEqual(
          [outcome.recorded, outcome.signedIn],
          [verdict.policy === 'allowIdpInitiated' ? 'response-unsolicited' : rejection, undefined],
          outcome.findings.join(', '),
        );
      });
    }
  }
});

describe('a valid response is accepted', () => {
  for (const [policy, { reject }] of sample(Object.entries(bothSettings), 3)) {
    test(`if ${policy} is ${JSON.stringify(reject)}`, async () => {
      const { recorded, signedIn, expectedAddress, findings } = await table.play(undefined, {
        settings: { acceptEncryption: policy === 'requireEncryption', ...settingsWith(policy, reject) },
      });
      assert.deepEqual([recorded, signedIn], ['success', expectedAddress], findings.join(', '));
    });
  }
});

describe('no response reaches the SP, and no user is signed in', () => {
  const interrupts = (phrase: FaultPhrase): boolean =>
    ['down', 'silent', 'server-error', 'cut'].includes(faultOf(phrase).transport ?? '');
  for (const phrase of phrases.filter(interrupts)) {
    test(phrase, async () => {
      const { recorded, signedIn, struck } = await table.play(phrase);
      assert.deepEqual({ recorded, signedIn, struck }, { recorded: undefined, signedIn: undefined, struck: true });
    });
  }
});

test('a valid response still signs in after all of them, and there was no server error', async () => {
  const { recorded } = await table.play(undefined);
  assert.deepEqual(
    [recorded, await stack.sp.control.get('/errors'), await stack.idp.control.get('/errors')],
    ['success', [], []],
  );
});

/** Rejections that no response can cause by itself: their cause, and the test or scenario that shows them. */
const withoutFault: Readonly<Record<string, readonly [because: string, shownBy: string]>> = {
  'key-too-weak': ['the certificate in the profile', 'sp/saml/verify.test.ts'],
  'idp-certificate-absent': ['an incomplete profile, which cannot even be tested', 'sp/saml/verify.test.ts'],
  'request-expired': ['the organization’s clock', 'features/security/responses.feature'],
  'request-superseded': ['a story', 'sp/acs.test.ts'],
  'test-superseded': ['a story', 'features/security/responses.feature'],
  'test-answer-late': ['a story', 'support/system-tests/acs.test.ts'],
  'test-already-answered': ['a story', 'support/system-tests/acs.test.ts'],
  'user-deactivated': ['an account of the SP', 'features/troubleshooting/post-login.feature'],
  'user-not-enrolled': ['an account of the SP', 'features/troubleshooting/post-login.feature'],
  'user-not-provisioned': ['an account of the SP', 'features/troubleshooting/post-login.feature'],
  'authn-context-unmet': ['a setting of the profile, above', 'support/system-tests/fault-table.test.ts'],
  'authn-instant-stale': ['a setting of the profile, above', 'support/system-tests/fault-table.test.ts'],
  'response-unsolicited': ['sign-on from the portal, above', 'features/troubleshooting/idp-problems.feature'],
  'encryption-required': ['a policy, above', 'sp/saml/decrypt.test.ts'],
  'assertion-not-signed': ['a policy, above', 'sp/saml/verify.test.ts'],
  'required-attribute-missing': ['a policy, above', 'sp/saml/checks/checks.test.ts'],
};

test('every test named as showing a rejection mentions it', () => {
  const silent = Object.entries(withoutFault).filter(
    ([code, [, file]]) => !readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').includes(code),
  );
  assert.deepEqual(
    silent.map(([code, [, file]]) => `${code}: ${file}`),
    [],
  );
});

test('about thirty of the most common faults are also played in a browser', () => {
  const feature = readFileSync(
    new URL('../../features/connection-test/rejected-responses.feature', import.meta.url),
    'utf8',
  );
  assert.ok(!feature.includes('@scripted'));
  const played = new Set(
    [...feature.matchAll(/^\s+\| (.+?)\s+\| [\w-]+\s+\|$/gm)]
      .map(([, phrase]) => phrase!)
      .filter((phrase) => phrase !== 'fault')
      .map((phrase) => arrange(phrase).fault.code),
  );
  assert.ok(played.size >= 28, `${played.size} faults`);
});

test('every policy decides on at least one fault', () => {
  const decided = phrases.flatMap((phrase) => {
    const { verdict } = faultOf(phrase);
    return typeof verdict === 'string' ? [] : [verdict.policy];
  });
  assert.deepEqual([...new Set(decided)].toSorted(), Object.keys(bothSettings).toSorted());
});

test('every fault has a verdict that matches its expectation', () => {
  const wrong = phrases.filter((phrase) => {
    const { verdict, transport } = faultOf(phrase);
    const { rejection } = faultRowOf(phrase);
    if (transport !== undefined) return rejection !== null;
    return verdict === 'accept' ? rejection !== null : verdict === 'reject' && rejection === null;
  });
  assert.deepEqual(wrong, []);
});

test('every rejection has a fault, or a documented cause', () => {
  const caused = new Set<string>(phrases.map((phrase) => faultRowOf(phrase).rejection).filter((code) => code !== null));
  const neither = Object.keys(rejections).filter((code) => !caused.has(code) && !Object.hasOwn(withoutFault, code));
  assert.deepEqual(neither, []);
});
