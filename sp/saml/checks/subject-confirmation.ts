/** Checks of saml:SubjectConfirmation: at least one bearer confirmation must hold in every respect (SAML profiles 4.1.4.2–3). */
import type { Finding } from '../../rejection.ts';
import { attribute, childNamed, childrenNamed, ns } from '../dom.ts';
import { allowedSkewMs, type Expectation } from '../judgement.ts';
import { type Check, finding, instantOf, type Subject } from './check.ts';

const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

export const subjectConfirmationChecks: readonly Check[] = [
  {
    name: 'subject',
    check: ({ assertion, at }) =>
      assertion === undefined || childNamed(assertion, ns.saml, 'Subject')
        ? []
        : [finding('subject-missing', at(assertion), { expected: 'saml:Subject', received: 'none' })],
  },
  {
    name: 'bearer confirmation',
    check(subject, expectation) {
      const about = childNamed(subject.assertion, ns.saml, 'Subject');
      if (about === undefined) return [];
      const confirmations = childrenNamed(about, ns.saml, 'SubjectConfirmation');
      if (confirmations.length === 0)
        return [
          finding('subject-confirmation-error', subject.at(about), { expected: bearer, received: 'no confirmation' }),
        ];
      const outcomes = confirmations.map((confirmation) => confirm(confirmation, subject, expectation));
      // One that holds is enough; otherwise the one that comes closest is explained.
      if (outcomes.some((findings) => findings.length === 0)) return [];
      const bearers = outcomes.filter((_, index) => attribute(confirmations[index], 'Method') === bearer);
      return (bearers.length > 0 ? bearers : outcomes).toSorted((one, other) => one.length - other.length)[0]!;
    },
  },
];

function confirm(
  confirmation: Element,
  { response, at }: Subject,
  { now, skewMs = allowedSkewMs, sp, request }: Expectation,
): Finding[] {
  const method = attribute(confirmation, 'Method');
  const data = childNamed(confirmation, ns.saml, 'SubjectConfirmationData');
  if (method !== bearer)
    return [
      finding('subject-confirmation-error', at(confirmation, 'Method'), {
        expected: bearer,
        received: method ?? 'none',
      }),
    ];
  if (data === undefined)
    return [
      finding('subject-confirmation-error', at(confirmation), {
        expected: 'saml:SubjectConfirmationData',
        received: 'none',
      }),
    ];
  const findings: Finding[] = [];
  const recipient = attribute(data, 'Recipient');
  if (!recipient)
    findings.push(
      finding('recipient-blank', at(data, 'Recipient'), { expected: sp.acsUrl, received: recipient ?? 'none' }),
    );
  else if (sp.acsUrl !== undefined && recipient !== sp.acsUrl)
    findings.push(finding('recipient-mismatch', at(data, 'Recipient'), { expected: sp.acsUrl, received: recipient }));
  const until = attribute(data, 'NotOnOrAfter');
  const end = instantOf(until);
  if (end === undefined)
    findings.push(
      finding('confirmation-time-invalid', at(data, 'NotOnOrAfter'), {
        expected: 'a time in UTC such as 2026-01-31T12:00:00Z',
        received: until ?? 'none',
      }),
    );
  else if (now.getTime() - skewMs >= end)
    findings.push(
      finding('confirmation-expired', at(data, 'NotOnOrAfter'), {
        expected: `later than ${new Date(now.getTime() - skewMs).toISOString()}`,
        received: until,
      }),
    );
  const from = attribute(data, 'NotBefore');
  if (from !== undefined)
    findings.push(
      finding('subject-confirmation-error', at(data, 'NotBefore'), {
        expected: 'no NotBefore on a bearer confirmation',
        received: from,
      }),
    );
  const answered = attribute(data, 'InResponseTo');
  // Without a request to compare with, it must at least be the one that the response names, or neither names one.
  const asked = request?.id ?? attribute(response, 'InResponseTo');
  if (answered !== asked)
    findings.push(
      finding('confirmation-in-response-to-mismatch', at(data, 'InResponseTo'), {
        expected: asked ?? 'none, since the response answers nobody',
        received: answered ?? 'none',
      }),
    );
  return findings;
}
