/** Hashes passwords with scrypt. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number }, Buffer>(scrypt);
/** scrypt's N. Load tests may use less. */
export const usualPasswordCost = 2 ** 14;

/** `scrypt$N$r$p$salt$key`, so that the cost can change later. */
export async function hashPassword(password: string, cost: number): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password.normalize('NFC'), salt, 32, { N: cost, r: 8, p: 1 });
  return ['scrypt', cost, 8, 1, salt.toString('base64'), key.toString('base64')].join('$');
}

/**
 * Takes the same time with and without an account. Without one, pass undefined for `stored`, and another account's hash
 * for `standIn`.
 */
export async function isPassword(
  password: string,
  stored: string | undefined,
  { standIn, cost }: { standIn: string | undefined; cost: number },
): Promise<boolean> {
  const [, N, r, p, salt, key] = (stored ?? standIn ?? randomHash(cost)).split('$') as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const expected = Buffer.from(key, 'base64');
  const given = await derive(password.normalize('NFC'), Buffer.from(salt, 'base64'), expected.length, {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  return timingSafeEqual(given, expected) && stored !== undefined;
}

const randomHash = (cost: number): string =>
  ['scrypt', cost, 8, 1, randomBytes(16).toString('base64'), randomBytes(32).toString('base64')].join('$');
