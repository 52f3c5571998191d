/** The octets under the two signatures outside the XML, put together here as the specification says. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { test } from 'node:test';
import { formSignature, querySignature } from './query-signature.ts';

const algorithms = {
  rsa: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  ec: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
};
type Kind = keyof typeof algorithms;
const newKeys = (kind: Kind) =>
  kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 })
    : generateKeyPairSync('ec', { namedCurve: 'P-256' });

const message = '<samlp:Response ID="_1">ä & 1+1=2</samlp:Response>';
const kinds: readonly Kind[] = ['rsa', 'ec'];
const relayStates = [
  ['no RelayState', undefined],
  ['an empty RelayState', ''],
  ['a RelayState that URLs would encode', 'https://sp.example/a b?c=d&e'],
] as const;

/** ECDSA signatures are two numbers one after the other (XML signature 6.4.3). */
const isSignature = (octets: string, signature: string, key: KeyObject): boolean =>
  verify('sha256', Buffer.from(octets), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64'));

for (const kind of kinds) {
  const { privateKey, publicKey } = newKeys(kind);
  const keys = { privateKey, certificate: '' };

  for (const [what, relayState] of relayStates)
    test(`the fields of a form, with the key ${kind} and ${what} (SimpleSign 2.4)`, () => {
      const [algorithm, signature, ...more] = formSignature(message, relayState, keys);
      assert.deepEqual([algorithm, more], [['SigAlg', algorithms[kind]], []]);
      const state = relayState === undefined ? '' : `&RelayState=${relayState}`;
      const octets = `SAMLResponse=${message}${state}&SigAlg=${algorithms[kind]}`;
      assert.equal(signature?.[0], 'Signature');
      assert.ok(isSignature(octets, signature[1], publicKey));
    });

  test(`the fields of a query, with the key ${kind} (bindings 3.4.4.1)`, () => {
    const fields = [
      ['SAMLResponse', 'a+b/c='],
      ['RelayState', 'x y'],
    ] as const;
    const [algorithm, signature, ...more] = querySignature(fields, keys);
    assert.deepEqual([algorithm, more], [['SigAlg', algorithms[kind]], []]);
    const octets = `SAMLResponse=a%2Bb%2Fc%3D&RelayState=x+y&SigAlg=${encodeURIComponent(algorithms[kind])}`;
    assert.ok(isSignature(octets, signature![1], publicKey));
  });
}
