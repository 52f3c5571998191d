/** Faults in the frame of the assertion: its ID, version, times, order, number, and what it carries along. */
import type { Fault } from '../fault.ts';
import { assertionClaimsFault, at, attributed, documentFault } from '../fault-builders.ts';
import { instant, later, randomId } from '../response/saml-values.ts';
import { honestSignature, sign } from '../response/signing.ts';
import { child, type Element, element, withAttributes, withChildren } from '../response/xml.ts';

const assertion = (attribute: string) => [`Assertion/@${attribute}`];

/** An assertion about somebody else, with another ID; nobody has signed it. */
const forgedAssertion = (original: Element): Element =>
  withChildren(
    withAttributes(original, { ID: randomId() }),
    ...original.children.slice(0, 1),
    element('saml:Subject', {}, element('saml:NameID', {}, 'mallory@elsewhere.example')),
    ...original.children.slice(2),
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
  'an assertion without an ID': assertionClaimsFault(
    {
      code: 'assertion-id-missing',
      sentence: 'The assertion has no ID.',
      rule: 'SAML core 2.3.3',
      touches: [...assertion('ID'), 'Assertion/Signature'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, assertionId: undefined }),
  ),
  'an assertion with an empty ID': assertionClaimsFault(
    {
      code: 'assertion-id-empty',
      sentence: 'The ID of the assertion is empty.',
      rule: 'SAML core 2.3.3 and 1.3.4',
      touches: [...assertion('ID'), 'Assertion/Signature'],
      signedProperly: false,
    },
    (claims) => ({ ...claims, assertionId: '' }),
  ),
  'an assertion of SAML version 1.1': assertionClaimsFault(
    {
      code: 'assertion-version-wrong',
      sentence: 'The Version of the assertion is 1.1.',
      rule: 'SAML core 2.3.3',
      touches: assertion('Version'),
    },
    (claims) => ({ ...claims, assertionVersion: '1.1' }),
  ),
  'an assertion without a version': assertionClaimsFault(
    {
      code: 'assertion-version-missing',
      sentence: 'The assertion has no Version.',
      rule: 'SAML core 2.3.3',
      touches: assertion('Version'),
    },
    (claims) => ({ ...claims, assertionVersion: undefined }),
  ),
  'an assertion without an issue instant': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-missing',
      sentence: 'The assertion does not say when it was issued.',
      rule: 'SAML core 2.3.3',
      touches: assertion('IssueInstant'),
    },
    (claims) => ({ ...claims, assertionIssueInstant: undefined }),
  ),
  'an assertion with an empty issue instant': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-empty',
      sentence: 'The IssueInstant of the assertion is empty.',
      rule: 'SAML core 2.3.3 and 1.3.3',
      touches: assertion('IssueInstant'),
    },
    (claims) => ({ ...claims, assertionIssueInstant: '' }),
  ),
  'an assertion whose issue instant is no time': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-format',
      sentence: 'The IssueInstant of the assertion is a number of seconds.',
      rule: 'SAML core 1.3.3',
      touches: assertion('IssueInstant'),
    },
    (claims, { now }) => ({ ...claims, assertionIssueInstant: String(Math.floor(now.getTime() / 1000)) }),
  ),
  'an assertion issued {minutes} minutes before the request': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-before-request',
      sentence: 'The assertion was issued before it was asked for.',
      rule: 'SAML core 2.3.3',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: assertion('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, assertionIssueInstant: instant(later(now, { minutes: -amount })) }),
  ),
  'an assertion issued {minutes} minutes in the future': assertionClaimsFault(
    {
      code: 'assertion-issueinstant-future',
      sentence: 'The assertion claims to be issued later than it arrives.',
      rule: 'SAML core 2.3.3; SAML deployment profile SDP-G01',
      amount: { unit: 'minutes', accept: [2], reject: [4, 60] },
      touches: assertion('IssueInstant'),
    },
    (claims, { now, amount }) => ({ ...claims, assertionIssueInstant: instant(later(now, { minutes: amount })) }),
  ),
  'an assertion with an invented attribute of XML': documentFault(
    {
      code: 'assertion-unknown-attribute',
      sentence: 'The assertion has an attribute that its schema does not know.',
      rule: 'SAML core 2.3.3 (schema)',
      touches: assertion('Mood'),
    },
    attributed('saml:Assertion', { Mood: 'cheerful' }),
  ),
  'an assertion whose children are in disorder': documentFault(
    {
      code: 'assertion-children-disordered',
      sentence: 'Conditions and statements come before the subject.',
      rule: 'SAML core 2.3.3 (schema: a sequence)',
      touches: ['Assertion'],
    },
    at('saml:Assertion', (found) =>
      withChildren(found, ...found.children.slice(0, 1), ...found.children.slice(2), found.children[1]),
    ),
  ),

  'an assertion with an unsigned assertion as advice': documentFault(
    {
      code: 'advice-assertion-unsigned',
      sentence: 'The advice of the assertion holds an unsigned assertion about somebody else.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    at('saml:Assertion', (found) => withAdvice(found, [forgedAssertion(found)])),
  ),
  'an assertion with two assertions as advice': documentFault(
    {
      code: 'advice-assertion-two',
      sentence: 'The advice of the assertion holds two unsigned assertions about somebody else.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    at('saml:Assertion', (found) => withAdvice(found, [forgedAssertion(found), forgedAssertion(found)])),
  ),
  'an assertion with a signed assertion as advice': documentFault(
    {
      code: 'advice-assertion-signed',
      sentence:
        'The advice of the assertion holds an assertion about somebody else ' +
        'that the identity provider has signed as well.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    (response, strike) =>
      at('saml:Assertion', (found) => withAdvice(found, [sign(forgedAssertion(found), honestSignature(strike.keys))]))(
        response,
        strike,
      ),
  ),
  'an assertion with an assertion reference as advice': documentFault(
    {
      code: 'advice-reference',
      sentence: 'The advice of the assertion names an assertion that is not there.',
      rule: 'SAML core 2.6.1 (advice may be ignored)',
      verdict: 'accept',
      touches: ['Advice'],
    },
    at('saml:Assertion', (found) => withAdvice(found, [element('saml:AssertionIDRef', {}, '_nowhere')])),
  ),
  'the same assertion in two signed copies': documentFault(
    {
      code: 'duplicate-ids',
      sentence: 'The response holds two elements with the same ID.',
      rule: 'SAML core 1.3.4',
      touches: ['Response/Assertion'],
      signedProperly: false,
    },
    (root) =>
      child(root, 'saml:Assertion') ? withChildren(root, ...root.children, child(root, 'saml:Assertion')) : root,
  ),
} satisfies Record<string, Fault>;
