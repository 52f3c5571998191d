/** Private certificate authorities, and web servers with their certificates. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import * as x509 from '@peculiar/x509';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

interface Issue {
  host: string;
  /** Days from today; negative for the past. */
  validFrom?: number;
  validTo?: number;
}

export interface Credentials {
  cert: string;
  key: string;
}

export interface Authority {
  pem: string;
  issue(certificate: Issue): Promise<Credentials>;
}

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);

export async function createAuthority(name: string): Promise<Authority> {
  const own = await newKeys();
  const create = async (
    subject: string,
    { publicKey }: webcrypto.CryptoKeyPair,
    days: readonly [number, number],
    extensions: x509.Extension[],
  ): Promise<string> => {
    const certificate = await x509.X509CertificateGenerator.create(
      {
        subject: [{ CN: [subject] }],
        issuer: [{ CN: [name] }],
        notBefore: new Date(Date.now() + days[0] * day),
        notAfter: new Date(Date.now() + days[1] * day),
        signingAlgorithm: ecdsa,
        publicKey: publicKey as CryptoKey,
        signingKey: own.privateKey as CryptoKey,
        extensions,
      },
      webcrypto as unknown as Crypto,
    );
    return `${certificate.toString('pem')}\n`;
  };
  return {
    pem: await create(name, own, [-10, 10], [new x509.BasicConstraintsExtension(true, undefined, true)]),
    async issue({ host, validFrom = -1, validTo = 9 }) {
      const keys = await newKeys();
      const names = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]);
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
      return {
        cert: await create(host, keys, [validFrom, validTo], [names, new x509.BasicConstraintsExtension(false)]),
        key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
      };
    },
  };
}

/** A web server on this machine; its port, until it is closed. */
export async function serveHttps(
  credentials: Credentials,
  listener: RequestListener,
): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer(credentials, listener);
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
