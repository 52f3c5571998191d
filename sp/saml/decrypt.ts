/** Decrypts an encrypted assertion. All failures of keys, octets or plaintext look the same, to give nothing away. */
import { constants, createDecipheriv, privateDecrypt, randomBytes } from 'node:crypto';
import { attribute, childElements, childNamed, descendantsNamed, is, ns, textOf } from './dom.ts';
import { type Read, read } from './read.ts';

export type Decryption =
  | { message: Read }
  | { code: 'decryption-failed' }
  | { code: 'encryption-algorithm-refused'; received: string; circumstance?: 'mixed-hashes' };

const contents: Readonly<Record<string, { cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm'; key: number }>> = {
  'http://www.w3.org/2009/xmlenc11#aes128-gcm': { cipher: 'aes-128-gcm', key: 16 },
  'http://www.w3.org/2009/xmlenc11#aes192-gcm': { cipher: 'aes-192-gcm', key: 24 },
  'http://www.w3.org/2009/xmlenc11#aes256-gcm': { cipher: 'aes-256-gcm', key: 32 },
};

const digests: Readonly<Record<string, string>> = {
  'http://www.w3.org/2000/09/xmldsig#sha1': 'sha1',
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
};

const mgf1p = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';
const oaep = 'http://www.w3.org/2009/xmlenc11#rsa-oaep';

/**
 * Decrypts saml:EncryptedAssertion (SAML core 2.3.4) with any of these private keys (PEM). Never tries CBC and RSA 1.5,
 * because both can serve as an oracle.
 */
export function decryptAssertion(encrypted: Element, keys: readonly string[]): Decryption {
  const data = childNamed(encrypted, ns.xenc, 'EncryptedData');
  const encryptedKey = data && encryptedKeyOf(encrypted, data);
  if (data === undefined || encryptedKey === undefined) return { code: 'decryption-failed' };
  const contentAlgorithm = attribute(childNamed(data, ns.xenc, 'EncryptionMethod'), 'Algorithm') ?? '';
  const keyMethod = childNamed(encryptedKey, ns.xenc, 'EncryptionMethod');
  const keyAlgorithm = attribute(keyMethod, 'Algorithm') ?? '';
  const content = Object.hasOwn(contents, contentAlgorithm) ? contents[contentAlgorithm] : undefined;
  if (content === undefined) return { code: 'encryption-algorithm-refused', received: contentAlgorithm };
  const oaepHash = keyAlgorithm === mgf1p || keyAlgorithm === oaep ? oaepHashOf(keyMethod!, keyAlgorithm) : undefined;
  if (oaepHash === undefined) return rejectedKey(keyMethod, keyAlgorithm);
  const wrapped = octetsOf(encryptedKey);
  const octets = octetsOf(data);
  // Tries every key, with a random content key if unwrapping fails, so that all failures take the same steps.
  const texts = keys
    .map((key) => decipher(content, unwrap(key, wrapped, oaepHash, content.key), octets))
    .filter((text) => text !== undefined);
  const outcome = texts[0] === undefined ? undefined : read(texts[0]);
  if (outcome?.ok !== true || !is(outcome.message.document.documentElement, ns.saml, 'Assertion'))
    return { code: 'decryption-failed' };
  return { message: outcome.message };
}

function rejectedKey(method: Element | undefined, algorithm: string): Decryption {
  const rejected = { code: 'encryption-algorithm-refused', received: algorithm } as const;
  const isOaep = algorithm === mgf1p || algorithm === oaep;
  const { hash, mask } = method && isOaep ? oaepHashesOf(method, algorithm) : {};
  return hash === undefined || mask === undefined ? rejected : { ...rejected, circumstance: 'mixed-hashes' };
}

/** In EncryptedData's KeyInfo, next to EncryptedData, or where a RetrievalMethod points (XML Encryption 3.5). */
function encryptedKeyOf(encrypted: Element, data: Element): Element | undefined {
  const keyInfo = childNamed(data, ns.ds, 'KeyInfo');
  const inside = childNamed(keyInfo, ns.xenc, 'EncryptedKey');
  if (inside) return inside;
  const pointer = attribute(childNamed(keyInfo, ns.ds, 'RetrievalMethod'), 'URI');
  const siblings = childElements(encrypted).filter((node) => is(node, ns.xenc, 'EncryptedKey'));
  if (pointer !== undefined)
    return [...siblings, ...descendantsNamed(data, ns.xenc, 'EncryptedKey')].find(
      (key) => `#${attribute(key, 'Id')}` === pointer,
    );
  return siblings.length === 1 ? siblings[0] : undefined;
}

/** node:crypto uses one hash for both, which covers the common combinations. */
function oaepHashOf(method: Element, algorithm: string): string | undefined {
  const { hash, mask: maskHash } = oaepHashesOf(method, algorithm);
  return hash === maskHash ? hash : undefined;
}

/** The hashes of digest and mask (XML Encryption 1.1, 5.5.2); undefined if unknown. */
export function oaepHashesOf(
  method: Element,
  algorithm: string,
): { hash: string | undefined; mask: string | undefined } {
  const stated = attribute(childNamed(method, ns.ds, 'DigestMethod'), 'Algorithm');
  // hasOwn is redundant: an inherited property equals no mask's hash.
  const hash = stated === undefined ? 'sha1' : Object.hasOwn(digests, stated) ? digests[stated] : undefined;
  const mask = childElements(method).find((node) => node.localName === 'MGF');
  const maskHash =
    algorithm === mgf1p || mask === undefined ? 'sha1' : /mgf1(sha\d+)$/.exec(attribute(mask, 'Algorithm') ?? '')?.[1];
  return { hash, mask: maskHash };
}

export const octetsOf = (node: Element): Buffer =>
  Buffer.from(
    textOf(childNamed(childNamed(node, ns.xenc, 'CipherData'), ns.xenc, 'CipherValue')).replace(/\s+/g, ''),
    'base64',
  );

function unwrap(key: string, wrapped: Buffer, oaepHash: string, length: number): Buffer {
  const instead = randomBytes(length);
  try {
    const content = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, wrapped);
    // Redundant: a key of another length makes no cipher. This way it fails like all others.
    return content.length === length ? content : instead;
  } catch {
    return instead;
  }
}

function decipher(
  { cipher }: { cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' },
  key: Buffer,
  octets: Buffer,
): string | undefined {
  try {
    // authTagLength is redundant: with so few octets that the tag is shorter, there is no text.
    const gcm = createDecipheriv(cipher, key, octets.subarray(0, 12), { authTagLength: 16 });
    gcm.setAuthTag(octets.subarray(-16));
    const plain = Buffer.concat([gcm.update(octets.subarray(12, -16)), gcm.final()]);
    // Some parsers skip a byte order mark, others treat it as text outside the root.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plain);
    return text.startsWith('\uFEFF') ? undefined : text;
  } catch {
    return undefined;
  }
}
