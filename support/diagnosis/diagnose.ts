/** Judges every response of a capture with the service provider's own code, against what was told. What was not told is named, never passed over. */
import { type Finding, type FixedBy, rejections } from '../../sp/rejection.ts';
import { attribute } from '../../sp/saml/dom.ts';
import { judge } from '../../sp/saml/judge.ts';
import type { Expectation, Judgement, NotVerified, PendingRequest } from '../../sp/saml/judgement.ts';
import type { Told } from './connection-options.ts';
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

/** One for every response, and for every request that nothing answers, in the order of the file. */
export function diagnose(
  messages: readonly CapturedMessage[],
  { told, redactor, now = new Date() }: { told: Told; redactor: Redactor; now?: Date },
): Diagnosed[] {
  const requests = new Map<string, CapturedRequest>();
  for (const message of messages)
    if (message.kind === 'request' && message.pending && !requests.has(message.pending.id))
      requests.set(message.pending.id, message);
  const answered = new Set(
    messages.flatMap((message) => (message.kind === 'response' ? (requestFor(message, requests) ?? []) : [])),
  );
  const used = new Set<string>();
  const judged = messages.flatMap((message): Diagnosed[] => {
    const judgedAt = told.at ?? message.at ?? now;
    // The text of the message is redacted first, so that its values are numbered in the order in which they stand there.
    const xml = message.xml === undefined ? undefined : redactor.xml(message.xml);
    if (message.kind === 'logout') return [];
    if (message.kind === 'request') {
      const repeated = message.pending !== undefined && requests.get(message.pending.id) !== message;
      return repeated || answered.has(message)
        ? []
        : [
            {
              diagnosis: { verdict: 'undetermined', findings: [], notVerified: ['response'] },
              message,
              request: undefined,
              judgedAt,
              lines: [],
              xml,
            },
          ];
    }
    const request = requestFor(message, requests);
    const { verdict, findings, notVerified } = judgeOne(message, { told, requests, request, judgedAt, used });
    return [
      {
        diagnosis: { verdict, findings: findings.map((finding) => present(redactor.finding(finding))), notVerified },
        message,
        request,
        judgedAt,
        lines: findings.map(({ line }) => line),
        xml,
      },
    ];
  });
  if (judged.length === 0)
    throw new Unreadable(
      'The file holds messages of single logout only. What is diagnosed is the answer to a sign-in.',
    );
  return judged;
}

/** By InResponseTo; where that fails, by the RelayState that only one request went out with: then the response names another request, or none. */
function requestFor(
  { outcome, relayState }: CapturedResponse,
  requests: ReadonlyMap<string, CapturedRequest>,
): CapturedRequest | undefined {
  const named = outcome.ok
    ? requests.get(attribute(outcome.message.document.documentElement, 'InResponseTo') ?? '')
    : undefined;
  if (named !== undefined || !relayState) return named;
  const [one, ...others] = [...requests.values()].filter(({ pending }) => pending?.relayState === relayState);
  return others.length === 0 ? one : undefined;
}

interface Circumstances {
  told: Told;
  requests: ReadonlyMap<string, CapturedRequest>;
  request: CapturedRequest | undefined;
  judgedAt: Date;
  /** Assertions that the same capture has delivered to the same address before. */
  used: Set<string>;
}

function judgeOne(
  { outcome, relayState, withForm, sentTo }: CapturedResponse,
  { told, requests, request, judgedAt, used }: Circumstances,
): Pick<Judgement, 'verdict' | 'findings' | 'notVerified'> {
  if (!outcome.ok) return { verdict: 'reject', findings: [outcome.finding], notVerified: [] };
  const pending: PendingRequest | undefined =
    told.requestId === undefined ? request?.pending : (requests.get(told.requestId)?.pending ?? { id: told.requestId });
  const silent = pending !== undefined && requests.has(pending.id) && pending.relayState === undefined;
  const expectation: Expectation = {
    now: judgedAt,
    sp: told.sp,
    idp: told.idp,
    // RelayState belongs to the form, not to the message: it can only be missed where the form was captured, and where one went out with the request.
    policies: { ...told.policies, requireRelayState: told.policies.requireRelayState && withForm && !silent },
    // Who has an account is a fact of the service provider, which no capture holds.
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

function present({
  code,
  expected = null,
  received = null,
  path = null,
}: Omit<Finding, 'expected' | 'received' | 'path'> & {
  expected?: string | null;
  received?: string | null;
  path?: string | null;
}): Diagnosis['findings'][number] {
  const { sentence, fixedBy, fix, reference } = rejections[code];
  return { code, severity: 'error', message: sentence, expected, received, path, fixedBy, fix, reference };
}
