/** Judges every response of a capture with the service provider's own code. What could not be checked is named. */
import { type Finding, type FixedBy, rejections } from '../../sp/rejection-advice.ts';
import { judge } from '../../sp/saml/judge.ts';
import type { Expectation, Judgement, NotVerified, PendingRequest } from '../../sp/saml/judgement.ts';
import { read } from '../../sp/saml/read.ts';
import type { ConnectionFacts } from './connection-options.ts';
import type { CapturedMessage, CapturedRequest, CapturedResponse } from './messages.ts';
import type { Redactor } from './redact.ts';
import { Unreadable } from './unreadable.ts';

/** What is printed as JSON for one message; this shape is public. */
export interface Diagnosis {
  verdict: Judgement['verdict'];
  findings: readonly {
    code: string;
    severity: 'error';
    message: string;
    expected: string | null;
    received: string | null;
    path: string | null;
    fixedBy: FixedBy;
    fix: string;
    reference: string;
  }[];
  /** `response` where a request was captured and its answer was not. */
  notVerified: readonly (NotVerified | 'response')[];
}

export interface Diagnosed {
  diagnosis: Diagnosis;
  message: CapturedResponse | CapturedRequest;
  /** The request that the response answers, where the capture has it. */
  request: CapturedRequest | undefined;
  judgedAt: Date;
  /** Lines of the findings, in their order. */
  lines: readonly (number | undefined)[];
  /** What may be shown of the message. */
  xml: string | undefined;
}

export interface DiagnoseOptions {
  facts: ConnectionFacts;
  redactor: Redactor;
  now?: Date;
}

/** One for every response, and for every request without a response, in the order of the file. */
export function diagnose(
  messages: readonly CapturedMessage[],
  { facts, redactor, now = new Date() }: DiagnoseOptions,
): Diagnosed[] {
  const requests = firstRequests(messages);
  const capture: Capture = { facts, requests, used: new Set() };
  const answered = new Set(
    messages.flatMap((message) => (message.kind === 'response' ? (requestFor(message, requests) ?? []) : [])),
  );
  const diagnosed = messages.flatMap((message): Diagnosed[] => {
    // Redacted in the order of the file, so that values are numbered in the order in which they are there.
    const xml = message.xml === undefined ? undefined : redactor.xml(message.xml);
    const judgedAt = facts.at ?? message.at ?? now;
    if (message.kind === 'response') return [diagnoseResponse(message, { capture, redactor, judgedAt, xml })];
    if (message.kind === 'logout' || answered.has(message) || isRepeated(message, requests)) return [];
    const diagnosis: Diagnosis = { verdict: 'undetermined', findings: [], notVerified: ['response'] };
    return [{ diagnosis, message, request: undefined, judgedAt, lines: [], xml }];
  });
  if (diagnosed.length === 0)
    throw new Unreadable(
      'The file holds messages of single logout only. What is diagnosed is the answer to a sign-in.',
    );
  return diagnosed;
}

type Requests = ReadonlyMap<string, CapturedRequest>;

/** What all messages of the file are judged with. */
interface Capture {
  facts: ConnectionFacts;
  requests: Requests;
  /** Assertions that the file has delivered to the same address before. */
  used: Set<string>;
}

/** By ID; a request may be captured several times. */
function firstRequests(messages: readonly CapturedMessage[]): Requests {
  const requests = new Map<string, CapturedRequest>();
  for (const message of messages)
    if (message.kind === 'request' && message.pending && !requests.has(message.pending.id))
      requests.set(message.pending.id, message);
  return requests;
}

const isRepeated = (request: CapturedRequest, requests: Requests): boolean =>
  request.pending !== undefined && requests.get(request.pending.id) !== request;

interface ResponseOptions {
  capture: Capture;
  redactor: Redactor;
  judgedAt: Date;
  xml: string | undefined;
}

function diagnoseResponse(message: CapturedResponse, { capture, redactor, judgedAt, xml }: ResponseOptions): Diagnosed {
  const request = requestFor(message, capture.requests);
  const { verdict, findings, notVerified } = judgeResponse(message, { capture, request, judgedAt });
  return {
    diagnosis: { verdict, findings: findings.map((finding) => present(redactor.finding(finding))), notVerified },
    message,
    request,
    judgedAt,
    lines: findings.map(({ line }) => line),
    xml,
  };
}

/**
 * By InResponseTo; where that fails, by the RelayState that only one request went out with: then the response names
 * another request, or none.
 */
function requestFor({ outcome, relayState }: CapturedResponse, requests: Requests): CapturedRequest | undefined {
  const named = outcome.ok ? requests.get(outcome.inResponseTo ?? '') : undefined;
  if (named !== undefined || !relayState) return named;
  const [one, ...others] = [...requests.values()].filter(({ pending }) => pending?.relayState === relayState);
  return others.length === 0 ? one : undefined;
}

function judgeResponse(
  { xml = '', outcome: before, relayState, withForm, sentTo }: CapturedResponse,
  { capture, request, judgedAt }: { capture: Capture; request: CapturedRequest | undefined; judgedAt: Date },
): Pick<Judgement, 'verdict' | 'findings' | 'notVerified'> {
  const outcome = before.ok ? read(xml) : before;
  if (!outcome.ok) return { verdict: 'reject', findings: [outcome.finding], notVerified: [] };
  const { facts, requests, used } = capture;
  const pending = pendingRequest(capture, request);
  const wentWithoutState = pending !== undefined && requests.has(pending.id) && pending.relayState === undefined;
  // RelayState can only be missed where the form was captured, and where the request went out with one.
  const requireRelayState = facts.policies.requireRelayState && withForm && !wentWithoutState;
  const expectation: Expectation = {
    now: judgedAt,
    sp: facts.sp,
    idp: facts.idp,
    policies: { ...facts.policies, requireRelayState },
    // Accounts are the service provider's own; no capture holds them.
    account: () => ({ kind: 'expected' }),
    alreadySeen: (assertionId) => {
      const delivery = `${assertionId} ${sentTo ?? ''}`;
      return used.has(delivery) || !used.add(delivery);
    },
    ...(pending === undefined ? {} : { request: pending }),
    ...(relayState === undefined ? {} : { relayState }),
  };
  return judge(outcome.message, expectation);
}

/** The request that the options name, else the one that was captured. */
function pendingRequest(
  { facts: { requestId }, requests }: Capture,
  captured: CapturedRequest | undefined,
): PendingRequest | undefined {
  return requestId === undefined ? captured?.pending : (requests.get(requestId)?.pending ?? { id: requestId });
}

function present({ code, expected, received, path }: Finding): Diagnosis['findings'][number] {
  const { sentence, fixedBy, fix, reference } = rejections[code];
  return {
    code,
    severity: 'error',
    message: sentence,
    expected: expected ?? null,
    received: received ?? null,
    path: path ?? null,
    fixedBy,
    fix,
    reference,
  };
}
