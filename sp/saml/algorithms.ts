/** The accepted signature and digest algorithms, verified with node:crypto. All others are rejected. */
import { constants, createHash, type KeyObject, verify as verifyOctets } from 'node:crypto';

export interface SignatureMethod {
  family: 'rsa' | 'ec';
  hash: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  padding: 'pkcs1' | 'pss' | undefined;
}

const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const old = 'http://www.w3.org/2000/09/xmldsig#';

/** RFC 9231, without HMAC, DSA and MD5. */
export const signatureMethods: Readonly<Record<string, SignatureMethod>> = {
  [`${old}rsa-sha1`]: { family: 'rsa', hash: 'sha1', padding: 'pkcs1' },
  [`${more}rsa-sha256`]: { family: 'rsa', hash: 'sha256', padding: 'pkcs1' },
  [`${more}rsa-sha384`]: { family: 'rsa', hash: 'sha384', padding: 'pkcs1' },
  [`${more}rsa-sha512`]: { family: 'rsa', hash: 'sha512', padding: 'pkcs1' },
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1': { family: 'rsa', hash: 'sha256', padding: 'pss' },
  [`${more}ecdsa-sha1`]: { family: 'ec', hash: 'sha1', padding: undefined },
  [`${more}ecdsa-sha256`]: { family: 'ec', hash: 'sha256', padding: undefined },
  [`${more}ecdsa-sha384`]: { family: 'ec', hash: 'sha384', padding: undefined },
  [`${more}ecdsa-sha512`]: { family: 'ec', hash: 'sha512', padding: undefined },
};

export const digestMethods: Readonly<Record<string, SignatureMethod['hash']>> = {
  [`${old}sha1`]: 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  [`${more}sha384`]: 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};

/** Only examined by a diagnosis offline. */
export const offlineSignatureMethods: typeof signatureMethods = {
  [`${more}rsa-md5`]: { family: 'rsa', hash: 'md5', padding: 'pkcs1' },
};
export const offlineDigestMethods: typeof digestMethods = { [`${more}md5`]: 'md5' };

/** A shared secret instead of a key pair: no IdP signs with it. */
export const isSharedSecret = (algorithm: string): boolean => /#hmac-[a-z0-9]+$/.test(algorithm);

export const transforms = {
  enveloped: `${old}enveloped-signature`,
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
} as const;

/** True if the signature is valid. An ECDSA value is two concatenated numbers, not DER (RFC 9231 2.3.6). */
export function isSignature(
  { family, hash, padding }: SignatureMethod,
  octets: string,
  key: KeyObject,
  value: string,
): boolean {
  // A key is used only with its own algorithm, no matter what the message says. This excludes DSA, Ed25519 and others.
  if (key.asymmetricKeyType !== family) return false;
  const signature = Buffer.from(value, 'base64');
  if (family === 'ec')
    return verifyOctets(hash, Buffer.from(octets), { key, dsaEncoding: 'ieee-p1363' }, signature) === true;
  if (padding === 'pss')
    return (
      verifyOctets(
        hash,
        Buffer.from(octets),
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
        signature,
      ) === true
    );
  return verifyOctets(hash, Buffer.from(octets), key, signature) === true;
}

export const digest = (hash: SignatureMethod['hash'], octets: string): string =>
  createHash(hash).update(octets).digest('base64');
