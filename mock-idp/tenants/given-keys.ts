/** Checks a private key and a certificate that a user gives to a tenant. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { InvalidXml } from '../sign-in/parse.ts';
import type { KeyAlgorithm, KeyPair } from './keys.ts';
import { readCertificate } from './metadata.ts';
import { Refused } from './read-input.ts';

export interface PemKeys {
  privateKey: string;
  certificate: string;
}

export const algorithmOf = ({ privateKey }: Pick<KeyPair, 'privateKey'>): KeyAlgorithm =>
  privateKey.asymmetricKeyType === 'ec' ? 'ecdsa-p256' : 'rsa-2048';

/**
 * RSA from 2048 bits, or EC on P-256, with a certificate of any issuer and validity. Throws Refused, which names what
 * is wrong, and never quotes the key.
 */
export function readKeyPair(given: PemKeys): KeyPair {
  const privateKey = readPrivateKey(given.privateKey);
  const certificate = readOneCertificate(given.certificate);
  if (!new X509Certificate(certificate).checkPrivateKey(privateKey))
    throw invalid('keys.certificate belongs to another key than keys.privateKey');
  return { privateKey, certificate };
}

function readPrivateKey(pem: string): KeyObject {
  if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(pem))
    throw invalid('keys.privateKey is protected by a passphrase: write it without one, with openssl pkey');
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw invalid('keys.privateKey must be a private key in PEM, from -----BEGIN PRIVATE KEY----- to its END line');
  }
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048) return key;
  if (key.asymmetricKeyType === 'ec' && namedCurve === 'prime256v1') return key;
  const size = key.asymmetricKeyType === 'rsa' ? ` of ${modulusLength} bits` : namedCurve ? ` on ${namedCurve}` : '';
  throw invalid(
    `keys.privateKey is a key of type ${key.asymmetricKeyType}${size}: use RSA from 2048 bits, or EC on P-256`,
  );
}

function readOneCertificate(text: string): string {
  const count = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (count > 1) throw invalid(`keys.certificate has ${count} certificates: give only the one of keys.privateKey`);
  try {
    return readCertificate(text);
  } catch (error) {
    if (error instanceof InvalidXml) throw invalid('keys.certificate must be a certificate in PEM or base64');
    throw error;
  }
}

const invalid = (sentence: string): Refused => new Refused(400, sentence);
