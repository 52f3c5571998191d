/** A certificate authority that can vouch only for its names, and the certificates that it issues. */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import * as x509 from '@peculiar/x509';
import { nameConstraints } from './name-constraints.ts';

/** PEM. */
export interface Credentials {
  cert: string;
  key: string;
}

export const dayMs = 24 * 60 * 60_000;
/** Days that an authority is valid, and a certificate that it issued. */
const validity = { authority: 300, issued: 7 };

/** Of a common name (RFC 5280, appendix A.1). */
const longestName = 64;

/** The account's name or number. In containers an account may have no name. */
const account = (): string => process.env.USER ?? process.env.USERNAME ?? `${process.getuid?.() ?? 'this user'}`;

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const serverAuth = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]);

/** It can vouch for localhost, the loopback addresses, and these names with the names below them. */
export async function createAuthority({ names, now }: { names: readonly string[]; now: number }): Promise<Credentials> {
  const keys = await newKeys();
  const subject = [{ CN: [`sso-rehearsal test authority of ${account()} on ${hostname()}`.slice(0, longestName)] }];
  const cert = await certify({
    subject,
    issuer: subject,
    notBefore: now - dayMs,
    notAfter: now + validity.authority * dayMs,
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      serverAuth,
      nameConstraints(['localhost', ...names]),
    ],
  });
  return { cert, key: await pemOf(keys.privateKey) };
}

/** A certificate for the server with these names, with a new key. */
export async function issue(
  authority: Credentials,
  { names, now }: { names: readonly string[]; now: number },
): Promise<Credentials> {
  const keys = await newKeys();
  const issuer = new x509.X509Certificate(authority.cert);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    x509.PemConverter.decodeFirst(authority.key),
    ecdsa,
    false,
    ['sign'],
  );
  const alternatives = names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const);
  const cert = await certify({
    // No host name: clients that find one here may hold the constraints against it.
    subject: [{ CN: ['sso-rehearsal mock IdP'] }],
    issuer: issuer.issuerName.toJSON(),
    notBefore: now - dayMs,
    notAfter: Math.min(now + validity.issued * dayMs, issuer.notAfter.getTime()),
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      serverAuth,
      new x509.SubjectAlternativeNameExtension(alternatives),
      await x509.AuthorityKeyIdentifierExtension.create(issuer, false, crypto),
    ],
  });
  return { cert, key: await pemOf(keys.privateKey) };
}

const crypto = webcrypto as unknown as Crypto;

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);

interface Certified {
  subject: x509.JsonName;
  issuer: x509.JsonName;
  notBefore: number;
  notAfter: number;
  publicKey: webcrypto.CryptoKey;
  signingKey: webcrypto.CryptoKey;
  extensions: x509.Extension[];
}

async function certify({
  notBefore,
  notAfter,
  publicKey,
  signingKey,
  extensions,
  ...names
}: Certified): Promise<string> {
  const certificate = await x509.X509CertificateGenerator.create(
    {
      ...names,
      // A leading zero bit keeps the serial number positive (RFC 5280, 4.1.2.2).
      serialNumber: `4${randomBytes(16).toString('hex').slice(1)}`,
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      signingAlgorithm: ecdsa,
      publicKey: publicKey as CryptoKey,
      signingKey: signingKey as CryptoKey,
      extensions: [
        ...extensions,
        await x509.SubjectKeyIdentifierExtension.create(publicKey as CryptoKey, false, crypto),
      ],
    },
    crypto,
  );
  return `${certificate.toString('pem').trim()}\n`;
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(der, 'PRIVATE KEY').trim()}\n`;
}
