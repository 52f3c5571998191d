/** Signatures outside the XML: over the query string (SAML bindings 3.4.4.1), and over the fields of a form. */
import { sign as signOctets } from 'node:crypto';
import type { KeyPair } from '../tenants/keys.ts';
import { algorithms } from './signing.ts';

/** The fields SigAlg and Signature. */
export function querySignature(
  fields: readonly (readonly [name: string, value: string])[],
  { privateKey }: KeyPair,
): (readonly [name: string, value: string])[] {
  const algorithm = algorithmOf(privateKey);
  // Sent by a form with method GET, so the octets to sign are form-encoded.
  const octets = new URLSearchParams([...fields, algorithm].map(([name, value]) => [name, value])).toString();
  return [algorithm, signatureOf(octets, privateKey)];
}

/** The fields SigAlg and Signature of the HTTP-POST-SimpleSign binding. The message is its XML. */
export function formSignature(
  message: string,
  relayState: string | undefined,
  { privateKey }: KeyPair,
): (readonly [name: string, value: string])[] {
  const algorithm = algorithmOf(privateKey);
  const state = relayState === undefined ? [] : [['RelayState', relayState] as const];
  // Signed as they are, without an encoding.
  const octets = [['SAMLResponse', message] as const, ...state, algorithm].map((pair) => pair.join('=')).join('&');
  return [algorithm, signatureOf(octets, privateKey)];
}

const isElliptic = ({ asymmetricKeyType }: KeyPair['privateKey']): boolean => asymmetricKeyType === 'ec';

const algorithmOf = (privateKey: KeyPair['privateKey']) =>
  ['SigAlg', isElliptic(privateKey) ? algorithms.ecdsaSha256 : algorithms.rsaSha256] as const;

function signatureOf(octets: string, privateKey: KeyPair['privateKey']): readonly [name: string, value: string] {
  const key = isElliptic(privateKey) ? ({ key: privateKey, dsaEncoding: 'ieee-p1363' } as const) : privateKey;
  return ['Signature', signOctets('sha256', Buffer.from(octets), key).toString('base64')];
}
