/** Judges every response of a capture with the SP's own code, and lists the checks that could not be made. */

import {
  type Candidate,
  type Recognition,
  recognizeAddresses,
  recognizeIdp,
  unknown,
} from '../../sp/products/evidence.ts';
import { fixesFor } from '../../sp/products/fixes.ts';
import { adviceOn, type Finding, type RejectionCode } from '../../sp/rejection-advice.ts';
import { attribute, childNamed, ns, textOf } from '../../sp/saml/dom.ts';
import { judge } from '../../sp/saml/judge.ts';
import type { Expectation, Judgement, PendingRequest } from '../../sp/saml/judgement.ts';
import { inOrder } from '../../sp/saml/precedence.ts';
import { type Read, type ReadOutcome, read } from '../../sp/saml/read.ts';
import { caseOf } from '../../sp/troubleshooting.ts';
import type { ConnectionSettings } from './connection-options.ts';
import type { Diagnosis, FixInProduct, ReportedError } from './diagnosis.ts';
import { settingsFromCapture } from './from-capture.ts';
import { judgingTime } from './judging-time.ts';
import type { CapturedMessage, CapturedRequest, CapturedResponse } from './messages.ts';
import { openOffline } from './open-offline.ts';
import { recognizeMessage, recognizeXml } from './products/recognize.ts';
import { reportedErrorsIn } from './products/reported-errors.ts';
import type { Redactor } from './redact.ts';
import { Unreadable } from './unreadable.ts';

export type { Diagnosis } from './diagnosis.ts';

export interface Diagnosed {
  diagnosis: Diagnosis;
  message: CapturedResponse | CapturedRequest;
  /** The request that the response belongs to, if captured. */
  request: CapturedRequest | undefined;
  judgedAt: Date;
  /** The product that wrote the message, or to whose address a request was sent. */
  recognition: Recognition;
  /** Line numbers of the findings, in the same order. */
  lines: readonly (number | undefined)[];
  /** The message as it may be shown: redacted unless secrets are wanted. */
  xml: string | undefined;
}

export interface DiagnoseOptions {
  settings: ConnectionSettings;
  redactor: Redactor;
  now?: Date;
  /** Errors of the identity provider that the file shows: why a request has no response. */
  reportedErrors?: readonly ReportedError[];
}

/** One diagnosis for every response and every request without a response, in file order. */
export function diagnose(
  messages: readonly CapturedMessage[],
  { settings, redactor, now = new Date(), reportedErrors = [] }: DiagnoseOptions,
): Diagnosed[] {
  const requests = firstRequests(messages);
  const capture: Capture = { settings, requests, used: new Set() };
  const withResponse = new Set(
    messages.flatMap((message) => (message.kind === 'response' ? (requestFor(message, requests) ?? []) : [])),
  );
  // A response that cannot be read may belong to any request.
  const someDamaged = messages.some(
    (one) =>
      one.kind === 'response' && (one.doubt !== undefined || (inResponseToOf(one) === undefined && !one.outcome.ok)),
  );
  const diagnosed = messages.flatMap((message): Diagnosed[] => {
    // Redacted in file order, so that replacements are numbered in the order in which they appear.
    const xml = message.xml === undefined ? undefined : redactor.xml(message.xml);
    if (message.kind === 'response') return [diagnoseResponse(message, { capture, redactor, now, xml })];
    const isSettled = message.kind === 'logout' || withResponse.has(message) || isRepeated(message, requests);
    if (isSettled || someDamaged) return [];
    const diagnosis = {
      ...(message.doubt === undefined ? unanswered : damaged(message.doubt)),
      ...(reportedErrors.length === 0 ? {} : { reportedErrors }),
    };
    const judgedAt = judgingTime(message, { given: settings.at, now }).time;
    const recognition = recognizeAddresses({ ssoUrl: message.sentTo });
    return [{ diagnosis, message, request: undefined, judgedAt, recognition, lines: [], xml }];
  });
  if (diagnosed.length === 0)
    throw new Unreadable('The file contains only single logout messages. Diagnosis needs the response to a sign-in.');
  return diagnosed;
}

const unanswered: Diagnosis = { verdict: 'undetermined', findings: [], notVerified: ['response'] };

const damaged = (note: string): Diagnosis => ({
  verdict: 'undetermined',
  findings: [],
  notVerified: ['message'],
  note,
});

