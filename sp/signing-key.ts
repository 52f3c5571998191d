/** An organization's key pair for signing and decryption, which is created when first needed. */
import 'reflect-metadata';
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';
import { now } from './clock.ts';
import type { Organization } from './organization.ts';
import type { Store } from './store.ts';

export interface SpKey {
  /** PEM, PKCS #8. */
  privateKey: string;
  /** PEM. */
  certificate: string;
}

/** Keys being created, so that an organization gets only one. */
const underWay = new Map<string, Promise<SpKey>>();

export function storedKey(store: Store, organization: string): SpKey | undefined {
  const row = store.get<{ signing_key: string | null; signing_certificate: string | null }>`
    SELECT signing_key, signing_certificate FROM organizations WHERE slug = ${organization}`;
  return row?.signing_key && row.signing_certificate
    ? { privateKey: row.signing_key, certificate: row.signing_certificate }
    : undefined;
}

export async function ensureKey(store: Store, organization: Organization): Promise<SpKey> {
  const known = storedKey(store, organization.slug);
  if (known) return known;
  const making =
    underWay.get(organization.slug) ??
    make(organization)
      .then((key) => {
        store.run`
          UPDATE organizations SET signing_key = ${key.privateKey}, signing_certificate = ${key.certificate}
          WHERE slug = ${organization.slug}`;
        return key;
      })
      .finally(() => underWay.delete(organization.slug));
  underWay.set(organization.slug, making);
  return making;
}

/** RSA 2048, valid for ten years from yesterday on the organization's clock. */
async function make(organization: Organization): Promise<SpKey> {
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const keys = {
    privateKey: await crypto.subtle.importKey('pkcs8', pair.privateKey, algorithm, false, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', pair.publicKey, algorithm, true, ['verify']),
  };
  const day = 86_400_000;
  const time = now(organization);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=Service provider',
      notBefore: new Date(time - day),
      notAfter: new Date(time + 3_650 * day),
      signingAlgorithm: algorithm,
      keys,
    },
    crypto,
  );
  const pem = (label: string, der: Buffer): string =>
    `-----BEGIN ${label}-----\n${der.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END ${label}-----`;
  return { privateKey: pem('PRIVATE KEY', pair.privateKey), certificate: certificate.toString('pem') };
}
