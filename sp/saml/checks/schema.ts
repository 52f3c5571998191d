/**
 * Replaces an XML schema validator: checks the place, order and number of elements and attributes (SAML's protocol and
 * assertion schemas). Validators for JavaScript need a native build, Java or WebAssembly, while the part of the schema
 * used in a response fits in this file. Errors with their own rejection, such as a missing Subject, are left to other
 * checks.
 */
import type { Circumstance } from '../../rejection-advice.ts';
import { childElements, is, nameOf, ns } from '../dom.ts';
import { type Check, finding, mostOfOneCode } from './check.ts';

type Count = 'optional' | 'any';
interface Content {
  /** In this order. Other elements are rejected. */
  children: readonly (readonly [name: string, count: Count])[];
  attributes: readonly string[];
}

const text = (...attributes: string[]): Content => ({ children: [], attributes });

/** Elements not listed here may have any content: AttributeValue, Advice, Extensions, StatusDetail and others. */
const contents: Readonly<Record<string, Content>> = {
  'samlp:Response': {
    children: [
      ['saml:Issuer', 'optional'],
      ['ds:Signature', 'any'],
      ['samlp:Extensions', 'optional'],
      ['samlp:Status', 'optional'],
      ['##assertions', 'any'],
    ],
    attributes: ['ID', 'InResponseTo', 'Version', 'IssueInstant', 'Destination', 'Consent'],
  },
  'samlp:Status': {
    children: [
      ['samlp:StatusCode', 'optional'],
      ['samlp:StatusMessage', 'optional'],
      ['samlp:StatusDetail', 'optional'],
    ],
    attributes: [],
  },
  'samlp:StatusCode': { children: [['samlp:StatusCode', 'optional']], attributes: ['Value'] },
  'samlp:StatusMessage': text(),
  'saml:Issuer': text('Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID'),
  'saml:Assertion': {
    children: [
      ['saml:Issuer', 'optional'],
      ['ds:Signature', 'any'],
      ['saml:Subject', 'optional'],
      ['saml:Conditions', 'optional'],
      ['saml:Advice', 'optional'],
      ['##statements', 'any'],
    ],
    attributes: ['ID', 'Version', 'IssueInstant'],
  },
  'saml:Subject': {
    children: [
      ['##identifier', 'optional'],
      ['saml:SubjectConfirmation', 'any'],
    ],
    attributes: [],
  },
  'saml:NameID': text('Format', 'NameQualifier', 'SPNameQualifier', 'SPProvidedID'),
  'saml:SubjectConfirmation': {
    children: [
      ['##identifier', 'optional'],
      ['saml:SubjectConfirmationData', 'optional'],
    ],
    attributes: ['Method'],
  },
  'saml:Conditions': { children: [['##conditions', 'any']], attributes: ['NotBefore', 'NotOnOrAfter'] },
  'saml:AudienceRestriction': { children: [['saml:Audience', 'any']], attributes: [] },
  'saml:Audience': text(),
  'saml:AuthnStatement': {
    children: [
      ['saml:SubjectLocality', 'optional'],
      ['saml:AuthnContext', 'optional'],
    ],
    attributes: ['AuthnInstant', 'SessionIndex', 'SessionNotOnOrAfter'],
  },
  'saml:AuthnContext': {
    children: [
      ['saml:AuthnContextClassRef', 'optional'],
      ['saml:AuthnContextDecl', 'optional'],
      ['saml:AuthnContextDeclRef', 'optional'],
      ['saml:AuthenticatingAuthority', 'any'],
    ],
    attributes: [],
  },
  'saml:AuthnContextClassRef': text(),
  'saml:AttributeStatement': { children: [['##attributes', 'any']], attributes: [] },
  'saml:Attribute': {
    children: [['saml:AttributeValue', 'any']],
    attributes: ['Name', 'NameFormat', 'FriendlyName', '##any'],
  },
};

const groups: Readonly<Record<string, readonly string[]>> = {
  '##assertions': ['saml:Assertion', 'saml:EncryptedAssertion'],
  '##statements': ['saml:AuthnStatement', 'saml:AttributeStatement', 'saml:AuthzDecisionStatement', 'saml:Statement'],
  '##identifier': ['saml:NameID', 'saml:EncryptedID', 'saml:BaseID'],
  '##attributes': ['saml:Attribute', 'saml:EncryptedAttribute'],
};