type Requests = ReadonlyMap<string, CapturedRequest>;

/** Shared by all messages of the file. */
interface Capture {
  settings: ConnectionSettings;
  requests: Requests;
  /** Assertions that the file has already delivered to the same URL. */
  used: Set<string>;
}

/** By ID. A request may be captured several times; the first one counts. */
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
  now: Date;
  xml: string | undefined;
}

function diagnoseResponse(message: CapturedResponse, { capture, redactor, now, xml }: ResponseOptions): Diagnosed {
  const request = requestFor(message, capture.requests);
  const { time: judgedAt, source } = judgingTime(message, { given: capture.settings.at, request, now });
  if (message.doubt !== undefined)
    return { diagnosis: damaged(message.doubt), message, request, judgedAt, recognition: unknown, lines: [], xml };
  const { sp, fromCapture } = settingsFromCapture(message, { request, ...capture });
  const judged = judgeResponse(message, { capture, request, judgedAt, sp });
  const { verdict, findings, notVerified, reportedErrors } = judged;
  const recognition = orByIdp(judged.recognition, capture.settings.idp);
  return {
    diagnosis: {
      verdict,
      findings: findings.map((finding) => present(redactor.finding(finding), recognition.candidates)),
      notVerified,
      judgedAt: { time: judgedAt.toISOString(), source },
      ...(recognition.candidates.length === 0 ? {} : { writtenBy: recognition.candidates }),
      ...(recognition.doubt === undefined ? {} : { otherTraits: recognition.doubt }),
      ...(reportedErrors.length === 0 ? {} : { reportedErrors }),
      ...(fromCapture.length === 0 ? {} : { fromCapture }),
    },
    message,
    request,
    judgedAt,
    recognition,
    lines: findings.map(({ line }) => line),
    xml,
  };
}

/**
 * Finds the request by InResponseTo, or else by RelayState if only one request has it: the response then names a
 * different request, or none.
 */
function requestFor(message: CapturedResponse, requests: Requests): CapturedRequest | undefined {
  const { relayState } = message;
  const named = requests.get(inResponseToOf(message) ?? '');
  if (named !== undefined || !relayState) return named;
  const [one, ...others] = [...requests.values()].filter(({ pending }) => pending?.relayState === relayState);
  return others.length === 0 ? one : undefined;
}

function inResponseToOf({ outcome: before, xml = '' }: CapturedResponse): string | undefined {
  if (before.ok) return before.inResponseTo;
  const { outcome } = readThough(before, xml);
  return outcome.ok ? attribute(outcome.message.document.documentElement, 'InResponseTo') : undefined;
}

interface Circumstances {
  capture: Capture;
  request: CapturedRequest | undefined;
  judgedAt: Date;
  sp: Expectation['sp'];
}

/** The identity provider that was given as option, if the message itself does not show the product. */
const orByIdp = (recognition: Recognition, idp: Expectation['idp']): Recognition =>
  recognition.candidates.length > 0 ? recognition : { ...recognition, ...recognizeIdp(idp) };

interface Judged extends Pick<Judgement, 'verdict' | 'findings' | 'notVerified'> {
  recognition: Recognition;
  reportedErrors: ReportedError[];
}

const statusMessageOf = ({ document: { documentElement: root } }: Read): string =>
  textOf(childNamed(childNamed(root, ns.samlp, 'Status'), ns.samlp, 'StatusMessage'));

