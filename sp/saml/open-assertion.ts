/** Finds the assertion in a response, decrypts it if necessary, and reads it from the signed octets if it is signed. */
import type { Finding } from '../rejection-advice.ts';
import { finding, type Subject } from './checks/check.ts';
import { assertionsInside } from './checks/envelope.ts';
import { decryptAssertion } from './decrypt.ts';
import { childNamed, ns, pathOf } from './dom.ts';
import type { Expectation, NotVerified } from './judgement.ts';
import type { Read } from './read.ts';
import { type Verification, verify } from './verify.ts';

export interface Opened {
  assertion: Element | undefined;
  /** Path of the element that contains the assertion. */
  below: string;
  /** True if the assertion has a signature, valid or not. */
  assertionSignaturePresent: boolean;
  /** True if the assertion is covered by its own valid signature. */
  verified: boolean;
  findings: Finding[];
  notVerified: NotVerified[];
}

export const unopened: Opened = {
  assertion: undefined,
  below: '',
  assertionSignaturePresent: false,
  verified: false,
  findings: [],
  notVerified: [],
};

export interface Wrapped {
  message: Read;
  /** The root of the message, or the content of its valid signature. */
  response: Element;
  verification: Verification;
  at: Subject['at'];
}

export function openAssertion(wrapped: Wrapped, expectation: Expectation): Opened {
  const plain = childNamed(wrapped.message.document.documentElement, ns.saml, 'Assertion');
  if (plain) return takePlain(plain, wrapped, expectation);
  const encrypted = childNamed(wrapped.response, ns.saml, 'EncryptedAssertion');
  return encrypted ? decrypt(encrypted, wrapped.at, expectation) : unopened;
}

function takePlain(plain: Element, { response, verification, at }: Wrapped, { policies }: Expectation): Opened {
  const signed = verification.signed.find(({ element }) => element === plain);
  const facts = { expected: 'saml:EncryptedAssertion', received: 'saml:Assertion' };
  return {
    assertion: signed?.content ?? childNamed(response, ns.saml, 'Assertion'),
    below: '/samlp:Response',
    assertionSignaturePresent: verification.present.includes(plain),
    verified: signed !== undefined,
    notVerified: [],
    findings: policies.requireEncryption ? [finding('encryption-required', at(plain), facts)] : [],
  };
}

function decrypt(encrypted: Element, at: Subject['at'], { sp, idp, policies, offline }: Expectation): Opened {
  const keys = sp.decryptionKeys;
  if (keys === undefined) return { ...unopened, notVerified: ['decryption'] };
  if (keys.length === 0) {
    const facts = { expected: 'saml:Assertion', received: 'saml:EncryptedAssertion' };
    return { ...unopened, findings: [finding('encryption-unsupported', at(encrypted), facts)] };
  }
  const decrypted = decryptAssertion(encrypted, keys);
  if ('code' in decrypted) {
    const facts =
      'received' in decrypted ? { expected: 'AES-GCM and RSA-OAEP', received: decrypted.received } : undefined;
    return { ...unopened, findings: [finding(decrypted.code, at(encrypted), facts)] };
  }
  const { document, xml } = decrypted.message;
  const below = '/samlp:Response/saml:EncryptedAssertion';
  const inner = verify(xml, document, { certificates: idp.certificates, policies, offline });
  const signed = inner.signed[0];
  return {
    // Redundant: the decrypted text has passed `read`, so the tree and the signed octets have the same content.
    assertion: signed?.content ?? document.documentElement,
    below,
    assertionSignaturePresent: inner.present.length > 0,
    verified: signed !== undefined,
    notVerified: [],
    findings: [
      ...inner.findings.map((one) => (one.path === undefined ? one : { ...one, path: below + one.path })),
      ...assertionsInside(document.documentElement, (node) => ({ path: below + pathOf(node) })),
    ],
  };
}
