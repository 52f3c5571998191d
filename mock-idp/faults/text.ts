/** Faults in XML text: comments, CDATA, processing instructions and whitespace that truncate it in careless parsers. */
import type { Fault, Strike, Strikes } from '../fault.ts';
import {
  at,
  bytesFault,
  documentFault,
  type Facts,
  fault,
  hasPlainAssertion,
  transitFault,
} from '../fault-builders.ts';
import {
  cdata,
  comment,
  type Element,
  element,
  instruction,
  isElement,
  type Node,
  namespaces,
  replace,
  withAttributes,
  withChildren,
} from '../response/xml.ts';
import { attributeElementFault } from './attributes.ts';

const nameId = 'saml:Assertion/saml:Subject/saml:NameID';
const rule = 'Canonical XML 1.0 (comments are not signed); CVE-2017-11427, VU#475445';

/** Inserts a node into the middle of an element's text. */
const splitBy =
  (node: Node) =>
  (found: Element): Element => {
    const text = String(found.children[0] ?? '');
    const middle = text.indexOf('@') > 0 ? text.indexOf('@') : Math.ceil(text.length / 2);
    return withChildren(found, text.slice(0, middle), node, text.slice(middle));
  };
const withNodeInText = (path: string, node: Node) => at(path, splitBy(node));

/** Changes the NameID and, if the app knows its users by an attribute, that attribute. */
const inNames = (response: Element, strike: Strike, change: (found: Element) => Element): Element =>
  replace(at(nameId, change)(response, strike), 'saml:Attribute', (attribute) =>
    attribute.attributes.Name === strike.app.knownBy ? replace(attribute, 'saml:AttributeValue', change) : attribute,
  );

/** Appends a node and more text; a careless parser stops at the node. */
const withTextAfter = (path: string, node: Node, added: string) =>
  at(path, (found) => withChildren(found, ...found.children, node, added));

const audience = 'saml:Assertion/saml:Conditions/saml:AudienceRestriction/saml:Audience';
const fullTextFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'rule' | 'verdict'>,
  change: (root: Element, strike: Parameters<ReturnType<typeof at>>[1]) => Element,
): Fault<Code> => documentFault({ rule: `${rule}; the full text counts`, verdict: 'accept', ...facts }, change);
const truncatedTextFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'rule' | 'verdict'>,
  change: (root: Element, strike: Parameters<ReturnType<typeof at>>[1]) => Element,
): Fault<Code> => documentFault({ rule, ...facts }, change);

/** Signed before the name or the Audience, and then hidden from a reader. A comment must not end with a hyphen. */
const before = 'not.';

/**
 * The IdP signs a longer text; on its way, the first letters are moved into a node that some readers skip while a
 * careless verifier writes them as text, so that the digest stays right.
 */
const hiddenLettersFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  {
    claims,
    hide,
    bytes,
  }: {
    claims: NonNullable<Strikes['claims']>;
    hide: NonNullable<Strikes['transit']>;
    bytes?: ((xml: string | Buffer) => string) | undefined;
  },
): Fault<Code> =>
  fault(
    {
      ...facts,
      touches: [
        ...['NameID', 'AttributeValue', 'Audience', 'Assertion/Signature', 'Response/Signature'],
        ...(bytes ? ['text'] : []),
      ],
    },
    {
      claims: (honest, strike) => (hasPlainAssertion(strike) ? claims(honest, strike) : honest),
      transit: (response, strike) => (hasPlainAssertion(strike) ? hide(response, strike) : response),
      ...(bytes && { bytes: (xml, strike) => (hasPlainAssertion(strike) ? bytes(xml) : xml) }),
    },
  );

const behind =
  (node: Node) =>
  (found: Element): Element =>
    withChildren(found, node, String(found.children[0] ?? '').replace(before, ''));

/** Signed names that end in the user's. */
const longerNames: NonNullable<Strikes['claims']> = (claims, { app }) => ({
  ...claims,
  nameId: claims.nameId && { ...claims.nameId, value: `${before}${claims.nameId.value}` },
  attributes: claims.attributes.map((one) =>
    one.name === app.knownBy ? { ...one, values: one.values.map((value) => `${before}${value}`) } : one,
  ),
});
const hiddenInNames = <const Code extends string>(
  facts: Omit<Facts<Code>, 'touches'>,
  node: Node,
  bytes?: (xml: string | Buffer) => string,
): Fault<Code> =>
  hiddenLettersFault(facts, {
    claims: longerNames,
    hide: (response, strike) => inNames(response, strike, behind(node)),
    bytes,
  });
