/** Signatures over the query string, of messages by the HTTP-Redirect binding (SAML bindings 3.4.4.1). */
import { sign as signOctets } from 'node:crypto';
import type { KeyPair } from '../tenants/keys.ts';
import { algorithms } from './signing.ts';

/** The fields SigAlg and Signature. */
export function querySignature(
  fields: readonly (readonly [name: string, value: string])[],
  { privateKey }: KeyPair,
): (readonly [name: string, value: string])[] {
  const elliptic = privateKey.asymmetricKeyType === 'ec';
  const algorithm = ['SigAlg', elliptic ? algorithms.ecdsaSha256 : algorithms.rsaSha256] as const;
  // Sent by a form with method GET, so the octets to sign are form-encoded.
  const octets = new URLSearchParams([...fields, algorithm].map(([name, value]) => [name, value])).toString();
  const key = elliptic ? ({ key: privateKey, dsaEncoding: 'ieee-p1363' } as const) : privateKey;
  return [algorithm, ['Signature', signOctets('sha256', Buffer.from(octets), key).toString('base64')]];
}
