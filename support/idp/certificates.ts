/** Keys and certificates for identity providers that have none; new for every run. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new RSA key with a self-signed certificate, both in PEM. */
export async function createSigningKey(commonName: string): Promise<{ privateKey: string; certificate: string }> {
  const keys = await webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify']);
  const publicKey = KeyObject.from(keys.publicKey);
  return {
    privateKey: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: await certify({ commonName, publicKey, signingKey: keys.privateKey, signingAlgorithm: rsa }),
  };
}

/**
 * A certificate in PEM for any public key, signed with a temporary key: an SP pins the public key and ignores
 * the issuer of the certificate.
 */
export async function certificateFor(publicKey: KeyObject): Promise<string> {
  const { privateKey } = await webcrypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']);
  return certify({ commonName: 'Pinned', publicKey, signingKey: privateKey, signingAlgorithm: ecdsa });
}

/** Valid for a year from yesterday, by the clock of this machine. */
async function certify({
  commonName,
  publicKey,
  signingKey,
  signingAlgorithm,
}: {
  commonName: string;
  publicKey: KeyObject;
  signingKey: webcrypto.CryptoKey;
  signingAlgorithm: typeof rsa | typeof ecdsa;
}): Promise<string> {
  const day = 86_400_000;
  const name = [{ CN: [commonName] }];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      subject: name,
      issuer: name,
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 365 * day),
      signingAlgorithm,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      signingKey: signingKey as CryptoKey,
    },
    webcrypto as unknown as Crypto,
  );
  return certificate.toString('pem');
}