const hiddenInAudience = <const Code extends string>(facts: Omit<Facts<Code>, 'touches'>, node: Node): Fault<Code> =>
  hiddenLettersFault(facts, {
    claims: (claims) => ({
      ...claims,
      audiences: claims.audiences.map((list) => list.map((one) => `${before}${one}`)),
    }),
    hide: at(audience, behind(node)),
  });

const indented = (node: Element, depth = 0): Element =>
  node.children.some(isElement) && !node.children.some((one) => typeof one === 'string')
    ? withChildren(
        node,
        ...node.children.flatMap((one) => [
          `\n${'  '.repeat(depth + 1)}`,
          isElement(one) ? indented(one, depth + 1) : one,
        ]),
        `\n${'  '.repeat(depth)}`,
      )
    : node;

export const textFaults = {
  // An SP may use the full text or reject it. The full text is a user in another domain, so both reject it.
  'a NameID that continues after a comment': truncatedTextFault(
    {
      code: 'comment-in-nameid',
      sentence: 'The NameID is the user’s email, a comment, and the rest of a longer domain.',
      touches: ['NameID'],
    },
    withTextAfter(nameId, comment(''), '.elsewhere.example'),
  ),
  'an Audience that continues after a comment': truncatedTextFault(
    {
      code: 'comment-in-audience',
      sentence: 'The Audience is the right entity ID, a comment, and the rest of a longer one.',
      touches: ['Audience'],
    },
    withTextAfter(audience, comment(''), '.elsewhere.example'),
  ),
  'an Issuer that continues after a comment': truncatedTextFault(
    {
      code: 'comment-in-issuer',
      sentence: 'The Issuer of the Assertion is the right entity ID, a comment, and the rest of a longer one.',
      touches: ['Assertion/Issuer'],
    },
    withTextAfter('saml:Assertion/saml:Issuer', comment(''), '.elsewhere.example'),
  ),
  'an AttributeValue that continues after a comment': attributeElementFault(
    {
      code: 'comment-in-attribute',
      sentence: 'An unrequested AttributeValue is a value, a comment, and the rest of the value.',
      rule: `${rule}; the full text counts`,
      verdict: 'accept',
    },
    element(
      'saml:Attribute',
      { Name: 'department' },
      element('saml:AttributeValue', {}, 'Rehearsals', comment(''), ' and shows'),
    ),
  ),
  'a comment in the NameID': fullTextFault(
    {
      code: 'comment-in-nameid-whole',
      sentence: 'A comment is in the middle of the right NameID.',
      touches: ['NameID'],
    },
    withNodeInText(nameId, comment(' nothing ')),
  ),
  'a comment in the Audience': fullTextFault(
    {
      code: 'comment-in-audience-whole',
      sentence: 'A comment is in the middle of the right Audience.',
      touches: ['Audience'],
    },
    withNodeInText(audience, comment(' nothing ')),
  ),
  'a comment in the Issuer': fullTextFault(
    {
      code: 'comment-in-issuer-whole',
      sentence: 'A comment is in the middle of the right Issuer of the Response.',
      touches: ['Response/Issuer'],
    },
    withNodeInText('saml:Issuer', comment(' nothing ')),
  ),
  'comments between elements': fullTextFault(
    {
      code: 'comment-between-elements',
      sentence: 'Comments precede and follow the Status and the Assertion.',
      touches: ['Response'],
    },
    (root) => withChildren(root, ...root.children.flatMap((node) => [node, comment(' nothing ')])),
  ),
  'a comment inserted into the NameID after signing': transitFault(
    {
      code: 'comment-in-nameid-after-signing',
      sentence: 'A comment splits the signed NameID in two, which breaks no signature.',
      rule: `${rule}; the full text counts`,
      verdict: 'accept',
      touches: ['NameID'],
      signedProperly: true,
    },
    (response, strike) => inNames(response, strike, splitBy(comment(''))),
  ),
  'a NameID in a CDATA section': documentFault(
    {
      code: 'cdata-in-nameid',
      sentence: 'The whole NameID is a CDATA section.',
      rule: 'XML 1.0 2.7 (it is text)',
      verdict: 'accept',
      touches: ['NameID'],
    },
    at(nameId, (found) => withChildren(found, cdata(String(found.children[0] ?? '')))),
  ),
  'a NameID that continues in a CDATA section': documentFault(
    {
      code: 'cdata-in-nameid-longer',
      sentence: 'The NameID is the user’s email and, in a CDATA section, the rest of a longer domain.',
      rule: 'XML 1.0 2.7 (it is text)',
      touches: ['NameID'],
    },
    withTextAfter(nameId, cdata('.elsewhere'), '.example'),
  ),
  'a processing instruction in the NameID': documentFault(
    {
      code: 'pi-in-nameid',
      sentence: 'A processing instruction is in the middle of the NameID.',
      rule: 'Canonical XML 1.0 (instructions are signed); follow-ups of CVE-2025-47949',
      touches: ['NameID'],
    },
    withNodeInText(nameId, instruction('x y')),
  ),
  'signed letters of the NameID hidden in a processing instruction': hiddenInNames(
    {
      code: 'pi-hides-nameid',
      sentence: 'The IdP signed a longer name; its first letters were moved into a processing instruction.',
      rule: 'Canonical XML 1.0 2.3 (an instruction is signed as one, not as text)',
    },
    instruction(`x ${before}`),
  ),
  'signed letters of the NameID hidden in a comment': hiddenInNames(
    {
      code: 'comment-hides-nameid',
      sentence: 'The IdP signed a longer name; its first letters were moved into a comment.',
      rule: 'Canonical XML 1.0 2.3 (a comment is not text)',
    },
    comment(before),
  ),
  'signed letters of the NameID in a CDATA section': hiddenInNames(
    {
      code: 'cdata-hides-nameid',
      sentence: 'The IdP signed another name; its first letters were moved into a CDATA section, which is still text.',
      rule: 'XML 1.0 2.7 (it is text)',
      signedProperly: true,
    },
    cdata(before),
  ),
  'signed letters of the NameID hidden in an entity': hiddenInNames(
    {
      code: 'entity-hides-nameid',
      sentence: 'The IdP signed a longer name; its first letters were moved into an entity that the DOCTYPE declares.',
      rule: 'XML 1.0 4.4 (an entity is replaced by its text); SAML deployment profile SDP-G03',
    },
    { verbatim: '&before;', canonical: before },
    (xml) => `<!DOCTYPE r [<!ENTITY before "${before}">]>${xml}`,
  ),
  'signed letters of the Audience hidden in a processing instruction': hiddenInAudience(
    {
      code: 'pi-hides-audience',
      sentence: 'The IdP signed another Audience; its first letters were moved into a processing instruction.',
      rule: 'Canonical XML 1.0 2.3 (an instruction is signed as one, not as text)',
    },
    instruction(`x ${before}`),
  ),
  'signed letters of the Audience hidden in a comment': hiddenInAudience(
    {
      code: 'comment-hides-audience',
      sentence: 'The IdP signed another Audience; its first letters were moved into a comment.',
      rule: 'Canonical XML 1.0 2.3 (a comment is not text)',
    },
    comment(before),
  ),
  'signed letters of the Audience in a CDATA section': hiddenInAudience(
    {
      code: 'cdata-hides-audience',
      sentence:
        'The IdP signed another Audience; its first letters were moved into a CDATA section, which is still text.',
      rule: 'XML 1.0 2.7 (it is text)',
      signedProperly: true,
    },
    cdata(before),
  ),
  'a style sheet before the root element': bytesFault(
    {
      code: 'pi-before-root',
      sentence: 'A processing instruction before the root element names a style sheet.',
      rule: 'hardening beyond the specification: nothing may be fetched',
      touches: ['text'],
    },
    (xml) => `<?xml-stylesheet href="http://127.0.0.1:9/style.xsl" type="text/xsl"?>${xml}`,
  ),
  'a pretty-printed response': documentFault(
    {
      code: 'whitespace-between-elements',
      sentence: 'The response was indented before it was signed.',
      rule: 'XML 1.0 2.10',
      verdict: 'accept',
      touches: ['Response'],
    },
    (root) => indented(root),
  ),
  'a response indented after signing': transitFault(
    {
      code: 'whitespace-after-signing',
      sentence: 'The signed response was indented on its way.',
      rule: 'XML Signature 3.2.1; Canonical XML 1.0 (whitespace is signed)',
      touches: ['Response'],
    },
    (root) => indented(root),
  ),
  'a response with an XML declaration': bytesFault(
    {
      code: 'xml-declaration',
      sentence: 'The message starts with an XML declaration for UTF-8.',
      rule: 'XML 1.0 2.8',
      verdict: 'accept',
      touches: ['text'],
      signedProperly: true,
    },
    (xml) => `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
  ),
  'a response with trailing line breaks': bytesFault(
    {
      code: 'whitespace-around-root',
      sentence: 'Line breaks follow the root element.',
      rule: 'XML 1.0 2.1',
      verdict: 'accept',
      touches: ['text'],
      signedProperly: true,
    },
    (xml) => `${xml}\n\n`,
  ),
  'a response with unused namespace declarations': documentFault(
    {
      code: 'namespaces-unused',
      sentence: 'The root element declares namespaces that nothing uses.',
      rule: 'Exclusive XML Canonicalization 1.0',
      verdict: 'accept',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { 'xmlns:xs': namespaces.xs, 'xmlns:xsi': namespaces.xsi }),
  ),
} satisfies Record<string, Fault>;
