/** Checks of Destination, InResponseTo, RelayState and IssueInstant against the request. */
import type { Finding } from '../../rejection-advice.ts';
import { attribute, descendantsNamed, ns } from '../dom.ts';
import { allowedSkewMs, type Expectation } from '../judgement.ts';
import { type Check, finding, instantOf, messagesOf, type Subject } from './check.ts';

export const addressingChecks: readonly Check[] = [
  {
    name: 'destination',
    check({ response, responseSigned, at }, { sp }) {
      const destination = attribute(response, 'Destination');
      if (destination === undefined && responseSigned)
        return [finding('destination-missing', at(response, 'Destination'), { expected: sp.acsUrl, received: 'none' })];
      if (destination === undefined || sp.acsUrl === undefined || destination === sp.acsUrl) return [];
      const facts = { expected: sp.acsUrl, received: destination };
      return [finding('destination-mismatch', at(response, 'Destination'), facts)];
    },
  },
  {
    name: 'in response to',
    check({ response, assertion, at }, { request, policies }) {
      const inResponseTo = attribute(response, 'InResponseTo');
      if (inResponseTo === '') {
        const facts = { expected: request?.id ?? 'the ID of a request, or no InResponseTo', received: '' };
        return [{ ...finding('in-response-to-mismatch', at(response, 'InResponseTo'), facts), circumstance: 'empty' }];
      }
      if (request === undefined) {
        if (inResponseTo !== undefined || policies.allowIdpInitiated) return [];
        const received = 'an unsolicited response';
        return [finding('response-unsolicited', at(response), { expected: 'a response to a request', received })];
      }
      const facts = { expected: request.id, received: inResponseTo ?? 'none' };
      if (inResponseTo === undefined) {
        const found = finding('in-response-to-missing', at(response, 'InResponseTo'), facts);
        return [isInAssertion(assertion, request.id) ? { ...found, circumstance: 'only-in-assertion' } : found];
      }
      if (inResponseTo === request.id) return [];
      return [finding('in-response-to-mismatch', at(response, 'InResponseTo'), facts)];
    },
  },
  {
    name: 'relay state',
    check(_, { request, relayState, policies }) {
      if (request?.relayState === undefined || !policies.requireRelayState || relayState === request.relayState)
        return [];
      const expected = 'the RelayState sent with the request';
      return relayState === undefined
        ? [finding('relay-state-missing', {}, { expected, received: 'none' })]
        : [finding('relay-state-mismatch', {}, { expected, received: 'another value' })];
    },
  },
  {
    name: 'issued after the request, and not in the future',
    check: (subject, expectation) =>
      messagesOf(subject).flatMap((node) => issueInstantFindings(node, subject, expectation)),
  },
];

/** True if a SubjectConfirmationData names the request. */
const isInAssertion = (assertion: Element | undefined, id: string): boolean =>
  assertion !== undefined &&
  descendantsNamed(assertion, ns.saml, 'SubjectConfirmationData').some(
    (data) => attribute(data, 'InResponseTo') === id,
  );

function issueInstantFindings(
  node: Element,
  { at }: Subject,
  { now, skewMs = allowedSkewMs, request }: Expectation,
): Finding[] {
  const received = attribute(node, 'IssueInstant');
  const issued = instantOf(received);
  if (issued === undefined) return [];
  if (issued > now.getTime() + skewMs) {
    const expected = `at most ${skewMs / 1000} s after ${now.toISOString()}`;
    return [finding('response-from-future', at(node, 'IssueInstant'), { expected, received })];
  }
  if (request?.issuedAt === undefined || issued >= request.issuedAt.getTime() - skewMs) return [];
  const expected = `at most ${skewMs / 1000} s before ${request.issuedAt.toISOString()}`;
  return [finding('response-before-request', at(node, 'IssueInstant'), { expected, received })];
}
