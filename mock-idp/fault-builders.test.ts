/** The fault builders: where a fault strikes, what it leaves alone, and its default verdict. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault, Strike } from './fault.ts';
import {
  assertionClaimsFault,
  at,
  bytesFault,
  claimsFault,
  deliveryFault,
  documentFault,
  emptyAt,
  encodingFault,
  encryptionFault,
  extended,
  fault,
  hasAssertion,
  hasPlainAssertion,
  removeAt,
  setAttributesAt,
  setChildrenAt,
  signingFault,
  transitFault,
} from './fault-builders.ts';
import { statusCode } from './response/saml-values.ts';
import { element } from './response/xml.ts';

const facts = { code: 'x', sentence: 'It does x.', rule: 'none', touches: [] };
const strikeOf = (code: string | undefined, encryptionCertificate?: string): Strike =>
  ({
    claims: code === undefined ? {} : { status: { code: statusCode(code) } },
    app: { entityId: 'http://sp.example', acsUrl: 'http://sp.example/acs', encryptionCertificate },
  }) as unknown as Strike;

for (const [step, build, signedProperly] of [
  ['claims', claimsFault, true],
  ['document', documentFault, true],
  ['signing', signingFault, undefined],
  ['transit', transitFault, undefined],
  ['bytes', bytesFault, undefined],
  ['encoding', encodingFault, true],
  ['delivery', deliveryFault, true],
] as const)
  test(`a fault of ${step} strikes there alone, and is rejected by default`, () => {
    const change = (value: never): never => value;
    const make = build as unknown as (facts: object, change: unknown) => Fault;
    const made = make(facts, change);
    assert.deepEqual(
      { ...made },
      { ...facts, verdict: 'reject', strikes: { [step]: change }, ...(signedProperly && { signedProperly }) },
    );
    assert.equal(make({ ...facts, verdict: 'accept' }, change).verdict, 'accept');
    assert.equal(make({ ...facts, signedProperly: false }, change).signedProperly, false);
  });

test('a fault may strike at several steps', () => {
  const strikes = { bytes: (xml: string | Buffer) => xml, encoding: (field: string) => field };
  assert.deepEqual(fault(facts, strikes), { ...facts, verdict: 'reject', strikes });
});

for (const [rule, code, certificate, any, plain] of [
  ['success', 'Success', undefined, true, true],
  ['success for an app that encrypts', 'Success', 'a certificate', true, false],
  ['an error status', 'Responder', undefined, false, false],
  ['no status', undefined, undefined, false, false],
] as const)
  test(`has an assertion, plain or encrypted: ${rule}`, () => {
    const strike = strikeOf(code, certificate);
    assert.deepEqual([hasAssertion(strike), hasPlainAssertion(strike)], [any, plain]);
    const other = { status: undefined } as unknown as Strike['claims'];
    const { claims } = assertionClaimsFault(facts, () => other).strikes;
    assert.equal(claims!(strike.claims, strike), any ? other : strike.claims);
    const honest = undefined;
    const changed = {} as never;
    const { encryption } = encryptionFault(facts, () => changed).strikes;
    assert.equal(encryption!(honest, strike), any ? changed : honest);
  });

const tree = element(
  'samlp:Response',
  { ID: '_1', Version: '2.0' },
  element('saml:Issuer', { Format: 'f' }, 'idp'),
  element('samlp:Status', {}, 'ok'),
);
const strike = strikeOf('Success');

test('an element is changed in place, and all others stay', () => {
  const documents: unknown[] = [];
  const changed = at('saml:Issuer', (found, given) => {
    documents.push(found.name, given);
    return element('saml:Issuer', {}, 'other');
  })(tree, strike);
  assert.deepEqual(documents, ['saml:Issuer', strike]);
  assert.deepEqual(
    changed,
    element(tree.name, tree.attributes, element('saml:Issuer', {}, 'other'), tree.children[1]!),
  );
  assert.equal(tree.children.length, 2, 'the tree itself is not touched');
});

test('an element is removed, emptied, or gets other attributes or children', () => {
  const [, status] = tree.children;
  assert.deepEqual(removeAt('saml:Issuer')(tree, strike).children, [status]);
  assert.deepEqual(emptyAt('saml:Issuer')(tree, strike).children, [element('saml:Issuer'), status]);
  assert.deepEqual(setAttributesAt('saml:Issuer', { Format: undefined, X: 'y' })(tree, strike).children, [
    element('saml:Issuer', { X: 'y' }, 'idp'),
    status,
  ]);
  assert.deepEqual(setChildrenAt('saml:Issuer', 'a', 'b')(tree, strike).children, [
    element('saml:Issuer', { Format: 'f' }, 'a', 'b'),
    status,
  ]);
});

test('extensions stand between the issuer and what follows', () => {
  const { children } = extended(tree, 'more');
  assert.deepEqual(children, [tree.children[0], element('samlp:Extensions', {}, 'more'), tree.children[1]]);
});
