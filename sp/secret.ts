/** Secrets for sessions, test links and RelayState. The server stores only their hashes. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits, in 43 characters that never need escaping. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

export const secretLength = 43;

/** The stored form of a secret: SHA-256 in hex. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares in constant time. */
export const isSameSecret = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());

/** An xs:ID of 160 bits (SAML core 1.3.4). */
export const newRequestId = (): string => `_${randomBytes(20).toString('hex')}`;

/** 117 bits, in characters that cannot be confused. */
export const newRecoveryKey = (): string => [newReference(), newReference(), newReference()].join('-');

/** A reference number for an error page: eight characters that cannot be confused. */
export function newReference(): string {
  const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
  return [...randomBytes(8)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
