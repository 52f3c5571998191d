/** Judges every response of a capture with the service provider's own code, against what was told. What was not told is named, never passed over. */
import { isRejectionCode, rejections, type Finding } from '../../sp/rejection.ts';
import { judge } from '../../sp/saml/judge.ts';
import type { Expectation, Judgement, NotVerified } from '../../sp/saml/judgement.ts';
import { outline } from '../../sp/saml/outline.ts';
import { peek } from '../../sp/saml/peek.ts';
import { read } from '../../sp/saml/read.ts';
import type { Capture, Captured } from './capture.ts';
import { redactor, type Redact } from './redact.ts';

/** What was told; times and requests that the capture itself knows are filled in. */
export interface Told extends Omit<Expectation, 'now'> {
  at?: Date | undefined;
}

export interface Diagnosis {
  verdict: Judgement['verdict'];
  findings: { code: string; severity: 'error'; message: string; expected: string | undefined; received: string | undefined; path: string | undefined; fixedBy: string; fix: string; reference: string }[];
  notVerified: readonly NotVerified[];
}

export interface Diagnosed extends Diagnosis {
  judgedAt: Date;
  /** The message laid out, with the places of the findings marked. */
  message: { text: string; marked: boolean }[];
}

export function diagnose({ responses, requests }: Capture, told: Told, { showSecrets = false } = {}): Diagnosed[] {
  return responses.map((captured) => {
    const xml = captured.decoded.ok ? captured.decoded.xml : undefined;
    return present(judgeOne(captured, requests, told), xml, told.at ?? captured.at ?? new Date(), showSecrets ? (text) => text : redactor(xml));
  });
}

type Outcome = { verdict: Judgement['verdict']; findings: readonly Finding[]; notVerified: readonly NotVerified[] };

/** Whose account it is and whether it was used before are facts of a service provider, not of a message: they are taken as good. */
const ofTheProvider: Pick<Expectation, 'account' | 'alreadySeen'> = { account: () => ({ kind: 'expected' }), alreadySeen: () => false };

function judgeOne({ decoded, at, form = false }: Captured, requests: ReadonlyMap<string, string>, { at: toldAt, ...told }: Told): Outcome {
  if (!decoded.ok) return { verdict: 'reject', findings: [decoded.finding], notVerified: [] };
  const outcome = read(decoded.xml);
  if (!outcome.ok) return { verdict: 'reject', findings: [outcome.finding], notVerified: [] };
  const answered = peek(outcome.message).inResponseTo;
  const asked = answered === undefined ? undefined : requests.get(answered);
  const request = told.request ?? (asked === undefined ? undefined : { id: answered!, ...issuedAt(asked) });
  const policies = { ...told.policies, requireRelayState: told.policies.requireRelayState && form };
  return judge(outcome.message, { ...ofTheProvider, ...told, policies, now: toldAt ?? at ?? new Date(), ...(request ? { request } : {}), ...(decoded.relayState === undefined ? {} : { relayState: decoded.relayState }) });
}

function issuedAt(request: string): { issuedAt?: Date } {
  const time = Date.parse(/\sIssueInstant="([^"]+)"/.exec(request)?.[1] ?? '');
  return Number.isNaN(time) ? {} : { issuedAt: new Date(time) };
}

function present({ verdict, findings, notVerified }: Outcome, xml: string | undefined, judgedAt: Date, redact: Redact): Diagnosed {
  const places = new Set(findings.flatMap(({ path }) => (path === undefined ? [] : [path])));
  const shown = (text: string | undefined): string | undefined => (text === undefined ? undefined : redact(text));
  return {
    verdict, notVerified, judgedAt,
    findings: findings.filter(({ code }) => isRejectionCode(code)).map(({ code, expected, received, path }) => {
      const { sentence, fixedBy, fix, reference } = rejections[code];
      return { code, severity: 'error', message: sentence, expected: shown(expected), received: shown(received), path, fixedBy, fix, reference };
    }),
    message: xml === undefined ? [] : outline(redact(xml)).map(({ depth, text, paths }) => ({ text: `${'  '.repeat(depth)}${text}`, marked: paths.some((path) => places.has(path)) })),
  };
}

/** How far a time is from the moment of judging, for people. */
export function relative(text: string, to: Date): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) => {
    const seconds = Math.round((Date.parse(time) - to.getTime()) / 1000);
    const size = Math.abs(seconds);
    const words = size < 120 ? `${size} s` : size < 7_200 ? `${Math.round(size / 60)} min` : size < 172_800 ? `${Math.round(size / 3_600)} h` : `${Math.round(size / 86_400)} days`;
    return `${time} (${seconds === 0 ? 'that moment' : `${words} ${seconds < 0 ? 'earlier' : 'later'}`})`;
  });
}
