/** Findings outside the response: its request or its test is no longer open. */
import type { AuthnRequestRecord } from '../authn-request.ts';
import { type ConnectionTest, isResponseLate } from '../connection-test.ts';
import type { Finding } from '../rejection-advice.ts';
import { times } from '../time-limits.ts';
import type { Requests } from './requests.ts';

/**
 * `inResponseTo` comes from the response; `superseded` is why this user would no longer be sent to the IdP; `time` is
 * on the organization's clock.
 */
export function storyFindings({
  requests,
  inResponseTo,
  test,
  superseded,
  time,
}: {
  requests: Requests;
  inResponseTo: string | undefined;
  test: ConnectionTest | undefined;
  superseded: string | undefined;
  time: number;
}): Finding[] {
  return [
    ...requestFindings(requests, inResponseTo, time),
    ...(test ? testFindings(test, time) : []),
    ...(superseded === undefined ? [] : [supersededRequest('a user covered by this SSO profile', superseded)]),
  ];
}

/** The finding that the settings have changed since the request was sent. */
export const supersededRequest = (expected: string, received: string): Finding => ({
  code: 'request-superseded',
  expected,
  received,
});

function requestFindings(
  { namedByResponse, matched, pendingInBrowser }: Requests,
  inResponseTo: string | undefined,
  time: number,
): Finding[] {
  if (matched !== undefined) return matchedRequestFindings(matched, time);
  if (namedByResponse !== undefined) {
    const received = 'another browser, or one that did not send its cookie';
    return [{ code: 'request-id-lost', expected: 'the browser that sent the request', received }];
  }
  // With a pending request, the judge compares InResponseTo with that one.
  return pendingInBrowser === undefined && inResponseTo ? [{ code: 'request-unknown', received: inResponseTo }] : [];
}

function matchedRequestFindings({ id, issuedAt, answeredAt }: AuthnRequestRecord, time: number): Finding[] {
  const findings: Finding[] = [];
  if (answeredAt !== undefined) findings.push({ code: 'request-answered', received: id });
  if (time >= issuedAt + times.request)
    findings.push({
      code: 'request-expired',
      expected: `a response within ${times.request / 60_000} minutes`,
      received: `a response after ${Math.round((time - issuedAt) / 60_000)} minutes`,
    });
  return findings;
}

function testFindings(test: ConnectionTest, time: number): Finding[] {
  if (test.supersededAt !== undefined) return [{ code: 'test-superseded' }];
  if (test.verdict === 'success') return [{ code: 'test-already-answered' }];
  return isResponseLate(test, time) ? [{ code: 'test-answer-late' }] : [];
}
