/** Checks of saml:SubjectConfirmation: one bearer confirmation must pass all checks (SAML profiles 4.1.4.2–3). */
import type { Finding } from '../../rejection-advice.ts';
import { attribute, childNamed, childrenNamed, ns } from '../dom.ts';
import { allowedSkewMs, type Expectation } from '../judgement.ts';
import { type Check, finding, instantOf, type Subject, utcTime } from './check.ts';

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

export const subjectConfirmationChecks: readonly Check[] = [
  {
    name: 'subject',
    check({ assertion, at }) {
      if (assertion === undefined || childNamed(assertion, ns.saml, 'Subject')) return [];
      return [finding('subject-missing', at(assertion), { expected: 'saml:Subject', received: 'none' })];
    },
  },
  {
    name: 'bearer confirmation',
    check(subject, expectation) {
      const about = childNamed(subject.assertion, ns.saml, 'Subject');
      if (about === undefined) return [];
      const confirmations = childrenNamed(about, ns.saml, 'SubjectConfirmation');
      if (confirmations.length === 0) {
        const facts = { expected: bearer, received: 'no confirmation' };
        return [finding('subject-confirmation-error', subject.at(about), facts)];
      }
      const outcomes = confirmations.map((one) => confirmationFindings(one, subject, expectation));
      // One valid confirmation is enough. Otherwise the findings of the best one are reported.
      if (outcomes.some((findings) => findings.length === 0)) return [];
      const bearers = outcomes.filter((_, index) => attribute(confirmations[index], 'Method') === bearer);
      return (bearers.length > 0 ? bearers : outcomes).toSorted((one, other) => one.length - other.length)[0]!;
    },
  },
];

function confirmationFindings(confirmation: Element, subject: Subject, expectation: Expectation): Finding[] {
  const { at } = subject;
  const method = attribute(confirmation, 'Method');
  if (method !== bearer) {
    const facts = { expected: bearer, received: method ?? 'none' };
    return [finding('subject-confirmation-error', at(confirmation, 'Method'), facts)];
  }
  const data = childNamed(confirmation, ns.saml, 'SubjectConfirmationData');
  if (data === undefined) {
    const facts = { expected: 'saml:SubjectConfirmationData', received: 'none' };
    return [finding('subject-confirmation-error', at(confirmation), facts)];
  }
  return [
    ...recipientFindings(data, subject, expectation),
    ...windowFindings(data, subject, expectation),
    ...inResponseToFindings(data, subject, expectation),
  ];
}

/** If the ACS URL is unknown, it must at least equal the Destination. */
function recipientFindings(data: Element, { response, at }: Subject, { sp }: Expectation): Finding[] {
  const recipient = attribute(data, 'Recipient');
  const destination = attribute(response, 'Destination');
  const facts = { expected: sp.acsUrl, received: recipient ?? 'none' };
  if (!recipient) return [finding('recipient-blank', at(data, 'Recipient'), facts)];
  if (sp.acsUrl === undefined && destination !== undefined && recipient !== destination) {
    const differing = { expected: `${destination}, the Destination of the response`, received: recipient };
    return [finding('recipient-mismatch', at(data, 'Recipient'), differing)];
  }
  if (sp.acsUrl === undefined || recipient === sp.acsUrl) return [];
  return [finding('recipient-mismatch', at(data, 'Recipient'), facts)];
}

/** Requires NotOnOrAfter and rejects NotBefore. */
function windowFindings(data: Element, { at }: Subject, { now, skewMs = allowedSkewMs }: Expectation): Finding[] {
  const findings: Finding[] = [];
  const until = attribute(data, 'NotOnOrAfter');
  const end = instantOf(until);
  const earliest = new Date(now.getTime() - skewMs);
  if (end === undefined) {
    const facts = { expected: utcTime, received: until ?? 'none' };
    findings.push(finding('confirmation-time-invalid', at(data, 'NotOnOrAfter'), facts));
  } else if (earliest.getTime() >= end) {
    const facts = { expected: `later than ${earliest.toISOString()}`, received: until };
    findings.push(finding('confirmation-expired', at(data, 'NotOnOrAfter'), facts));
  }
  const from = attribute(data, 'NotBefore');
  if (from !== undefined) {
    const facts = { expected: 'no NotBefore on a bearer confirmation', received: from };
    findings.push(finding('subject-confirmation-error', at(data, 'NotBefore'), facts));
  }
  return findings;
}

/** Without a request, InResponseTo must at least equal that of the response. */
function inResponseToFindings(data: Element, { response, at }: Subject, { request }: Expectation): Finding[] {
  const inResponseTo = attribute(data, 'InResponseTo');
  const requestId = request?.id ?? attribute(response, 'InResponseTo');
  if (inResponseTo === requestId) return [];
  const facts = { expected: requestId ?? 'none, as in the unsolicited response', received: inResponseTo ?? 'none' };
  const found = finding('confirmation-in-response-to-mismatch', at(data, 'InResponseTo'), facts);
  return [requestId === undefined ? { ...found, circumstance: 'only-in-assertion' } : found];
}
