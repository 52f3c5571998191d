/** Key pairs with self-signed certificates, and a pool of pregenerated keys. No key is used twice. */
import 'reflect-metadata';
import { generateKeyPair, type KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';
import { systemTime } from '../clock.ts';

export type KeyAlgorithm = 'rsa-2048' | 'ecdsa-p256';
export const keyAlgorithms = ['rsa-2048', 'ecdsa-p256'] as const satisfies readonly KeyAlgorithm[];

export interface KeyPair {
  privateKey: KeyObject;
  /** The self-signed certificate, PEM. */
  certificate: string;
}

export interface CertificateOptions {
  commonName: string;
  notBefore: Date;
  notAfter: Date;
  algorithm?: KeyAlgorithm;
}

export interface RawKeys {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** Runs in the thread pool, so that the event loop is not blocked. */
const generateKeys = (algorithm: KeyAlgorithm): Promise<RawKeys> =>
  algorithm === 'rsa-2048' ? generate('rsa', { modulusLength: 2048 }) : generate('ec', { namedCurve: 'P-256' });

const webAlgorithms = {
  'rsa-2048': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  'ecdsa-p256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

export async function createKeyPair({ algorithm = 'rsa-2048', ...options }: CertificateOptions): Promise<KeyPair> {
  return certify(await generateKeys(algorithm), { ...options, algorithm });
}

async function certify(
  { privateKey, publicKey }: RawKeys,
  { commonName, notBefore, notAfter, algorithm }: Required<CertificateOptions>,
): Promise<KeyPair> {
  const web = webAlgorithms[algorithm];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // A leading zero bit keeps the serial number positive (RFC 5280, 4.1.2.2).
      serialNumber: `4${randomBytes(16).toString('hex').slice(1)}`,
      name: [{ CN: [commonName] }],
      notBefore,
      notAfter,
      signingAlgorithm: web,
      keys: {
        privateKey: privateKey.toCryptoKey(web, true, ['sign']),
        publicKey: publicKey.toCryptoKey(web, true, ['verify']),
      } as CryptoKeyPair,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ],
    },
    webcrypto as unknown as Crypto,
  );
  return { privateKey, certificate: `${certificate.toString('pem').trim()}\n` };
}

export interface KeyPool {
  /** Takes an unused key and certifies it; waits if the pool is empty. */
  take(options: CertificateOptions): Promise<KeyPair>;
  /** Stops pregenerating keys. */
  close(): void;
}

export interface KeyPoolOptions {
  /** Number of pregenerated RSA keys. EC keys are cheap and made on demand. */
  ahead?: number;
  /** Generates a key. */
  generate?: (algorithm: KeyAlgorithm) => Promise<RawKeys>;
}

/** Unused keys of closed pools, for the next pool in this process. */
const unused: Promise<RawKeys>[] = [];

/** Starts to fill in the background at the next turn of the event loop. */
export function createKeyPool({ ahead = 1, generate: make = generateKeys }: KeyPoolOptions = {}): KeyPool {
  const ready: Promise<RawKeys>[] = [];
  let closed = false;
  // One at a time, to leave the other threads free.
  let last: Promise<unknown> = Promise.resolve();
  const fill = (): void => {
    while (!closed && ready.length < ahead) {
      const next = unused.shift() ?? last.then(() => make('rsa-2048'));
      next.catch(() => undefined);
      last = next.catch(() => undefined);
      ready.push(next);
    }
  };
  const begin = setImmediate(fill);
  return {
    async take({ algorithm = 'rsa-2048', ...options }) {
      const raw = (algorithm === 'rsa-2048' ? ready.shift() : undefined) ?? make(algorithm);
      const pair = await certify(await raw, { ...options, algorithm });
      fill();
      return pair;
    },
    close() {
      closed = true;
      clearImmediate(begin);
      unused.push(...ready.splice(0));
    },
  };
}

/** The key for forged signatures, generated when first used. All tenants share it. */
export function untrustedKeysFrom(pool: KeyPool): () => Promise<KeyPair> {
  let untrustedKeys: Promise<KeyPair> | undefined;
  return () => {
    untrustedKeys ??= takeUntrustedKeys(pool);
    return untrustedKeys;
  };
}

/** For a response without faults, so that it need not wait for a key that it does not use. */
export const unneededKeys: KeyPair = {
  get privateKey(): never {
    throw new Error('a response without faults has used the key for forged signatures');
  },
  get certificate(): never {
    throw new Error('a response without faults has used the certificate for forged signatures');
  },
};

function takeUntrustedKeys(pool: KeyPool): Promise<KeyPair> {
  const now = systemTime();
  return pool.take({
    commonName: 'Unknown',
    notBefore: new Date(now - dayMs),
    notAfter: new Date(now + 3650 * dayMs),
  });
}

const dayMs = 24 * 60 * 60_000;
