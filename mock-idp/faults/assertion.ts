/** Faults in the Assertion element: ID, Version, timestamps, order of its children, duplicates, Advice. */
import type { Fault, Strike } from '../fault.ts';
import { assertionClaimsFault, at, documentFault, setAttributesAt } from '../fault-builders.ts';
import { forgeNames } from '../forged-names.ts';
import { instant, later, randomId } from '../response/saml-values.ts';
import { honestSignature, sign } from '../response/signing.ts';
import { child, type Element, element, withAttributes, withChildren } from '../response/xml.ts';

const assertion = (attribute: string) => [`Assertion/@${attribute}`];

/** An unsigned assertion for another user, with another ID. */
const forgedAssertion = (original: Element, strike: Strike): Element =>
  forgeNames(
    withChildren(
      withAttributes(original, { ID: (strike.id ?? randomId)() }),
      ...original.children.slice(0, 1),
      element('saml:Subject', {}, element('saml:NameID')),
      ...original.children.slice(2),
    ),
    strike,
  );

const withAdvice = (assertion: Element, advice: readonly Element[]): Element => {
  const conditions = assertion.children.findIndex(
    (node) => typeof node === 'object' && 'name' in node && node.name === 'saml:Conditions',
  );
  return withChildren(
    assertion,
    ...assertion.children.slice(0, conditions + 1),
    element('saml:Advice', {}, ...advice),
    ...assertion.children.slice(conditions + 1),
  );
};

export const assertionFaults = {
  'an assertion without ID': assertionClaimsFault(
    {
      code: 'assertion-id-missing',
      sentence: 'The Assertion has no ID.',
      rule: 'SAML core 2.3.3',
      touches: [...assertion('ID'), 'Assertion/Signature'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, assertionId: undefined }),
  ),
  'an assertion with an empty ID': assertionClaimsFault(
    {
      code: 'assertion-id-empty',
      sentence: 'The ID of the Assertion is empty.',
      rule: 'SAML core 2.3.3 and 1.3.4',
      touches: [...assertion('ID'), 'Assertion/Signature'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, assertionId: '' }),
  ),
  'an assertion with Version 1.1': assertionClaimsFault(
    {
      code: 'assertion-version-wrong',
      sentence: 'The Version of the Assertion is 1.1.',
      rule: 'SAML core 2.3.3',
      touches: assertion('Version'),
    },
    (claims) => ({ ...claims, assertionVersion: '1.1' }),
  ),
  'an assertion without Version': assertionClaimsFault(
    {
      code: 'assertion-version-missing',
      sentence: 'The Assertion has no Version.',
      rule: 'SAML core 2.3.3',
      touches: assertion('Version'),
    },
    (claims) => ({ ...claims, assertionVersion: undefined }),
  ),
  'an assertion without IssueInstant': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-missing',
      sentence: 'The Assertion has no IssueInstant.',
      rule: 'SAML core 2.3.3',
      touches: assertion('IssueInstant'),
    },
    (claims) => ({ ...claims, assertionIssueInstant: undefined }),
  ),
  'an assertion with an empty IssueInstant': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-empty',
      sentence: 'The IssueInstant of the Assertion is empty.',
      rule: 'SAML core 2.3.3 and 1.3.3',
      touches: assertion('IssueInstant'),
    },
    (claims) => ({ ...claims, assertionIssueInstant: '' }),
  ),
  'an assertion with a malformed IssueInstant': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-format',
      sentence: 'The IssueInstant of the Assertion is a number of seconds.',
      rule: 'SAML core 1.3.3',
      touches: assertion('IssueInstant'),
    },
    (claims, { now }) => ({ ...claims, assertionIssueInstant: String(Math.floor(now.getTime() / 1000)) }),
  ),
  'an assertion issued {minutes} minutes before the request': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-before-request',
      sentence: 'The IssueInstant of the Assertion is earlier than that of the request.',
      rule: 'SAML core 2.3.3',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: assertion('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, assertionIssueInstant: instant(later(now, { minutes: -amount })) }),
  ),
  'an assertion issued {minutes} minutes in the future': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-future',
      sentence: 'The IssueInstant of the Assertion is in the future.',
      rule: 'SAML core 2.3.3; SAML deployment profile SDP-G01',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: assertion('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, assertionIssueInstant: instant(later(now, { minutes: amount })) }),
  ),
  'an assertion with an unknown XML attribute': documentFault(
    {
      code: 'assertion-unknown-attribute',
      sentence: 'The Assertion has an XML attribute that its schema does not allow.',
      rule: 'SAML core 2.3.3 (schema)',
      touches: assertion('Mood'),
    },
    setAttributesAt('saml:Assertion', { Mood: 'cheerful' }),
  ),
  'an assertion with child elements in the wrong order': documentFault(
    {
      code: 'assertion-children-disordered',
      sentence: 'Conditions and statements come before the Subject.',
      rule: 'SAML core 2.3.3 (schema: a sequence)',
      touches: ['Assertion'],
    },
    at('saml:Assertion', (found) =>
      withChildren(found, ...found.children.slice(0, 1), ...found.children.slice(2), found.children[1]),
    ),
  ),

  'an assertion with an unsigned assertion in its Advice': documentFault(
    {
      code: 'advice-assertion-unsigned',
      sentence: 'The Advice contains an unsigned Assertion for another user.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    at('saml:Assertion', (found, strike) => withAdvice(found, [forgedAssertion(found, strike)])),
  ),
  'an assertion with two unsigned assertions in its Advice': documentFault(
    {
      code: 'advice-assertion-two',
      sentence: 'The Advice contains two unsigned Assertions for another user.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    at('saml:Assertion', (found, strike) =>
      withAdvice(found, [forgedAssertion(found, strike), forgedAssertion(found, strike)]),
    ),
  ),
  'an assertion with a signed assertion in its Advice': documentFault(
    {
      code: 'advice-assertion-signed',
      sentence: 'The Advice contains an Assertion for another user that the IdP has also signed.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    at('saml:Assertion', (found, strike) =>
      withAdvice(found, [sign(forgedAssertion(found, strike), honestSignature(strike.keys))]),
    ),
  ),
  'an assertion with an AssertionIDRef in its Advice': documentFault(
    {
      code: 'advice-reference',
      sentence: 'The Advice refers to an Assertion that is not in the message.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    at('saml:Assertion', (found) => withAdvice(found, [element('saml:AssertionIDRef', {}, '_nowhere')])),
  ),
  'two signed copies of the same assertion': documentFault(
    {
      code: 'duplicate-ids',
      sentence: 'The response contains the same signed Assertion twice, so two elements have the same ID.',
      rule: 'SAML core 1.3.4',
      touches: ['Response/Assertion'],
      signedProperly: false,
    },
    (root) =>
      child(root, 'saml:Assertion') ? withChildren(root, ...root.children, child(root, 'saml:Assertion')) : root,
  ),
} satisfies Record<string, Fault>;
