/** InResponseTo of a response: empty, missing, or only in its assertion. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../rejection-advice.ts';
import { type Edit, findingsOf, honest, inTurn, type Settings, swap } from '../message.fixture.ts';

const unasked: Settings = { request: undefined, relayState: undefined };
const allowed: Settings = { ...unasked, policies: { allowIdpInitiated: true } };
/** Only the findings about the response; those about its confirmation have tests of their own. */
const inResponse = (edit: Edit, settings: Settings = {}): Finding[] =>
  findingsOf(edit, settings).filter(({ code }) => /^(in-response-to|response-unsolicited)/.test(code));

const empty = swap('InResponseTo="_request"', 'InResponseTo=""');
const asked = '_request';
const unknown = 'the ID of a request, or no InResponseTo';
for (const [name, settings, expected] of [
  ['to a request', {}, asked],
  ['without a known request', unasked, unknown],
  ['where unsolicited responses are allowed', allowed, unknown],
] as const)
  test(`an empty InResponseTo is a mismatch: ${name}`, () =>
    assert.deepEqual(inResponse(empty, settings), [
      {
        code: 'in-response-to-mismatch',
        circumstance: 'empty',
        expected,
        received: '',
        path: '/samlp:Response/@InResponseTo',
      },
    ]));

const none = swap(' InResponseTo="_request"', '');
const confirmation = (inResponseTo: string): string =>
  '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
  `<saml:SubjectConfirmationData${inResponseTo && ` InResponseTo="${inResponseTo}"`}/></saml:SubjectConfirmation>`;
const confirmations = (...requests: string[]): Edit =>
  inTurn(
    none,
    swap(/<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/, requests.map(confirmation).join('')),
  );
const noAssertion = inTurn(none, swap(/<saml:Assertion[\s\S]*<\/saml:Assertion>/, ''));

const missing: Readonly<Record<string, readonly [edit: Edit, isInAssertion: boolean]>> = {
  'the assertion names the request': [confirmations('_request'), true],
  'one of its confirmations names it': [confirmations('', '_other', '_request'), true],
  'the assertion names another request': [confirmations('_other'), false],
  'the assertion names none': [confirmations(''), false],
  'the assertion has no confirmation': [confirmations(), false],
  'the response has no assertion': [noAssertion, false],
};
for (const [name, [edit, isInAssertion]] of Object.entries(missing))
  test(`a missing InResponseTo: ${name}`, () =>
    assert.deepEqual(inResponse(edit), [
      {
        code: 'in-response-to-missing',
        expected: '_request',
        received: 'none',
        path: '/samlp:Response/@InResponseTo',
        ...(isInAssertion && { circumstance: 'only-in-assertion' }),
      },
    ]));

test('InResponseTo of the honest response: no finding', () =>
  assert.deepEqual(
    inResponse(() => honest),
    [],
  ));