/** Checks the received response, because a verified one has no signature, and a decrypted assertion. */
export const schemaFindings: Check['check'] = ({ original, assertion, at }) =>
  [...inspect(original), ...(assertion && assertion.ownerDocument !== original.ownerDocument ? inspect(assertion) : [])]
    .slice(0, mostOfOneCode)
    .map(({ node, attribute, expected, received, circumstance }) => ({
      ...finding('schema-invalid', at(node, attribute), { expected, received }),
      ...(circumstance === undefined ? {} : { circumstance }),
    }));

interface Violation {
  node: Element;
  attribute?: string;
  expected: string;
  received: string;
  circumstance?: Circumstance;
}

function inspect(node: Element): Violation[] {
  const content = Object.hasOwn(contents, nameOf(node)) ? contents[nameOf(node)]! : undefined;
  if (content === undefined) return [];
  return [
    ...attributeViolations(node, content),
    ...orderViolations(node, content),
    ...strayText(node, content),
    ...emptyViolations(node),
    ...childElements(node).flatMap(inspect),
  ];
}

function attributeViolations(node: Element, { attributes }: Content): Violation[] {
  if (attributes.includes('##any')) return [];
  return Array.from({ length: node.attributes.length }, (_, index) => node.attributes.item(index)!)
    .filter(
      ({ name, namespaceURI }) =>
        !/^xmlns(:|$)/.test(name) &&
        namespaceURI !== 'http://www.w3.org/2001/XMLSchema-instance' &&
        !attributes.includes(name),
    )
    .map(({ name }) => ({
      node,
      attribute: name,
      expected: `attributes ${attributes.join(', ') || 'none'}`,
      received: name,
    }));
}

function orderViolations(node: Element, { children }: Content): Violation[] {
  const violations: Violation[] = [];
  const expected =
    children
      .map(([name]) => groups[name]?.join(' or ') ?? (name === '##conditions' ? 'conditions' : name))
      .join(', ') || 'text only';
  let position = 0;
  let count = 0;
  for (const child of childElements(node)) {
    const index = children.findIndex(([name], at) => at >= position && fits(child, name));
    const [, allowed] = children[index] ?? [];
    if (index > position) count = 0;
    if (index < 0 || (allowed === 'optional' && index === position && count > 0)) {
      violations.push({ node: child, expected, received: nameOf(child), ...suspicion(child) });
      continue;
    }
    position = index;
    count++;
  }
  return violations;
}

/** An assertion's part directly in the response: a lax SP might read it in place of the signed one. */
const suspicion = (child: Element): Pick<Violation, 'circumstance'> =>
  child.namespaceURI === ns.saml &&
  !['Issuer', 'Assertion', 'EncryptedAssertion'].includes(child.localName) &&
  nameOf(child.parentNode as Element) === 'samlp:Response'
    ? { circumstance: 'part-outside-assertion' }
    : {};

/** Findings for text between elements. */
function strayText(node: Element, { children }: Content): Violation[] {
  if (children.length === 0) return [];
  const text = Array.from({ length: node.childNodes.length }, (_, index) => node.childNodes[index]!)
    .filter(({ nodeType }) => nodeType === 3 || nodeType === 4)
    .map(({ nodeValue }) => (nodeValue ?? '').trim())
    .join('');
  return text === '' ? [] : [{ node, expected: 'elements only', received: `the text “${text.slice(0, 60)}”` }];
}

/** Allows any condition, which the conditions check covers. */
const fits = (child: Element, name: string): boolean =>
  name === '##conditions' || nameOf(child) === name || (groups[name]?.includes(nameOf(child)) ?? false);

/** Lists that must not be empty, and required attributes without their own rejection. */
function emptyViolations(node: Element): Violation[] {
  if (is(node, ns.saml, 'AttributeStatement') && childElements(node).length === 0)
    return [{ node, expected: 'at least one saml:Attribute', received: 'none' }];
  if (is(node, ns.saml, 'Attribute') && !node.getAttribute('Name'))
    return [{ node, attribute: 'Name', expected: 'a name', received: 'none' }];
  return [];
}
