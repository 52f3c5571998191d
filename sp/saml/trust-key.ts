/** Rules for signing keys, checked when a certificate is saved and whenever a signature is verified. */
import { checkPrimeSync, type KeyObject, X509Certificate } from 'node:crypto';
import { keepLastUsed } from './last-used.ts';

export interface TrustKey {
  key: KeyObject;
  /** SHA-256 of the certificate. */
  fingerprint: string;
  /** The rule that the key breaks; undefined if it may sign. */
  flaw: string | undefined;
}

/** The maximum number of characters of a certificate in base64 or PEM. */
export const longestCertificate = 20_000;

const rsaBits = { least: 2_048, most: 16_384 };
const smallestExponent = 65_537n;

/** P-256, P-384 and P-521, by their OpenSSL names. */
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** NIST SP 800-57 part 1, 5.6; FIPS 186-5, 5.1; CA/Browser Forum baseline requirements 6.1.1.3, 6.1.5 and 6.1.6. */
export const rulesForKeys =
  `an RSA key of ${rsaBits.least} bits or more whose exponent is odd and at least ${smallestExponent}, ` +
  'or an EC key on P-256, P-384 or P-521';

const lastUsed = keepLastUsed<TrustKey | undefined>(200);

/** The key of a certificate in PEM; undefined if the certificate is malformed. */
export const readTrustKey = (pem: string): TrustKey | undefined =>
  lastUsed(pem, () => (pem.length > longestCertificate ? undefined : read509(pem)));

function read509(pem: string): TrustKey | undefined {
  try {
    const { publicKey: key, fingerprint256: fingerprint } = new X509Certificate(pem);
    return { key, fingerprint, flaw: flawOf(key) };
  } catch {
    return undefined;
  }
}

/** The rule that this key breaks; undefined if none. Does not look up Debian's weak keys of 2008. */
export function flawOf(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ec') {
    const curve = details?.namedCurve;
    return curve !== undefined && curves.includes(curve) ? undefined : `an EC key on ${curve ?? 'a custom curve'}`;
  }
  if (type !== 'rsa') return `a key of the type ${type}`;
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  return flawOfRsa(numberIn(n), numberIn(e));
}

const numberIn = (base64url: string): bigint => BigInt(`0x0${Buffer.from(base64url, 'base64url').toString('hex')}`);

export function flawOfRsa(modulus: bigint, exponent: bigint): string | undefined {
  const bits = modulus.toString(2).length;
  if (bits < rsaBits.least) return `an RSA key of ${bits} bits`;
  if (bits > rsaBits.most) return `an RSA key of ${bits} bits, more than ${rsaBits.most}`;
  // With the exponent 1, any signature verifies. A huge exponent makes verification slow.
  if (exponent < smallestExponent) return `an RSA key with the exponent ${exponent}`;
  if (exponent % 2n === 0n) return 'an RSA key with an even exponent';
  if (exponent >= 2n ** 256n) return 'an RSA key with an exponent of more than 256 bits';
  const factor = primesBelow(752).find((prime) => modulus % BigInt(prime) === 0n);
  if (factor !== undefined) return `an RSA key whose modulus is divisible by ${factor}`;
  if (isRoca(modulus)) return 'an RSA key made by a chip with the ROCA flaw (CVE-2017-15361): it can be broken';
  if (hasCloseFactors(modulus)) return 'an RSA key whose two primes are close to each other: it can be broken';
  if (checkPrimeSync(octetsOf(modulus), { checks: 1 })) return 'an RSA key whose modulus is a prime: it can be broken';
  return undefined;
}

const octetsOf = (number: bigint): Buffer => {
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
};

const primesBelow = (end: number): number[] =>
  Array.from({ length: end - 2 }, (_, index) => index + 2).filter((number) => {
    for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false;
    return true;
  });

/**
 * The published fingerprint of ROCA keys (Nemec and others, CCS 2017): modulo each prime from 3 to 167, the modulus is
 * a power of 65537. Fewer than one in 2^27 other keys match.
 */
const isRoca = (modulus: bigint): boolean =>
  primesBelow(168)
    .slice(1)
    .every((prime) => powersOf65537(prime).has(Number(modulus % BigInt(prime))));

function powersOf65537(prime: number): Set<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power);
  return powers;
}

/** Fermat's method with 100 rounds, as required of certificate authorities (CVE-2022-26320). */
function hasCloseFactors(modulus: bigint): boolean {
  const root = squareRoot(modulus);
  for (let middle = root * root === modulus ? root : root + 1n, round = 0; round < 100; middle++, round++)
    if (isSquare(middle * middle - modulus)) return true;
  return false;
}

const isSquare = (number: bigint): boolean => {
  // A square is 0, 1, 4 or 9 modulo 16. This avoids the root of most other numbers.
  if (![0n, 1n, 4n, 9n].includes(number & 15n)) return false;
  const root = squareRoot(number);
  return root * root === number;
};

/** Rounded down, by Newton's method from above. */
function squareRoot(number: bigint): bigint {
  if (number < 2n) return number;
  let root = 1n << BigInt((number.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + number / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
