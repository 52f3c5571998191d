/** Certificates for an SP to pin: for the key that signed a response, or for another key. */
import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { certificateFor } from '../idp/certificates.ts';

/** A certificate for the key that signed a SAMLResponse field: a KeyValue of XML Signature 1.1, 4.5.2 or 4.5.9. */
export const certificateOfSigner = (sent: string): Promise<string> => certificateFor(keyIn(sent));

/** A certificate for a strong key that the IdP does not have. */
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
