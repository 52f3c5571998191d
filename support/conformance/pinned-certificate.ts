/** Certificates for an SP to pin: for the key that signed a message, or for another one. */
import { createPublicKey, generateKeyPair, type KeyObject, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';

/** For the key in the signatures of a SAMLResponse field: a KeyValue of XML Signature 1.1, 4.5.2 or 4.5.9. */
export const certificateOfSigner = (sent: string): Promise<string> => certificateFor(keyIn(sent));

/** For a good key that the identity provider does not have. */
export const anotherCertificate = async (): Promise<string> =>
  certificateFor((await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })).publicKey);

function keyIn(sent: string): KeyObject {
  const xml = Buffer.from(sent, 'base64').toString('utf8');
  const part = (name: string): Buffer =>
    Buffer.from(new RegExp(`<${name}[^>]*>([^<]+)<`).exec(xml)?.[1] ?? '', 'base64');
  const whole = part('dsig11:DEREncodedKeyValue');
  if (whole.length > 0) return createPublicKey({ key: whole, format: 'der', type: 'spki' });
  return createPublicKey({
    key: { kty: 'RSA', n: part('ds:Modulus').toString('base64url'), e: part('ds:Exponent').toString('base64url') },
    format: 'jwk',
  });
}

/** Signed with a throw-away key: an SP pins the public key and does not check the issuer. */
async function certificateFor(publicKey: KeyObject): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const { privateKey } = await webcrypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const day = 24 * 3_600_000;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=Pinned',
      issuer: 'CN=Pinned',
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + day),
      signingAlgorithm: algorithm,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      signingKey: privateKey as CryptoKey,
    },
    webcrypto as unknown as Crypto,
  );
  return certificate.toString('pem');
}
