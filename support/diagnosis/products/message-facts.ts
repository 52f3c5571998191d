/** How a response is written: the facts that tell one product's writing from another's, without its values. */
import { subjectOf } from '../../../sp/products/evidence.ts';
import { attribute, childElements, textOf } from '../../../sp/saml/dom.ts';
import type { Read } from '../../../sp/saml/read.ts';
import { patternOf } from './pattern.ts';

/** Empty for none, undefined if there is no such element. */
export type Prefix = string | undefined;

export interface SignatureFacts {
  algorithm: string | undefined;
  digest: string | undefined;
  /** Of InclusiveNamespaces. */
  prefixList: string | undefined;
  /** Children of KeyInfo and of X509Data, by local name; undefined if there is no KeyInfo. */
  keyInfo: readonly string[] | undefined;
  prefix: Prefix;
  keyInfoPrefix: Prefix;
  x509Prefix: Prefix;
  /** How the base64 of SignatureValue is broken; `crlf` if it has carriage returns. */
  lineBreaks: 'none' | 'lf' | 'crlf';
}

export interface AttributeFacts {
  name: string;
  nameFormat: string | undefined;
  friendlyName: string | undefined;
  type: string | undefined;
  values: number;
}

/** Seconds after the IssueInstant of the assertion; negative is before. */
export interface TimeFacts {
  notBefore: number | undefined;
  notOnOrAfter: number | undefined;
  confirmation: number | undefined;
  /** After the AuthnInstant. */
  session: number | undefined;
  /** The end of the session after the IssueInstant. */
  sessionSinceIssue: number | undefined;
  /** Decimals of IssueInstant. */
  decimals: number | undefined;
  authnDecimals: number | undefined;
  /** The assertion's IssueInstant after the response's, in milliseconds. */
  assertionAfterResponse: number | undefined;
}

export interface EncryptionFacts {
  algorithm: string | undefined;
  keyAlgorithm: string | undefined;
  hasDigestMethod: boolean;
  keyPlace: 'inside' | 'beside';
  keyPrefix: Prefix;
  /** Of ds:KeyInfo in the encrypted data. */
  keyInfoPrefix: Prefix;
  recipient: 'X509Certificate' | 'X509IssuerSerial' | 'none';
}

export interface MessageFacts {
  /** The attributes of the XML declaration, such as `version encoding standalone`; undefined if there is none. */
  declaration: string | undefined;
  isStandaloneNo: boolean;
  prefixes: { protocol: Prefix; assertion: Prefix };
  /** Attributes of the root in their order, without namespaces. */
  rootOrder: readonly string[];
  /** Patterns, such as `_{guid}`. */
  ids: { response: string | undefined; assertion: string | undefined };
  issuer: string | undefined;
  issuerFormat: string | undefined;
  hasConsent: boolean;
  /** Decimals of the response's IssueInstant. */
  decimals: number | undefined;
  hasDestination: boolean;
  hasInResponseTo: boolean;
  hasExtensions: boolean;
  responseSignature: SignatureFacts | undefined;
  assertionSignature: SignatureFacts | undefined;
  signatureIsLast: boolean;
  /** Subjects of the certificates, one name in a line. */
  certificates: readonly string[];
  assertion: AssertionFacts | undefined;
  encryption: EncryptionFacts | undefined;
  status: { codes: readonly string[]; message: string | undefined; messageAsAttribute: boolean };
}

export interface AssertionFacts {
  /** Attributes of the assertion in their order, without namespaces. */
  order: readonly string[];
  nameIdFormat: string | undefined;
  nameId: 'missing' | 'empty' | 'present';
  nameIdQualifiers: readonly string[];
  nameIdValue: string;
  confirmationOrder: readonly string[];
  hasConfirmationAddress: boolean;
  hasConfirmationStart: boolean;
  times: TimeFacts;
  isAuthnInstantNotBefore: boolean;
  /** True if AuthnInstant has only zeros as decimals. */
  isAuthnInstantWhole: boolean;
  /** AuthnStatement and AttributeStatement in their order. */
  statements: readonly string[];
  authnOrder: readonly string[];
  classRef: string | undefined;
  hasAuthority: boolean;
  hasSubjectLocality: boolean;
  hasOneTimeUse: boolean;
  hasAudience: boolean;
  sessionIndex: { pattern: string | undefined; isAssertionId: boolean; isRequestId: boolean };
  attributes: readonly AttributeFacts[];
  /** A declaration of the assertion's namespace as default namespace, beside a prefix that is used. */
  hasUnusedDefault: boolean;
}

/** By local name, since tools and damaged captures change prefixes and namespaces. */
const child = (node: Element | undefined, name: string): Element | undefined =>
  node && childElements(node).find((one) => one.localName === name);
const children = (node: Element | undefined, name: string): Element[] =>
  node === undefined ? [] : childElements(node).filter((one) => one.localName === name);
const down = (node: Element | undefined, ...names: string[]): Element | undefined =>
  names.reduce<Element | undefined>(child, node);
const trimmed = (node: Element | undefined): string => textOf(node).trim();

