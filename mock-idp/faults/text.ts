/** Faults in XML text: comments, CDATA, processing instructions and white space that cut off a careless reader. */
import type { Fault } from '../fault.ts';
import { at, bytesFault, documentFault, type Facts, transitFault } from '../fault-builders.ts';
import {
  cdata,
  comment,
  type Element,
  instruction,
  isElement,
  type Node,
  namespaces,
  withAttributes,
  withChildren,
} from '../response/xml.ts';

const nameId = 'saml:Assertion/saml:Subject/saml:NameID';
const rule = 'Canonical XML 1.0 (comments are not signed); CVE-2017-11427, VU#475445';

/** Puts a node into the middle of the text of an element. */
const withNodeInText = (path: string, node: Node) =>
  at(path, (found) => {
    const text = String(found.children[0] ?? '');
    const middle = text.indexOf('@') > 0 ? text.indexOf('@') : Math.ceil(text.length / 2);
    return withChildren(found, text.slice(0, middle), node, text.slice(middle));
  });

/** Goes on after the text, behind a node that a careless reader takes for the end. */
const withTextAfter = (path: string, node: Node, added: string) =>
  at(path, (found) => withChildren(found, ...found.children, node, added));

const attributeValue = 'saml:Assertion/saml:AttributeStatement/saml:Attribute/saml:AttributeValue';
const audience = 'saml:Assertion/saml:Conditions/saml:AudienceRestriction/saml:Audience';
const fullTextFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'rule' | 'verdict'>,
  change: (root: Element, strike: Parameters<ReturnType<typeof at>>[1]) => Element,
): Fault<Code> => documentFault({ rule: `${rule}; the full text counts`, verdict: 'accept', ...facts }, change);
const truncatedTextFault = <const Code extends string>(
  facts: Omit<Facts<Code>, 'rule' | 'verdict'>,
  change: (root: Element, strike: Parameters<ReturnType<typeof at>>[1]) => Element,
): Fault<Code> => documentFault({ rule, ...facts }, change);

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
  // The catalogue allows the full text or a rejection. The full text is a user of another domain, so both reject it.
  'a NameID that goes on behind a comment': truncatedTextFault(
    {
      code: 'comment-in-nameid',
      sentence: 'The NameID is the user’s address, a comment, and the rest of a longer domain.',
      touches: ['NameID'],
    },
    withTextAfter(nameId, comment(''), '.elsewhere.example'),
  ),
  'an audience that goes on behind a comment': truncatedTextFault(
    {
      code: 'comment-in-audience',
      sentence: 'The Audience is the right entity ID, a comment, and the rest of a longer one.',
      touches: ['Audience'],
    },
    withTextAfter(audience, comment(''), '.elsewhere.example'),
  ),
  'an issuer that goes on behind a comment': truncatedTextFault(
    {
      code: 'comment-in-issuer',
      sentence: 'The Issuer of the assertion is the right entity ID, a comment, and the rest of a longer one.',
      touches: ['Assertion/Issuer'],
    },
    withTextAfter('saml:Assertion/saml:Issuer', comment(''), '.elsewhere.example'),
  ),
  'an attribute that goes on behind a comment': fullTextFault(
    {
      code: 'comment-in-attribute',
      sentence: 'An AttributeValue is a value, a comment, and the rest of the value.',
      touches: ['AttributeValue'],
    },
    withTextAfter(attributeValue, comment(''), '.elsewhere.example'),
  ),
  'a comment inside the NameID': fullTextFault(
    {
      code: 'comment-in-nameid-whole',
      sentence: 'A comment stands in the middle of the right NameID.',
      touches: ['NameID'],
    },
    withNodeInText(nameId, comment(' nothing ')),
  ),
  'a comment inside the audience': fullTextFault(
    {
      code: 'comment-in-audience-whole',
      sentence: 'A comment stands in the middle of the right Audience.',
      touches: ['Audience'],
    },
    withNodeInText(audience, comment(' nothing ')),
  ),
  'a comment inside the issuer': fullTextFault(
    {
      code: 'comment-in-issuer-whole',
      sentence: 'A comment stands in the middle of the right Issuer of the response.',
      touches: ['Response/Issuer'],
    },
    withNodeInText('saml:Issuer', comment(' nothing ')),
  ),
  'comments between the elements': fullTextFault(
    {
      code: 'comment-between-elements',
      sentence: 'Comments stand around the status and the assertion.',
      touches: ['Response'],
    },
    (root) => withChildren(root, ...root.children.flatMap((node) => [node, comment(' nothing ')])),
  ),
  'a comment put into the NameID after signing': transitFault(
    {
      code: 'comment-in-nameid-after-signing',
      sentence: 'Somebody cuts the signed NameID in two by a comment, which breaks no signature.',
      rule: `${rule}; the full text counts`,
      verdict: 'accept',
      touches: ['NameID'],
      signedProperly: true,
    },
    (response, strike) => withNodeInText(nameId, comment(''))(response, strike),
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
  'a NameID that goes on in a CDATA section': documentFault(
    {
      code: 'cdata-in-nameid-longer',
      sentence: 'The NameID is the user’s address and, as CDATA, the rest of a longer domain.',
      rule: 'XML 1.0 2.7 (it is text)',
      touches: ['NameID'],
    },
    withTextAfter(nameId, cdata('.elsewhere'), '.example'),
  ),
  'a processing instruction inside the NameID': documentFault(
    {
      code: 'pi-in-nameid',
      sentence: 'A processing instruction stands in the middle of the NameID.',
      rule: 'Canonical XML 1.0 (instructions are signed); follow-ups of CVE-2025-47949',
      touches: ['NameID'],
    },
    withNodeInText(nameId, instruction('x y')),
  ),
  'a style sheet before the message': bytesFault(
    {
      code: 'pi-before-root',
      sentence: 'A processing instruction before the root names a style sheet.',
      rule: 'hardening of this catalogue: nothing may be fetched',
      touches: ['text'],
    },
    (xml) => `<?xml-stylesheet href="http://127.0.0.1:9/style.xsl" type="text/xsl"?>${xml}`,
  ),
  'a message printed on many lines': documentFault(
    {
      code: 'whitespace-between-elements',
      sentence: 'The message is indented and then signed.',
      rule: 'XML 1.0 2.10',
      verdict: 'accept',
      touches: ['Response'],
    },
    (root) => indented(root),
  ),
  'a message indented after signing': transitFault(
    {
      code: 'whitespace-after-signing',
      sentence: 'Somebody indents the signed message on its way.',
      rule: 'XML Signature 3.2.1; Canonical XML 1.0 (white space is signed)',
      touches: ['Response'],
    },
    (root) => indented(root),
  ),
  'a message with an XML declaration': bytesFault(
    {
      code: 'xml-declaration',
      sentence: 'The message begins with an XML declaration in UTF-8.',
      rule: 'XML 1.0 2.8',
      verdict: 'accept',
      touches: ['text'],
      signedProperly: true,
    },
    (xml) => `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`,
  ),
  'a message with line ends around': bytesFault(
    {
      code: 'whitespace-around-root',
      sentence: 'Line ends stand after the root of the message.',
      rule: 'XML 1.0 2.1',
      verdict: 'accept',
      touches: ['text'],
      signedProperly: true,
    },
    (xml) => `${xml}\n\n`,
  ),
  'a message with unused namespaces': documentFault(
    {
      code: 'namespaces-unused',
      sentence: 'The root declares namespaces that nothing uses.',
      rule: 'Exclusive XML Canonicalization 1.0',
      verdict: 'accept',
      touches: ['Response'],
    },
    (root) => withAttributes(root, { 'xmlns:xs': namespaces.xs, 'xmlns:xsi': namespaces.xsi }),
  ),
} satisfies Record<string, Fault>;