function judgeResponse(
  { xml = '', outcome: before, relayState, withForm, sentTo }: CapturedResponse,
  { capture, request, judgedAt, sp }: Circumstances,
): Judged {
  const { settings, requests, used } = capture;
  const { outcome, obstacle } = readThough(before, xml);
  const recognition = outcome.ok ? recognizeMessage(outcome.message) : recognizeXml(xml);
  if (!outcome.ok)
    return { verdict: 'reject', findings: [outcome.finding], notVerified: [], recognition, reportedErrors: [] };
  const reportedErrors = reportedErrorsIn(statusMessageOf(outcome.message));
  const pending = pendingRequest(capture, request);
  const sentWithoutState = pending !== undefined && requests.has(pending.id) && pending.relayState === undefined;
  // A missing RelayState can be noticed only if the form was captured and the request was sent with one.
  const requireRelayState = settings.policies.requireRelayState && withForm && !sentWithoutState;
  const expectation: Expectation = {
    now: judgedAt,
    sp,
    idp: settings.idp,
    policies: { ...settings.policies, requireRelayState },
    offline: { ...settings.policies, open: openOffline(settings.policies) },
    // A capture does not contain the SP's accounts.
    account: () => ({ kind: 'expected' }),
    wasUsed: (assertionId) => {
      const delivery = `${assertionId} ${sentTo ?? ''}`;
      return used.has(delivery) || !used.add(delivery);
    },
    ...(pending === undefined ? {} : { request: pending }),
    ...(relayState === undefined ? {} : { relayState }),
  };
  const judgement = judge(outcome.message, expectation);
  if (obstacle === undefined || settings.policies[obstacles[obstacle.code]!])
    return { ...judgement, recognition, reportedErrors };
  const findings = inOrder([...judgement.findings, obstacle]);
  return {
    verdict: 'reject',
    findings: findings as [Finding, ...Finding[]],
    notVerified: judgement.notVerified,
    recognition,
    reportedErrors,
  };
}

/** Rejections at an ACS that do not stop a diagnosis, and the policies that allow them. */
const obstacles: Partial<Record<RejectionCode, 'allowDeflate' | 'allowOtherEncodings'>> = {
  'response-deflated': 'allowDeflate',
  'response-not-utf8': 'allowOtherEncodings',
};

/** Reads on where an ACS stops, if there is no doubt about the text. */
function readThough(
  before: CapturedResponse['outcome'],
  xml: string,
): { outcome: ReadOutcome; obstacle: Finding | undefined } {
  if (before.ok) return { outcome: read(xml), obstacle: undefined };
  const { finding } = before;
  const text = xml === '' ? undefined : withoutObstacle(finding.code, xml);
  const outcome = text === undefined ? before : read(text);
  return outcome.ok ? { outcome, obstacle: finding } : { outcome: before, obstacle: undefined };
}

function withoutObstacle(code: RejectionCode, xml: string): string | undefined {
  if (code !== 'xml-malformed') return obstacles[code] && inUtf8(xml);
  // Behind the declaration, whitespace is allowed, and the lines keep their numbers.
  const text = xml.replace(/^([ \t\r\n]+)(<\?xml\s[^>]*\?>)/, '$2$1');
  return text === xml ? undefined : text;
}

const declaredEncoding = /^(\s*<\?xml[^>]*?)\sencoding\s*=\s*(["'])([\w.-]+)\2/;
const supersetsOfAscii = /^(utf-8|us-ascii|latin-?1|iso-8859-\d+|windows-125\d)$/i;

/** The text without its byte order mark and its declared encoding, if that cannot change its meaning. */
function inUtf8(text: string): string | undefined {
  const xml = text.replace(/^\uFEFF/, '');
  const encoding = declaredEncoding.exec(xml)?.[3];
  if (encoding === undefined) return xml;
  const isAscii = !/[^\0-\x7f]/.test(xml);
  return isAscii && supersetsOfAscii.test(encoding) ? xml.replace(declaredEncoding, '$1') : undefined;
}

/** The request given by --request-id, or else the captured one. */
function pendingRequest(
  { settings: { requestId }, requests }: Capture,
  captured: CapturedRequest | undefined,
): PendingRequest | undefined {
  return requestId === undefined ? captured?.pending : (requests.get(requestId)?.pending ?? { id: requestId });
}

/** The product's own menus, for each candidate whose menus are known. */
const fixesIn = ({ code, circumstance }: Finding, candidates: readonly Candidate[]): FixInProduct[] =>
  fixesFor(caseOf(code), {
    rejection: code,
    circumstance,
    candidates: candidates.map(({ product }) => product),
  }).map(({ product, name, fix, source: { where, year } }) => ({ product, name, fix, source: where, year }));

function present(finding: Finding, candidates: readonly Candidate[]): Diagnosis['findings'][number] {
  const { code, circumstance, expected, received, path } = finding;
  const { sentence, fixedBy, fix, reference } = adviceOn(finding);
  const fixInProduct = fixesIn(finding, candidates);
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
    ...(fixInProduct.length === 0 ? {} : { fixInProduct }),
    ...(circumstance === undefined ? {} : { circumstance }),
  };
}
