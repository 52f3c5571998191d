/** Key pairs with self-signed certificates, and a pool of pregenerated keys. No key is used twice. */
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { systemTime } from '../clock.ts';
import { type Subject, selfSigned } from './certificate.ts';

export type KeyAlgorithm = 'rsa-2048' | 'ecdsa-p256';
export const keyAlgorithms = ['rsa-2048', 'ecdsa-p256'] as const satisfies readonly KeyAlgorithm[];

export interface KeyPair {
  privateKey: KeyObject;
  /** The certificate, PEM. */
  certificate: string;
}

export interface CertificateOptions extends Subject {
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

export const createKeyPair = async ({ algorithm = 'rsa-2048', ...subject }: CertificateOptions): Promise<KeyPair> =>
  certify(await generateKeys(algorithm), subject);

const certify = (keys: RawKeys, subject: Subject): KeyPair => ({
  privateKey: keys.privateKey,
  certificate: selfSigned(keys, subject),
});

export interface TakeOptions extends CertificateOptions {
  /** Name under which a keys file keeps the pair for the next start. Without it the pair is always new. */
  keptAs?: string | undefined;
  /** Name of keys for a rollover, under which processes that share a keys file find the same pair. */
  nextAs?: string | undefined;
}

export interface KeyPool {
  /** Takes an unused key and certifies it; waits if there is none yet. */
  take(options: TakeOptions): Promise<KeyPair>;
}

export interface PreparedKeyPool extends KeyPool {
  /** Generates the key for the next call in the background. */
  prepare(): void;
}

export interface KeyPoolOptions {
  /** Number of keys ready for a process that takes several. EC keys are cheap and made on demand. */
  ahead?: number;
  /** Generates a key. */
  generate?: (algorithm: KeyAlgorithm) => Promise<RawKeys>;
}

/** Most processes need one key: only after the second one are keys pregenerated without being asked for. */
export function createKeyPool({ ahead = 2, generate: make = generateKeys }: KeyPoolOptions = {}): PreparedKeyPool {
  const ready: Promise<RawKeys>[] = [];
  let taken = 0;
  const fillTo = (count: number): void => {
    while (ready.length < count) {
      const next = make('rsa-2048');
      next.catch(() => undefined);
      ready.push(next);
    }
  };
  return {
    prepare: () => fillTo(1),
    async take({ algorithm = 'rsa-2048', keptAs: _, nextAs: _next, ...subject }) {
      const raw = await ((algorithm === 'rsa-2048' ? ready.shift() : undefined) ?? make(algorithm));
      if (algorithm === 'rsa-2048' && ++taken > 1) fillTo(ahead);
      return certify(raw, subject);
    },
  };
}

/** Shared by all identity providers in this process, so that none generates keys that another has to spare. */
export const processKeys = createKeyPool();

const untrustedKeys = new WeakMap<KeyPool, Promise<KeyPair>>();

/** The key for forged signatures, generated when first used. All tenants with this pool share it. */
export const untrustedKeysFrom = (pool: KeyPool) => (): Promise<KeyPair> => {
  const keys = untrustedKeys.get(pool) ?? takeUntrustedKeys(pool);
  untrustedKeys.set(pool, keys);
  keys.catch(() => untrustedKeys.delete(pool));
  return keys;
};

/** For a response whose faults do not use the key for forged signatures, so that it need not wait for it. */
export const unneededKeys: KeyPair = {
  get privateKey(): never {
    throw new Error('a fault without usesUntrustedKeys has used the key for forged signatures');
  },
  get certificate(): never {
    throw new Error('a fault without usesUntrustedKeys has used the certificate for forged signatures');
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
