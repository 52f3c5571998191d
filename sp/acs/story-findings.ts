/** What is wrong with a response apart from its content: its request or its test is not open to it. */
import type { AuthnRequestRecord } from '../authn-request.ts';
import { type ConnectionTest, isAnswerLate } from '../connection-test.ts';
import type { Finding } from '../rejection-advice.ts';
import { times } from '../time-limits.ts';
import type { Requests } from './requests.ts';

/**
 * `inResponseTo` is what the response says; `pointless` is why this user would not be sent to the identity provider
 * today; `time` is on the organization's clock.
 */
export function storyFindings({
  requests,
  inResponseTo,
  test,
  pointless,
  time,
}: {
  requests: Requests;
  inResponseTo: string | undefined;
  test: ConnectionTest | undefined;
  pointless: string | undefined;
  time: number;
}): Finding[] {
  return [
    ...requestFindings(requests, inResponseTo, time),
    ...(test ? testFindings(test, time) : []),
    ...(pointless === undefined ? [] : [supersededRequest('a user whom this SSO profile covers', pointless)]),
  ];
}

/** The settings have changed since the user was sent to the identity provider. */
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
    return [{ code: 'request-id-lost', expected: 'the browser that asked', received }];
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
      expected: `an answer within ${times.request / 60_000} minutes`,
      received: `one after ${Math.round((time - issuedAt) / 60_000)} minutes`,
    });
  return findings;
}

function testFindings(test: ConnectionTest, time: number): Finding[] {
  if (test.supersededAt !== undefined) return [{ code: 'test-superseded' }];
  if (test.verdict === 'success') return [{ code: 'test-already-answered' }];
  return isAnswerLate(test, time) ? [{ code: 'test-answer-late' }] : [];
}
