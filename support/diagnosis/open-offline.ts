/**
 * Decrypts assertions with algorithms that an ACS must not touch, because there they can serve as an oracle: CBC,
 * Triple DES and RSA 1.5. Also tries every EncryptedKey, and RSA-OAEP with different hashes. Only for diagnosis.
 */
import { constants, createDecipheriv, createHash, createPrivateKey, privateDecrypt } from 'node:crypto';
import { oaepHashesOf, octetsOf } from '../../sp/saml/decrypt.ts';
import { attribute, childNamed, descendantsNamed, ns } from '../../sp/saml/dom.ts';
import type { Leniency, Offline, OpenedOffline } from '../../sp/saml/judgement.ts';

const xenc = 'http://www.w3.org/2001/04/xmlenc#';
const xenc11 = 'http://www.w3.org/2009/xmlenc11#';
const rsa15 = `${xenc}rsa-1_5`;

interface Content {
  cipher:
    | 'aes-128-cbc'
    | 'aes-192-cbc'
    | 'aes-256-cbc'
    | 'des-ede3-cbc'
    | 'aes-128-gcm'
    | 'aes-192-gcm'
    | 'aes-256-gcm';
  policy?: keyof Leniency;
}

const contents: Readonly<Record<string, Content>> = {
  [`${xenc}aes128-cbc`]: { cipher: 'aes-128-cbc', policy: 'allowCbc' },
  [`${xenc}aes192-cbc`]: { cipher: 'aes-192-cbc', policy: 'allowCbc' },
  [`${xenc}aes256-cbc`]: { cipher: 'aes-256-cbc', policy: 'allowCbc' },
  [`${xenc}tripledes-cbc`]: { cipher: 'des-ede3-cbc', policy: 'allowTripleDes' },
  [`${xenc11}aes128-gcm`]: { cipher: 'aes-128-gcm' },
  [`${xenc11}aes192-gcm`]: { cipher: 'aes-192-gcm' },
  [`${xenc11}aes256-gcm`]: { cipher: 'aes-256-gcm' },
};

export const openOffline =
  (policies: Partial<Leniency>): Offline['open'] =>
  (encrypted, keys): OpenedOffline => {
    const data = childNamed(encrypted, ns.xenc, 'EncryptedData');
    const algorithm = algorithmOf(data);
    const content = Object.hasOwn(contents, algorithm) ? contents[algorithm] : undefined;
    const encryptedKeys = descendantsNamed(encrypted, ns.xenc, 'EncryptedKey').slice(0, 16);
    const rejected = [
      ...(content && isAllowed(content.policy, policies) ? [] : [algorithm]),
      ...new Set(encryptedKeys.map(algorithmOf).filter((one) => !isAllowedForKey(one, policies))),
    ];
    if (data === undefined || content === undefined) return { text: undefined, rejected };
    for (const key of keys)
      for (const encryptedKey of encryptedKeys) {
        const text = attempt(() => decipher(content, unwrap(key, encryptedKey), octetsOf(data)));
        if (text !== undefined) return { text, rejected };
      }
    return { text: undefined, rejected };
  };

const algorithmOf = (node: Element | undefined): string =>
  attribute(childNamed(node, ns.xenc, 'EncryptionMethod'), 'Algorithm') ?? 'none';

const isAllowed = (policy: keyof Leniency | undefined, policies: Partial<Leniency>): boolean =>
  policy === undefined || policies[policy] === true;

const isAllowedForKey = (algorithm: string, policies: Partial<Leniency>): boolean =>
  algorithm === `${xenc}rsa-oaep-mgf1p` ||
  algorithm === `${xenc11}rsa-oaep` ||
  (algorithm === rsa15 && policies.allowRsa15 === true);

/** Undefined if the key, the padding or the text is wrong. Offline, the sender does not learn which. */
function attempt(decrypt: () => string): string | undefined {
  try {
    return decrypt();
  } catch {
    return undefined;
  }
}

function unwrap(key: string, encryptedKey: Element): Buffer {
  const wrapped = octetsOf(encryptedKey);
  const method = childNamed(encryptedKey, ns.xenc, 'EncryptionMethod')!;
  const algorithm = algorithmOf(encryptedKey);
  if (algorithm === rsa15) return privateDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, wrapped);
  const { hash, mask } = oaepHashesOf(method, algorithm);
  if (hash === undefined || mask === undefined) throw new Error('unknown hash');
  return hash === mask
    ? privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, wrapped)
    : unwrapMixed(key, wrapped, { hash, mask });
}

/** RSA-OAEP by hand (RFC 8017, 7.1.2), because node:crypto uses one hash for digest and mask. */
function unwrapMixed(key: string, wrapped: Buffer, { hash, mask }: { hash: string; mask: string }): Buffer {
  const encoded = privateDecrypt({ key: createPrivateKey(key), padding: constants.RSA_NO_PADDING }, wrapped);
  const empty = createHash(hash).digest();
  const [maskedSeed, maskedBlock] = [encoded.subarray(1, 1 + empty.length), encoded.subarray(1 + empty.length)];
  const seed = xor(maskedSeed, maskOf(maskedBlock, maskedSeed.length, mask));
  const block = xor(maskedBlock, maskOf(seed, maskedBlock.length, mask));
  const end = block.indexOf(1, empty.length);
  const isPadded = end >= 0 && block.subarray(empty.length, end).every((octet) => octet === 0);
  if (encoded[0] !== 0 || !isPadded || !block.subarray(0, empty.length).equals(empty)) throw new Error('wrong padding');
  return block.subarray(end + 1);
}

/** MGF1 (RFC 8017, B.2.1). */
function maskOf(seed: Buffer, length: number, hash: string): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0; Buffer.concat(parts).length < length; counter++) {
    const octets = Buffer.alloc(4);
    octets.writeUInt32BE(counter);
    parts.push(createHash(hash).update(seed).update(octets).digest());
  }
  return Buffer.concat(parts).subarray(0, length);
}

const xor = (one: Buffer, other: Buffer): Buffer => Buffer.from(one.map((octet, index) => octet ^ other[index]!));

function decipher({ cipher }: Content, key: Buffer, octets: Buffer): string {
  const text = new TextDecoder('utf-8', { fatal: true });
  if (cipher === 'aes-128-gcm' || cipher === 'aes-192-gcm' || cipher === 'aes-256-gcm') {
    const gcm = createDecipheriv(cipher, key, octets.subarray(0, 12), { authTagLength: 16 });
    gcm.setAuthTag(octets.subarray(-16));
    return text.decode(Buffer.concat([gcm.update(octets.subarray(12, -16)), gcm.final()]));
  }
  const block = cipher === 'des-ede3-cbc' ? 8 : 16;
  const cbc = createDecipheriv(cipher, key, octets.subarray(0, block)).setAutoPadding(false);
  const padded = Buffer.concat([cbc.update(octets.subarray(block)), cbc.final()]);
  // The last octet is the length of the padding, whose other octets are arbitrary (XML Encryption 1.1, 5.2).
  return text.decode(padded.subarray(0, padded.length - (padded.at(-1) ?? 0)));
}
