/** Certificates for an SP to pin: for the key that signed a message, or for another one. */
import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { certificateFor } from '../idp/certificates.ts';

/** For the key in the signatures of a SAMLResponse field: a KeyValue of XML Signature 1.1, 4.5.2 or 4.5.9. */
export const certificateOfSigner = (sent: string): Promise<string> => certificateFor(keyIn(sent));

/** For a good key that the identity provider does not have. */
export const anotherCertificate = async (): Promise<string> =>
  certificateFor((await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })).publicKey);

function keyIn(sent: string): KeyObject {
  const xml = Buffer.from(sent, 'base64').toString('utf8');
  const part = (name: string): Buffer =>
    Buffer.from(new RegExp(`<${name}[^<>]*>([^<]+)<`).exec(xml)?.[1] ?? '', 'base64');
  const whole = part('dsig11:DEREncodedKeyValue');
  if (whole.length > 0) return createPublicKey({ key: whole, format: 'der', type: 'spki' });
  return createPublicKey({
    key: { kty: 'RSA', n: part('ds:Modulus').toString('base64url'), e: part('ds:Exponent').toString('base64url') },
    format: 'jwk',
  });
}
