/** Checks of where a response goes and what it answers: Destination, InResponseTo, RelayState, and its time against the request's. */
import { attribute } from '../dom.ts';
import { allowedSkewMs } from '../judgement.ts';
import { type Check, finding, instantOf } from './check.ts';

export const addressingChecks: readonly Check[] = [
  {
    name: 'destination',
    check({ response, responseSigned, at }, { sp }) {
      const destination = attribute(response, 'Destination');
      if (destination === undefined)
        return responseSigned
          ? [finding('destination-missing', at(response, 'Destination'), { expected: sp.acsUrl, received: 'none' })]
          : [];
      return sp.acsUrl === undefined || destination === sp.acsUrl
        ? []
        : [
            finding('destination-mismatch', at(response, 'Destination'), {
              expected: sp.acsUrl,
              received: destination,
            }),
          ];
    },
  },
  {
    name: 'in response to',
    check({ response, at }, { request, policies }) {
      const answered = attribute(response, 'InResponseTo');
      if (request === undefined)
        return answered === undefined && !policies.allowIdpInitiated
          ? [
              finding('response-unsolicited', at(response), {
                expected: 'the answer to a request',
                received: 'a response that nobody asked for',
              }),
            ]
          : [];
      if (answered === undefined)
        return [
          finding('in-response-to-missing', at(response, 'InResponseTo'), { expected: request.id, received: 'none' }),
        ];
      return answered === request.id
        ? []
        : [
            finding('in-response-to-mismatch', at(response, 'InResponseTo'), {
              expected: request.id,
              received: answered,
            }),
          ];
    },
  },
  {
    name: 'relay state',
    check(_, { request, relayState, policies }) {
      if (request?.relayState === undefined || !policies.requireRelayState || relayState === request.relayState)
        return [];
      return [
        finding(
          relayState === undefined ? 'relay-state-missing' : 'relay-state-mismatch',
          {},
          {
            expected: 'the RelayState that went out with the request',
            received: relayState === undefined ? 'none' : 'another value',
          },
        ),
      ];
    },
  },
  {
    name: 'issued after the request, and not in the future',
    check(subject, { now, skewMs = allowedSkewMs, request }) {
      return [subject.response, ...(subject.assertion ? [subject.assertion] : [])].flatMap((node) => {
        const text = attribute(node, 'IssueInstant');
        const issued = instantOf(text);
        if (issued === undefined) return [];
        if (issued > now.getTime() + skewMs)
          return [
            finding('response-from-future', subject.at(node, 'IssueInstant'), {
              expected: `at most ${skewMs / 1000} s after ${now.toISOString()}`,
              received: text,
            }),
          ];
        return request?.issuedAt !== undefined && issued < request.issuedAt.getTime() - skewMs
          ? [
              finding('response-before-request', subject.at(node, 'IssueInstant'), {
                expected: `at most ${skewMs / 1000} s before ${request.issuedAt.toISOString()}`,
                received: text,
              }),
            ]
          : [];
      });
    },
  },
];
