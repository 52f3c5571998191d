/** Evidence for products: how much names one, how much names several, and doubts about the others. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { type Evidence, recognizeAddresses, recognizeIdp, subjectOf, unknown, weigh, wouldWrite } from './evidence.ts';
import type { ProductId } from './product.ts';

const trait = (product: ProductId, weight: number, words = `${product} ${weight}`): Evidence => ({
  product,
  weight,
  words,
});
const address = (product: ProductId, weight: number): Evidence => ({ ...trait(product, weight), isAddress: true });
const named = (evidence: readonly Evidence[], against?: Parameters<typeof weigh>[1]): string[] =>
  weigh(evidence, against).candidates.map(({ product }) => product);
/** Contradictions of one product. */
const lacks =
  (product: ProductId, ...words: string[]) =>
  (one: ProductId): string[] =>
    one === product ? words : [];

const candidates: Readonly<Record<string, readonly [evidence: readonly Evidence[], products: readonly ProductId[]]>> = {
  'no evidence': [[], []],
  'not enough': [[trait('okta', 5)], []],
  'just enough': [[trait('okta', 6)], ['okta']],
  'enough together': [[trait('okta', 3), trait('okta', 3)], ['okta']],
  'enough, but of two products': [[trait('okta', 5), trait('entra', 5)], []],
  'two as good, in the order of the products': [
    [trait('okta', 6), trait('entra', 6)],
    ['entra', 'okta'],
  ],
  'the better one first': [
    [trait('entra', 6), trait('okta', 7)],
    ['okta', 'entra'],
  ],
  'half as good': [
    [trait('okta', 12), trait('entra', 6)],
    ['okta', 'entra'],
  ],
  'less than half as good': [[trait('okta', 13), trait('entra', 6)], ['okta']],
  'half as good, but not enough': [[trait('okta', 10), trait('entra', 5)], ['okta']],
};
for (const [name, [evidence, products]] of Object.entries(candidates))
  test(`products: ${name}`, () => assert.deepEqual(named(evidence), products));

test('the reasons of a candidate are its own, the strongest first', () => {
  const evidence = [
    trait('okta', 2, 'small'),
    trait('entra', 4, 'else'),
    trait('okta', 6, 'large'),
    trait('okta', 4, 'some'),
  ];
  assert.deepEqual(weigh(evidence), {
    candidates: [{ product: 'okta', name: 'Okta', because: ['large', 'some', 'small'] }],
  });
});

test('what the product always writes and the message lacks is taken off, four for each', () => {
  assert.deepEqual(named([trait('okta', 10)], lacks('okta', 'an ID')), ['okta']);
  assert.deepEqual(named([trait('okta', 9)], lacks('okta', 'an ID')), []);
  assert.deepEqual(named([trait('okta', 14)], lacks('okta', 'an ID', 'a date')), ['okta']);
  assert.deepEqual(named([trait('okta', 13)], lacks('okta', 'an ID', 'a date')), []);
  assert.deepEqual(named([trait('okta', 6)], lacks('entra', 'an ID')), ['okta']);
  assert.deepEqual(weigh([trait('okta', 6), trait('okta', 6)], lacks('okta', 'an ID')).candidates, [
    { product: 'okta', name: 'Okta', because: ['okta 6', 'okta 6'], against: ['an ID'] },
  ]);
});

const weak: Readonly<Record<string, readonly [evidence: readonly Evidence[], isWeak: boolean, lacks?: string]>> = {
  'two traits that others share': [[trait('okta', 4), trait('okta', 3)], true],
  'two traits of eight together': [[trait('okta', 4), trait('okta', 4)], false],
  'one trait that names the product': [[trait('okta', 6)], false],
  'one that names it, and a contradiction': [[trait('okta', 6), trait('okta', 5)], true, 'an ID'],
  'much evidence and a contradiction': [[trait('okta', 6), trait('okta', 6)], false, 'an ID'],
};
for (const [name, [evidence, isWeak, lacking]] of Object.entries(weak))
  test(`${isWeak ? 'weak' : 'strong'} evidence: ${name}`, () => {
    const [first] = weigh(evidence, lacking === undefined ? undefined : lacks('okta', lacking)).candidates;
    assert.equal(first!.isWeak, isWeak ? true : undefined);
  });

// Doubts

const doubts: Readonly<
  Record<
    string,
    readonly [evidence: readonly Evidence[], doubt: string | undefined, against?: Parameters<typeof weigh>[1]]
  >
