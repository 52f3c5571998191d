/** Finds the assertion in a response, decrypts it if necessary, and reads it from the signed octets if it is signed. */
import type { Finding } from '../rejection-advice.ts';
import { finding, type Subject } from './checks/check.ts';
import { assertionsInside } from './checks/envelope.ts';
import { type Decryption, decryptAssertion } from './decrypt.ts';
import { childNamed, is, ns, pathOf } from './dom.ts';
import type { Expectation, NotVerified, OpenedOffline } from './judgement.ts';
import { type Read, read } from './read.ts';
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

function decrypt(encrypted: Element, at: Subject['at'], expectation: Expectation): Opened {
  const { sp, offline } = expectation;
  const keys = sp.decryptionKeys;
  if (keys === undefined) {
    const findings = offline ? weaknesses(offline.open(encrypted, []), at(encrypted)) : [];
    return { ...unopened, findings, notVerified: ['decryption'] };
  }
  if (keys.length === 0) {
    const facts = { expected: 'saml:Assertion', received: 'saml:EncryptedAssertion' };
    return { ...unopened, findings: [finding('encryption-unsupported', at(encrypted), facts)] };
  }
  const decrypted = decryptAssertion(encrypted, keys);
  if ('code' in decrypted) {
    if (offline) return examine(encrypted, keys, { decrypted, at, expectation });
    return { ...unopened, findings: [notDecrypted(decrypted, at(encrypted))] };
  }
  return opened(decrypted.message, expectation);
}

function notDecrypted(
  decrypted: Exclude<Decryption, { message: Read }>,
  place: Pick<Finding, 'path' | 'line'>,
): Finding {
  if (decrypted.code === 'decryption-failed') return finding(decrypted.code, place);
  const { code, received, circumstance } = decrypted;
  const found = finding(code, place, { expected: strong, received });
  return circumstance === undefined ? found : { ...found, circumstance };
}

const strong = 'AES-GCM and RSA-OAEP';

/** Offline, looks into an assertion that must not be decrypted at the ACS. What forbids it there stays a finding. */
function examine(
  encrypted: Element,
  keys: readonly string[],
  {
    decrypted,
    at,
    expectation,
  }: { decrypted: Exclude<Decryption, { message: Read }>; at: Subject['at']; expectation: Expectation },
): Opened {
  const found = expectation.offline!.open(encrypted, keys);
  const { text } = found;
  const outcome = text === undefined ? undefined : read(text);
  const weak = weaknesses(found, at(encrypted));
  // Not the key is wrong, but what is encrypted, such as a prefix that is declared only around it.
  if (outcome?.ok === false && text!.trimStart().startsWith('<'))
    return { ...unopened, findings: [...weak, unreadableInside(outcome.finding, at(encrypted))] };
  const isWeak = decrypted.code === 'encryption-algorithm-refused' && decrypted.circumstance === undefined;
  const why = notDecrypted(decrypted, at(encrypted));
  if (outcome?.ok !== true || !is(outcome.message.document.documentElement, ns.saml, 'Assertion'))
    return { ...unopened, findings: [...weak, isWeak ? finding('decryption-failed', at(encrypted)) : why] };
  const known = isWeak
    ? []
    : why.code === 'decryption-failed'
      ? [{ ...why, circumstance: 'several-keys' as const }]
      : [why];
  const inside = opened(outcome.message, expectation);
  return { ...inside, findings: [...known, ...weak, ...inside.findings] };
}

const unreadableInside = (found: Finding, place: Pick<Finding, 'path' | 'line'>): Finding => ({
  ...found,
  ...place,
  ...(found.code === 'xml-malformed' && { circumstance: 'inside-encryption' }),
});

const weaknesses = ({ rejected }: OpenedOffline, place: Pick<Finding, 'path' | 'line'>): Finding[] =>
  rejected.map((received) => finding('encryption-algorithm-refused', place, { expected: strong, received }));

function opened({ document, xml }: Read, { idp, policies, offline }: Expectation): Opened {
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
