/** Fixes and errors in the words of products: each has a source, and leads to entries that exist. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejections } from '../rejection-advice.ts';
import { cases } from '../troubleshooting.ts';
import { knownErrors, knownErrorsIn } from './error-codes.ts';
import { fixes, fixesFor } from './fixes.ts';
import { type Topic, topics } from './topics.ts';

test('each fix is a sentence with a source and its year', () => {
  const all = Object.values(fixes).flatMap((one) => Object.values(one));
  assert.ok(all.length > 60, String(all.length));
  for (const { fix, source } of all) {
    assert.match(fix, /^[A-Z].*\.$/, fix);
    assert.match(source.where, /^(https:\/\/|github\.com\/|gitlab\.com\/)\S/, fix);
    assert.ok(source.year === 'undated' || (source.year > 2010 && source.year < 2030), fix);
  }
});

test('an entry belongs to one topic', () => {
  const codes = Object.values(topics).flatMap((topic) => [...topic.cases]);
  assert.equal(new Set(codes).size, codes.length);
  for (const code of codes) assert.ok(code in cases, code);
});

test('the fix is that of the product, and of each candidate in their order', () => {
  const named = (candidates: Parameters<typeof fixesFor>[1]['candidates']): string[] =>
    fixesFor('audience-mismatch', { candidates }).map(({ name, fix }) => `${name}: ${fix}`);
  assert.match(named(['okta'])[0]!, /^Okta: Okta Admin Console → .*Audience URI \(SP Entity ID\)/);
  assert.match(named(['google', 'okta'])[0]!, /^Google Workspace: Google Admin console → Apps → Web and mobile apps/);
  assert.equal(named(['google', 'okta']).length, 2);
});

test('without a source for the menu, there is no fix in a product’s words', () => {
  assert.deepEqual(fixesFor('audience-mismatch', { candidates: ['pingone', 'pingfederate'] }), []);
  assert.deepEqual(fixesFor('idp-unreachable', { candidates: ['okta'] }), []);
  assert.deepEqual(fixesFor('audience-mismatch', { candidates: [] }), []);
});

test('a rejection with a fix of its own comes before its entry', () => {
  const of = (rejection: 'attribute-duplicate' | 'required-attribute-missing'): string[] =>
    fixesFor(rejections[rejection].case, { rejection, candidates: ['keycloak'] }).map(({ fix }) => fix);
  assert.match(of('attribute-duplicate')[0]!, /Single Role Attribute/);
  assert.deepEqual(of('required-attribute-missing'), []);
});

test('the most frequent problems have a fix for the six products that most companies use', () => {
  const frequent: Topic[] = ['entity-id', 'acs-url', 'sign-response', 'sign-assertion', 'nameid'];
  for (const product of ['entra', 'okta', 'google', 'adfs', 'onelogin', 'keycloak'] as const)
    for (const topic of frequent) assert.ok(fixes[product]?.[topic], `${product} ${topic}`);
});

test('an error code is found as the product shows it, and only then', () => {
  const found: [text: string, codes: string[]][] = [
    ['AADSTS50105: Your administrator has configured the application to block users', ['AADSTS50105']],
    ['Error: app_not_configured_for_user', ['app_not_configured_for_user']],
    ['403. app_not_configured', ['app_not_configured']],
    ['InvalidNameIdPolicyException: MSIS7070: The SAML request contained', ['MSIS7070']],
    ['403 App Not Assigned', ['App Not Assigned']],
    ['We are sorry... Unknown login requester', ['Unknown login requester']],
    ['type=LOGIN_ERROR, error=client_not_found', ['client_not_found']],
    ['AADSTS5010, AADSTS501050, XMSIS7070, the client was not found', []],
  ];
  for (const [text, codes] of found)
    assert.deepEqual(
      knownErrorsIn(text).map(({ code }) => code),
      codes,
      text,
    );
});

test('each error says its cause, a fix or an entry that has one, and a source', () => {
  for (const { code, cause, case: entry, fix, source } of knownErrors) {
    assert.match(cause, /^[A-Z].*\.$/, code);
    assert.ok(fix !== undefined || (entry !== undefined && entry in cases), code);
    assert.match(source.where, /^(https:\/\/|github\.com\/)/, code);
  }
  const codes = knownErrors.map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
});

test('a circumstance has a fix of its own, and none in the product', () => {
  const fix = (circumstance?: 'pinned-certificate-carried' | 'shared-secret') =>
    fixesFor('signature-invalid', { rejection: 'signature-invalid', circumstance, candidates: ['google'] });
  assert.equal(fix().length, 1);
  assert.deepEqual([...fix('shared-secret'), ...fix('pinned-certificate-carried')], []);
});