> = {
  'nothing else speaks': [[trait('okta', 6)], undefined],
  'beside a candidate, the address of another product': [
    [trait('okta', 12), address('entra', 5), trait('entra', 0.5)],
    'It also has entra 5, like Microsoft Entra ID.',
  ],
  'beside a candidate, an address that products share': [[trait('okta', 12), address('entra', 4)], undefined],
  'beside a candidate, a trait other than an address': [[trait('okta', 13), trait('entra', 6)], undefined],
  'beside a candidate, the address of a product that would write otherwise': [
    [trait('okta', 12), address('entra', 6)],
    'It also has entra 6, like Microsoft Entra ID, but Microsoft Entra ID would write an ID.',
    lacks('entra', 'an ID'),
  ],
  'no candidate, and too little for a doubt': [[trait('okta', 5)], undefined, lacks('okta', 'an ID')],
  'no candidate, as the message lacks something': [
    [trait('okta', 6)],
    'It has okta 6, like Okta, but Okta would write an ID.',
    lacks('okta', 'an ID'),
  ],
  'no candidate, and the three strongest reasons': [
    [trait('okta', 1), trait('okta', 2), trait('okta', 4), trait('okta', 3)],
    'It has okta 4, okta 3 and okta 2, like Okta, but Okta would write a, b and c.',
    lacks('okta', 'a', 'b', 'c', 'd'),
  ],
  'of several, the one with the most points': [
    [trait('entra', 6), trait('okta', 7)],
    'It has okta 7, like Okta, but Okta would write an ID.',
    () => ['an ID'],
  ],
};
for (const [name, [evidence, doubt, against]] of Object.entries(doubts))
  test(`doubt: ${name}`, () => assert.equal(weigh(evidence, against).doubt, doubt));

test('at most three things that a product would write are listed', () => {
  assert.equal(wouldWrite('Okta', ['a']), 'Okta would write a');
  assert.equal(wouldWrite('Okta', ['a', 'b']), 'Okta would write a and b');
  assert.equal(wouldWrite('Okta', ['a', 'b', 'c', 'd']), 'Okta would write a, b and c');
});

// Addresses

const jumpcloud = 'https://sso.jumpcloud.com/saml2/acme';
test('a product is recognized by its addresses alone', () => {
  const candidate = { product: 'jumpcloud', name: 'JumpCloud', because: ['a sign-on URL at sso.jumpcloud.com'] };
  assert.deepEqual(recognizeAddresses({ ssoUrl: jumpcloud }), { candidates: [candidate] });
  assert.deepEqual(recognizeIdp({ ssoUrl: jumpcloud }), { candidates: [candidate] });
  assert.deepEqual(recognizeAddresses({ ssoUrl: jumpcloud, entityId: 'urn:acme.auth0.com' }).candidates.length, 2);
  for (const none of [{}, { entityId: 'authentik' }, { ssoUrl: 'https://acme.example' }])
    assert.deepEqual(recognizeIdp(none), unknown);
  assert.deepEqual(unknown, { candidates: [] });
});

test('beside a recognized product, the address of another one is a doubt', () => {
  const google = 'https://accounts.google.com/o/saml2';
  const certificates = ['OU=OneLogin IdP'];
  const { candidates, doubt } = recognizeAddresses({
    entityId: `${google}?idpid=C01`,
    ssoUrl: `${google}/idp?idpid=C01`,
    certificates,
  });
  assert.deepEqual(
    candidates.map(({ product }) => product),
    ['google'],
  );
  assert.equal(doubt, 'It also has OneLogin’s own certificate (OneLogin IdP), like OneLogin.');
});

async function certificateFor(name: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const settings = { serialNumber: '01', name, signingAlgorithm: algorithm, keys };
  const made = await x509.X509CertificateGenerator.createSelfSigned(settings, webcrypto as unknown as Crypto);
  return made.toString('pem');
}
const own = await certificateFor('OU=Google For Work, CN=Google');
const foreign = await certificateFor('CN=acme');

test('the subject of a certificate has one name in a line', () => {
  assert.equal(subjectOf(own), 'OU=Google For Work\nCN=Google');
  assert.equal(subjectOf('nonsense'), undefined);
});

test('the first five certificates of a profile count, and malformed ones are skipped', () => {
  const entityId = 'https://accounts.google.com/o/saml2?idpid=C01';
  const reasons = (...certificates: string[]): number =>
    recognizeIdp({ entityId, certificates }).candidates[0]!.because.length;
  assert.equal(reasons(), 1);
  assert.equal(reasons(foreign), 1);
  assert.equal(reasons('nonsense', own), 2);
  assert.equal(reasons(foreign, foreign, foreign, foreign, own), 2);
  assert.equal(reasons(foreign, foreign, foreign, foreign, foreign, own), 1);
});
