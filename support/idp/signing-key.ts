/** A key with a self-signed certificate, for an identity provider that brings none. It is made anew for every run. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** Both in PEM; valid from a day ago for a year, by the clock of this machine. */
export async function createSigningKey(commonName: string): Promise<{ privateKey: string; certificate: string }> {
  const signingAlgorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify']);
  const day = 86_400_000;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [commonName] }],
      notBefore: new Date(Date.now() - day),
      notAfter: new Date(Date.now() + 365 * day),
      signingAlgorithm,
      keys: keys as CryptoKeyPair,
    },
    webcrypto as unknown as Crypto,
  );
  return {
    privateKey: KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: certificate.toString('pem'),
  };
}
