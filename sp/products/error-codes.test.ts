/** Errors of products: each is found where the product shows it, and not in similar text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownErrors, knownErrorsIn } from './error-codes.ts';

const codesIn = (text: string): string[] => knownErrorsIn(text).map(({ code }) => code);

/** Texts as the products write them, and others that only look alike. */
const rows: Readonly<Record<string, readonly [shown: readonly string[], similar: readonly string[]]>> = {
  'App Not Assigned': [
    ['403 App Not Assigned', 'app not assigned.', '“App not assigned”'],
    ['WebApp Not Assigned', 'App Not Assignedly', 'The app is not assigned'],
  ],
  'Unknown login requester': [
    ['We are sorry... Unknown login requester', 'unknown login requester.'],
    ['Unknown login requesters', 'anUnknown login requester', 'Unknown requester'],
  ],
  invalid_redirect_uri: [
    ['type=LOGIN_ERROR, error=invalid_redirect_uri', 'error="invalid_redirect_uri"', 'error=invalid_redirect_uri, x'],
    [
      'invalid_redirect_uri',
      'error=invalid_redirect_uris',
      'anerror=invalid_redirect_uri',
      'error: invalid_redirect_uri',
    ],
  ],
  client_not_found: [
    ['type=LOGIN_ERROR, error=client_not_found', 'error="client_not_found"', 'error=client_not_found, x'],
    ['client_not_found', 'error=client_not_founds', 'anerror=client_not_found', 'error: client_not_found'],
  ],
};
for (const [code, [shown, similar]] of Object.entries(rows)) {
  for (const text of shown) test(`${code} in: ${text}`, () => assert.deepEqual(codesIn(text), [code]));
  for (const text of similar) test(`${code} not in: ${text}`, () => assert.deepEqual(codesIn(text), []));
}

test('an error without a pattern of its own is found by its code, as a whole word in the same case', () => {
  const byCode = knownErrors.filter(({ pattern }) => pattern === undefined);
  assert.ok(byCode.some(({ code }) => code === 'AADSTS50105') && byCode.some(({ code }) => code === 'MSIS7070'));
  for (const { code } of byCode) {
    for (const text of [code, `Error ${code}: see the log`, `(${code})`]) assert.deepEqual(codesIn(text), [code], text);
    for (const text of [`${code}1`, `X${code}`, code.replace(/^./, 'x')]) assert.deepEqual(codesIn(text), [], text);
  }
});

test('each error belongs to the product that shows it', () => {
  const productOf = (code: string): string | undefined => knownErrors.find((one) => one.code === code)?.product;
  for (const [code, product] of [
    ['AADSTS50105', 'entra'],
    ['app_not_configured', 'google'],
    ['MSIS7070', 'adfs'],
    ['App Not Assigned', 'okta'],
    ['client_not_found', 'keycloak'],
  ] as const)
    assert.equal(productOf(code), product);
});

test('several errors in a text come in the order of the table', () => {
  assert.deepEqual(codesIn('MSIS7070, app not assigned, AADSTS50105'), ['AADSTS50105', 'MSIS7070', 'App Not Assigned']);
  assert.deepEqual(codesIn(''), []);
});
