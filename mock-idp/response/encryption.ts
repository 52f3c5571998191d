/** Encrypts an assertion for an SP (XML Encryption 1.1, SAML core 6). */
import { constants, createCipheriv, type KeyObject, publicEncrypt, randomBytes, X509Certificate } from 'node:crypto';
import { type Element, element, render } from './xml.ts';

export const encryptionAlgorithms = {
  aes128Gcm: 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  aes256Gcm: 'http://www.w3.org/2009/xmlenc11#aes256-gcm',
  aes128Cbc: 'http://www.w3.org/2001/04/xmlenc#aes128-cbc',
  aes256Cbc: 'http://www.w3.org/2001/04/xmlenc#aes256-cbc',
  tripleDes: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc',
  rsaOaepSha1: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
  rsa15: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
} as const;

const ciphers: Readonly<
  Record<
    string,
    { name: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-cbc' | 'aes-256-cbc' | 'des-ede3-cbc'; key: number; iv: number }
  >
> = {
  [encryptionAlgorithms.aes128Gcm]: { name: 'aes-128-gcm', key: 16, iv: 12 },
  [encryptionAlgorithms.aes256Gcm]: { name: 'aes-256-gcm', key: 32, iv: 12 },
  [encryptionAlgorithms.aes128Cbc]: { name: 'aes-128-cbc', key: 16, iv: 16 },
  [encryptionAlgorithms.aes256Cbc]: { name: 'aes-256-cbc', key: 32, iv: 16 },
  [encryptionAlgorithms.tripleDes]: { name: 'des-ede3-cbc', key: 24, iv: 8 },
};

export interface Encryption {
  recipient: KeyObject;
  contentAlgorithm: string;
  keyTransport: string;
  /** False if RSA-OAEP leaves its digest unsaid, which is SHA-1. */
  isDigestNamed?: boolean;
  /** The plaintext, given the signed assertion. */
  plaintext: (assertion: Element) => string | Buffer;
  /** Changes the octets (IV, ciphertext, tag) before they are encoded. */
  cipherValue: (octets: Buffer) => Buffer;
  /** Changes the encrypted content key. */
  keyValue: (octets: Buffer) => Buffer;
  /** Places the EncryptedKey: by default in ds:KeyInfo of the EncryptedData. */
  assemble: (parts: { data: (keyInfo?: Element) => Element; key: Element }) => Element;
}

/** How to encrypt for this certificate; undefined if the SP published none. */
export const honestEncryption = (certificate: string | undefined): Encryption | undefined =>
  certificate === undefined ? undefined : encryptionFor(new X509Certificate(certificate).publicKey);

export const encryptionFor = (recipient: KeyObject): Encryption => ({
  recipient,
  contentAlgorithm: encryptionAlgorithms.aes256Gcm,
  keyTransport: encryptionAlgorithms.rsaOaepSha1,
  plaintext: (assertion) => render(assertion),
  cipherValue: (octets) => octets,
  keyValue: (octets) => octets,
  assemble: ({ data, key }) => element('saml:EncryptedAssertion', {}, data(element('ds:KeyInfo', {}, key))),
});

/** Builds a saml:EncryptedAssertion from the signed assertion (SAML core 2.3.4). */
export function encryptAssertion(assertion: Element, encryption: Encryption): Element {
  const { octets, key } = encipher(Buffer.from(encryption.plaintext(assertion)), encryption.contentAlgorithm);
  const wrapped = publicEncrypt(
    encryption.keyTransport === encryptionAlgorithms.rsa15
      ? { key: encryption.recipient, padding: constants.RSA_PKCS1_PADDING }
      : { key: encryption.recipient, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    key,
  );
  const encryptedKey = element(
    'xenc:EncryptedKey',
    {},
    element(
      'xenc:EncryptionMethod',
      { Algorithm: encryption.keyTransport },
      encryption.keyTransport === encryptionAlgorithms.rsaOaepSha1 && encryption.isDigestNamed !== false
        ? element('ds:DigestMethod', { Algorithm: 'http://www.w3.org/2000/09/xmldsig#sha1' })
        : undefined,
    ),
    cipherData(encryption.keyValue(wrapped)),
  );
  const data = (keyInfo?: Element): Element =>
    element(
      'xenc:EncryptedData',
      { Type: 'http://www.w3.org/2001/04/xmlenc#Element' },
      element('xenc:EncryptionMethod', { Algorithm: encryption.contentAlgorithm }),
      keyInfo,
      cipherData(encryption.cipherValue(octets)),
    );
  return encryption.assemble({ data, key: encryptedKey });
}

const cipherData = (octets: Buffer): Element =>
  element('xenc:CipherData', {}, element('xenc:CipherValue', {}, octets.toString('base64')));

function encipher(text: Buffer, algorithm: string): { octets: Buffer; key: Buffer } {
  const cipher = ciphers[algorithm];
  if (cipher === undefined) throw new Error(`unknown encryption algorithm ${algorithm}`);
  const key = randomBytes(cipher.key);
  const iv = randomBytes(cipher.iv);
  if (cipher.name === 'aes-128-gcm' || cipher.name === 'aes-256-gcm') {
    const gcm = createCipheriv(cipher.name, key, iv);
    const body = Buffer.concat([gcm.update(text), gcm.final()]);
    return { octets: Buffer.concat([iv, body, gcm.getAuthTag()]), key };
  }
  const cbc = createCipheriv(cipher.name, key, iv);
  return { octets: Buffer.concat([iv, cbc.update(text), cbc.final()]), key };
}