const prefixOf = (node: Element | undefined): Prefix => (node?.namespaceURI ? (node.prefix ?? '') : undefined);

/** The attributes of an element in their order, without namespaces. */
export const orderOf = (node: Element | undefined): string[] =>
  node === undefined
    ? []
    : Array.from(node.attributes)
        .map(({ name }) => name)
        .filter((name) => name !== 'xmlns' && !name.startsWith('xmlns:'));

export function factsOf({ xml, document }: Read): MessageFacts {
  const root = document.documentElement;
  const assertion = child(root, 'Assertion');
  const issuer = child(root, 'Issuer') ?? child(assertion, 'Issuer');
  const declaration = /^\uFEFF?\s*<\?xml\s([^?]{0,200})\?>/.exec(xml)?.[1];
  const last = childElements(root).at(-1);
  return {
    declaration: declaration?.replace(/(?<!\s)\s*=\s*(["'])[^"']*\1/g, '').trim(),
    isStandaloneNo: /standalone=(["'])no\1/.test(declaration ?? ''),
    prefixes: {
      protocol: prefixOf(root),
      assertion: prefixOf(assertion ?? child(root, 'EncryptedAssertion') ?? issuer),
    },
    rootOrder: orderOf(root),
    ids: { response: patternOf(attribute(root, 'ID')), assertion: patternOf(attribute(assertion, 'ID')) },
    issuer: trimmed(issuer) || undefined,
    issuerFormat: attribute(issuer, 'Format'),
    hasConsent: root.hasAttribute('Consent'),
    decimals: decimalsOf(attribute(root, 'IssueInstant')),
    hasDestination: root.hasAttribute('Destination'),
    hasInResponseTo: root.hasAttribute('InResponseTo'),
    hasExtensions: child(root, 'Extensions') !== undefined,
    responseSignature: signatureOf(child(root, 'Signature')),
    assertionSignature: signatureOf(child(assertion, 'Signature')),
    signatureIsLast: last?.localName === 'Signature' && child(root, 'Assertion') !== undefined,
    certificates: [root, assertion].flatMap((node) => subjectsIn(child(node, 'Signature'))),
    assertion: assertion && assertionOf(assertion, root),
    encryption: encryptionOf(child(root, 'EncryptedAssertion')),
    status: statusOf(child(root, 'Status')),
  };
}

function signatureOf(signature: Element | undefined): SignatureFacts | undefined {
  if (signature === undefined) return undefined;
  const reference = down(signature, 'SignedInfo', 'Reference');
  const transforms = children(child(reference, 'Transforms'), 'Transform');
  const inclusive = transforms.map((one) => child(one, 'InclusiveNamespaces')).find((one) => one !== undefined);
  const keyInfo = child(signature, 'KeyInfo');
  const value = textOf(child(signature, 'SignatureValue')).trim();
  return {
    algorithm: attribute(down(signature, 'SignedInfo', 'SignatureMethod'), 'Algorithm'),
    digest: attribute(child(reference, 'DigestMethod'), 'Algorithm'),
    prefixList: attribute(inclusive, 'PrefixList'),
    keyInfo:
      keyInfo &&
      childElements(keyInfo).flatMap((one) =>
        one.localName === 'X509Data' ? childElements(one).map(({ localName }) => localName!) : [one.localName!],
      ),
    prefix: prefixOf(signature),
    keyInfoPrefix: prefixOf(keyInfo),
    x509Prefix: prefixOf(child(keyInfo, 'X509Data')),
    lineBreaks: value.includes('\r') ? 'crlf' : value.includes('\n') ? 'lf' : 'none',
  };
}

/** Certificates in a message are hints: an unreadable one says nothing. */
function subjectsIn(signature: Element | undefined): string[] {
  return children(down(signature, 'KeyInfo', 'X509Data'), 'X509Certificate')
    .slice(0, 3)
    .flatMap((one) => subjectOf(Buffer.from(textOf(one), 'base64')) ?? []);
}

function assertionOf(assertion: Element, root: Element): AssertionFacts {
  const subject = child(assertion, 'Subject');
  const nameId = child(subject, 'NameID');
  const confirmation = down(subject, 'SubjectConfirmation', 'SubjectConfirmationData');
  const authn = child(assertion, 'AuthnStatement');
  const sessionIndex = attribute(authn, 'SessionIndex');
  const asked = attribute(root, 'InResponseTo');
  return {
    order: orderOf(assertion),
    nameIdFormat: attribute(nameId, 'Format'),
    nameId: nameId === undefined ? 'missing' : trimmed(nameId) === '' ? 'empty' : 'present',
    nameIdQualifiers: orderOf(nameId).filter((name) => name.endsWith('Qualifier')),
    nameIdValue: trimmed(nameId),
    confirmationOrder: orderOf(confirmation),
    hasConfirmationAddress: confirmation?.hasAttribute('Address') ?? false,
    hasConfirmationStart: confirmation?.hasAttribute('NotBefore') ?? false,
    times: timesOf(assertion, root),
    isAuthnInstantNotBefore:
      authn !== undefined &&
      attribute(authn, 'AuthnInstant') === attribute(child(assertion, 'Conditions'), 'NotBefore'),
    isAuthnInstantWhole: /\.0+Z$/.test(attribute(authn, 'AuthnInstant') ?? ''),
    statements: childElements(assertion)
      .map(({ localName }) => localName!)
      .filter((name) => name.endsWith('Statement')),
    authnOrder: orderOf(authn),
    classRef: trimmed(down(authn, 'AuthnContext', 'AuthnContextClassRef')) || undefined,
    hasAuthority: down(authn, 'AuthnContext', 'AuthenticatingAuthority') !== undefined,
    hasSubjectLocality: child(authn, 'SubjectLocality') !== undefined,
    hasOneTimeUse: down(assertion, 'Conditions', 'OneTimeUse') !== undefined,
    hasAudience: down(assertion, 'Conditions', 'AudienceRestriction', 'Audience') !== undefined,
    sessionIndex: {
      pattern: patternOf(sessionIndex),
      isAssertionId: sessionIndex !== undefined && sessionIndex === attribute(assertion, 'ID'),
      isRequestId: sessionIndex !== undefined && sessionIndex === asked,
    },
    attributes: children(assertion, 'AttributeStatement').flatMap((one) =>
      children(one, 'Attribute').map(attributeFacts),
    ),
    hasUnusedDefault: Boolean(assertion.prefix) && assertion.getAttribute('xmlns') === assertion.namespaceURI,
  };
}

function attributeFacts(one: Element): AttributeFacts {
  const values = children(one, 'AttributeValue');
  const type = values[0] && Array.from(values[0].attributes).find(({ localName }) => localName === 'type');
  return {
    name: attribute(one, 'Name') ?? '',
    nameFormat: attribute(one, 'NameFormat'),
    friendlyName: one.getAttribute('FriendlyName') || undefined,
    type: type?.value,
    values: values.length,
  };
}

function timesOf(assertion: Element, root: Element): TimeFacts {
  const issued = attribute(assertion, 'IssueInstant');
  const conditions = child(assertion, 'Conditions');
  const authn = child(assertion, 'AuthnStatement');
  const confirmation = down(assertion, 'Subject', 'SubjectConfirmation', 'SubjectConfirmationData');
  const signedIn = attribute(authn, 'AuthnInstant');
  const later = difference(issued, attribute(root, 'IssueInstant'));
  return {
    notBefore: difference(attribute(conditions, 'NotBefore'), issued),
    notOnOrAfter: difference(attribute(conditions, 'NotOnOrAfter'), issued),
    confirmation: difference(attribute(confirmation, 'NotOnOrAfter'), issued),
    session: difference(attribute(authn, 'SessionNotOnOrAfter'), signedIn),
    sessionSinceIssue: difference(attribute(authn, 'SessionNotOnOrAfter'), issued),
    decimals: decimalsOf(issued),
    authnDecimals: decimalsOf(signedIn),
    assertionAfterResponse: later === undefined ? undefined : Math.round(later * 1000),
  };
}

/** In seconds. */
function difference(time: string | undefined, since: string | undefined): number | undefined {
  const seconds = (Date.parse(time ?? '') - Date.parse(since ?? '')) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}

const decimalsOf = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : (/\.(\d{1,20})/.exec(time)?.[1]?.length ?? 0);

function encryptionOf(encrypted: Element | undefined): EncryptionFacts | undefined {
  const data = child(encrypted, 'EncryptedData');
  if (data === undefined) return undefined;
  const inside = down(data, 'KeyInfo', 'EncryptedKey');
  const key = inside ?? child(encrypted, 'EncryptedKey');
  const method = child(key, 'EncryptionMethod');
  const recipient = down(key, 'KeyInfo', 'X509Data');
  return {
    algorithm: attribute(child(data, 'EncryptionMethod'), 'Algorithm'),
    keyAlgorithm: attribute(method, 'Algorithm'),
    hasDigestMethod: child(method, 'DigestMethod') !== undefined,
    keyPlace: inside === undefined ? 'beside' : 'inside',
    keyPrefix: prefixOf(key),
    keyInfoPrefix: prefixOf(child(data, 'KeyInfo')),
    recipient: child(recipient, 'X509Certificate')
      ? 'X509Certificate'
      : child(recipient, 'X509IssuerSerial')
        ? 'X509IssuerSerial'
        : 'none',
  };
}

function statusOf(status: Element | undefined): MessageFacts['status'] {
  const codes: string[] = [];
  for (let code = child(status, 'StatusCode'); code && codes.length < 5; code = child(code, 'StatusCode'))
    codes.push((attribute(code, 'Value') ?? '').replace('urn:oasis:names:tc:SAML:2.0:status:', ''));
  const message = child(status, 'StatusMessage');
  return {
    codes,
    message: trimmed(message) || attribute(message, 'Value'),
    messageAsAttribute: trimmed(message) === '' && (message?.hasAttribute('Value') ?? false),
  };
}
