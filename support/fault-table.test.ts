/** Every fault against real servers over HTTP: exactly the expected verdict and rejection. No attack gets in, no good message is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Fault } from '../mock-idp/fault.ts';
import { faults, type FaultPhrase } from '../mock-idp/faults.ts';
import { rejections } from '../sp/rejection.ts';
import { expectations } from './expectations.ts';
import { circumstances, prepareFaultTable, type FaultTable, type Outcome } from './fault-table.ts';
import { startStack, type Stack } from './servers.ts';

const phrases = Object.keys(faults) as FaultPhrase[];
const faultOf = (phrase: FaultPhrase): Fault => faults[phrase];
const filled = (phrase: string, amount: number): string => phrase.replace(/\{\w+\}/, String(amount));

/** The second of two posts is refused although the first has signed its user in. */
const twice = ['replay-same-response', 'onetimeuse-twice'];

/** Each phrase with its amounts filled in, and the rejection that must be recorded (`success` for none). */
const rows = phrases.filter((phrase) => faultOf(phrase).transport === undefined).flatMap((phrase) => {
  const { amount } = faultOf(phrase);
  const rejection = expectations[phrase] ?? 'success';
  if (amount === undefined) return [{ phrase, said: phrase as string, recorded: rejection as string }];
  return [
    ...amount.accept.map((value) => ({ phrase, said: filled(phrase, value), recorded: 'success' })),
    ...amount.reject.map((value) => ({ phrase, said: filled(phrase, value), recorded: rejection as string })),
  ];
});

/** The other setting of each policy, under which the verdict turns round. */
const otherSetting: Readonly<Record<string, { accept: unknown; reject: unknown; rejection?: string }>> = {
  requireSignedMessage: { accept: false, reject: true },
  requireSignedAssertion: { accept: false, reject: true, rejection: 'assertion-not-signed' },
  allowSha1: { accept: true, reject: false },
  allowIdpInitiated: { accept: true, reject: false },
  requireRelayState: { accept: false, reject: true },
  requireEncryption: { accept: false, reject: true, rejection: 'encryption-required' },
  nameIdFormat: { accept: 'any', reject: 'emailAddress' },
  requiredAttributes: { accept: [], reject: ['email'], rejection: 'required-attribute-missing' },
};

describe('every fault', () => {
  let stack: Stack;
  let table: FaultTable;
  before(async () => {
    stack = await startStack();
    table = await prepareFaultTable(stack);
  });
  after(() => stack[Symbol.asyncDispose]());

  function check(outcome: Outcome, recorded: string, { alreadyIn = false } = {}): void {
    const signedIn = recorded === 'success' || alreadyIn ? outcome.expectedAddress : undefined;
    assert.deepEqual({ recorded: outcome.recorded, signedIn: outcome.signedIn, struck: outcome.struck }, { recorded, signedIn, struck: true }, outcome.findings.join(', '));
  }

  test('the honest answer signs in', async () => {
    const { recorded, signedIn, expectedAddress, struck } = await table.play(undefined);
    assert.deepEqual({ recorded, signedIn, struck }, { recorded: 'success', signedIn: expectedAddress, struck: false });
  });

  for (const { phrase, said, recorded } of rows) {
    const { code } = faultOf(phrase);
    test(said, async () => check(await table.play(said, circumstances(code)), recorded, { alreadyIn: twice.includes(code) || circumstances(code).signedInBefore === true }));
  }

  for (const phrase of phrases) {
    const { verdict, code } = faultOf(phrase);
    if (typeof verdict === 'string') continue;
    const { accept, reject, rejection = expectations[phrase] } = otherSetting[verdict.policy]!;
    const play = (value: unknown): Promise<Outcome> => {
      const { settings, ...rest } = circumstances(code);
      return table.play(phrase, { ...rest, fromPortal: verdict.policy === 'allowIdpInitiated', settings: { ...settings, policies: { [verdict.policy]: value } } });
    };
    test(`${phrase}: taken where ${verdict.policy} is ${JSON.stringify(accept)}`, async () => {
      const outcome = await play(accept);
      assert.deepEqual([outcome.recorded, outcome.signedIn], ['success', outcome.expectedAddress], outcome.findings.join(', '));
    });
    test(`${phrase}: refused where ${verdict.policy} is ${JSON.stringify(reject)}`, async () => {
      const outcome = await play(reject);
      assert.deepEqual([outcome.recorded, outcome.signedIn], [verdict.policy === 'allowIdpInitiated' ? 'response-unsolicited' : rejection, undefined], outcome.findings.join(', '));
    });
  }

  for (const phrase of phrases.filter((one) => ['down', 'silent', 'server-error', 'cut'].includes(faultOf(one).transport ?? ''))) {
    test(`${phrase}: nothing reaches the SP and nobody is signed in`, async () => {
      const { recorded, signedIn, struck } = await table.play(phrase);
      assert.deepEqual({ recorded, signedIn, struck }, { recorded: undefined, signedIn: undefined, struck: true });
    });
  }

  test('the honest answer still signs in after all of them, and no server stumbled', async () => {
    const { recorded } = await table.play(undefined);
    assert.deepEqual([recorded, await stack.sp.control.get('/errors'), await stack.idp.control.get('/errors')], ['success', [], []]);
  });
});

/** Rejections that no message of an identity provider can cause by itself; the test or scenario that does is named. */
const withoutFault: Readonly<Record<string, string>> = {
  'key-too-weak': 'the certificate in the profile; sp/saml/verify.test.ts',
  'idp-certificate-absent': 'an incomplete profile cannot be tested; sp/saml/judge.test.ts',
  'request-expired': 'the organization’s clock; features/connection-test/time.feature',
  'test-superseded': 'a story; features/connection-test/time.feature',
  'test-answer-late': 'a story; features/connection-test/time.feature',
  'test-already-answered': 'a story; features/security/replay.feature',
  'user-deactivated': 'an account of the SP; features/troubleshooting',
  'user-not-provisioned': 'an account of the SP; features/troubleshooting',
  'authn-context-unmet': 'a setting of the profile; features/troubleshooting',
  'authn-instant-stale': 'a setting of the profile; features/troubleshooting',
  'response-unsolicited': 'sign-on from the portal, above',
  'encryption-required': 'a policy, above',
  'assertion-not-signed': 'a policy, above',
  'required-attribute-missing': 'a policy, above',
};

test('every fault has a verdict that fits its expectation', () => {
  const wrong = phrases.filter((phrase) => {
    const { verdict, transport } = faultOf(phrase);
    if (transport !== undefined) return expectations[phrase] !== null;
    return verdict === 'accept' ? expectations[phrase] !== null : verdict === 'reject' && expectations[phrase] === null;
  });
  assert.deepEqual(wrong, []);
});

test('every rejection has a fault, or says what causes it', () => {
  const caused = new Set<string>(Object.values(expectations).filter((code) => code !== null));
  const neither = Object.keys(rejections).filter((code) => !caused.has(code) && !Object.hasOwn(withoutFault, code));
  assert.deepEqual(neither, []);
});
