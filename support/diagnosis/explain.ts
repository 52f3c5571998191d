/** Formats a diagnosis for a terminal: verdict, findings, skipped checks, and the message with marked places. */
import { styleText } from 'node:util';
import { factsOf } from '../../sp/finding-facts.ts';
import type { Recognition } from '../../sp/products/evidence.ts';
import { type RejectionCode, rejections } from '../../sp/rejection-advice.ts';
import { outline } from '../../sp/saml/outline.ts';
import { commandLine } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import type { Diagnosed, Diagnosis } from './diagnose.ts';
import type { FixInProduct, ReportedError } from './diagnosis.ts';
import { sentenceOf } from './products/recognize.ts';
import { wordBefore } from './word-before.ts';

type Finding = Diagnosis['findings'][number];

/** Each skipped check, and the option that enables it. */
const skippedChecks: Readonly<Record<Diagnosis['notVerified'][number], string>> = {
  signature: 'whether the right key signed it: add --idp-metadata or --idp-cert',
  decryption: 'the contents of the encrypted assertion: add --sp-key',
  issuer: 'whether it comes from the right IdP: add --idp-metadata',
  destination: 'whether it was sent to the right URL: add --acs',
  recipient: 'whether the assertion may be delivered to that URL: add --acs',
  audience: 'whether it is meant for this SP: add --sp-entity-id',
  'in-response-to': 'whether it responds to a request of this browser: add --request-id, or capture the request too',
  'relay-state':
    'whether RelayState came back unchanged: capture the request too, or add --policy requireRelayState=false',
  account: 'whether the user has an account',
  replay: 'whether it was used before',
  message: 'the response itself: the capture damaged it',
  response:
    'the file has no response to this request: either the user got no further than the IdP, ' +
    'or the capture ends too early',
};

const headlines = { accept: 'ACCEPT', reject: 'REJECT', undetermined: 'UNDETERMINED' } as const;
const colours = { accept: 'green', reject: 'red', undetermined: 'yellow' } as const;

export interface Explanation {
  /** Position of the message in the file, from 1. */
  number: number;
  /** Number of messages in the file. */
  total: number;
  showSecrets?: boolean;
}

export function explain(diagnosed: Diagnosed, { number, total, showSecrets = false }: Explanation): string {
  const { diagnosis, judgedAt, message, lines } = diagnosed;
  const { verdict, findings, notVerified } = diagnosis;
  const place = total === 1 ? '' : `  (message ${number} of ${total})`;
  const sections = [
    [`${styleText(['bold', colours[verdict]], headlines[verdict])}${place}`, ...contextLines(diagnosed)],
    ...findings.map((finding, index) => findingLines(finding, { number: index + 1, line: lines[index], judgedAt })),
    ...(diagnosis.reportedErrors ?? []).map(reportedLines),
    notVerified.length === 0
      ? []
      : [styleText('bold', 'Not verified'), ...notVerified.map((one) => `  ${one}: ${skippedChecks[one]}`)],
    message.kind === 'request' ? [] : [outsideVerdict],
    messageLines(diagnosed, showSecrets),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
}

/** For a file without a message. */
export const explainReported = (reported: readonly ReportedError[]): string =>
  [[styleText(['bold', colours.undetermined], headlines.undetermined)], ...reported.map(reportedLines)]
    .map((lines) => lines.join('\n'))
    .join('\n\n');

const outsideVerdict =
  'Not part of this verdict: whether the user has an account at the SP, ' + 'and what happened outside this capture.';

function contextLines({ message, request, judgedAt, diagnosis, recognition }: Diagnosed): string[] {
  const name = message.kind === 'request' ? 'a request' : 'a response';
  const sentTo = message.sentTo === undefined ? '' : `, sent to ${harmless(message.sentTo)}`;
  const captured = message.at === undefined ? '' : `, captured ${message.at.time.toISOString()}`;
  const issuedAt = request?.pending?.issuedAt;
  const issued = issuedAt === undefined ? '' : `, issued ${withDistance(issuedAt.toISOString(), judgedAt)}`;
  return [
    `  ${name} in ${harmless(message.where)}${sentTo}${captured}`,
    ...(request === undefined ? [] : [`  responds to the request in ${harmless(request.where)}${issued}`]),
    ...(diagnosis.fromCapture ?? []).map(
      ({ option, value, source }) => `  --${option} ${harmless(value)}: ${harmless(source)}`,
    ),
    ...productLine(message, recognition),
    ...(diagnosis.note === undefined ? [] : [`  ${harmless(diagnosis.note)}`]),
    ...(message.kind === 'request' ? [] : [`  judged as of ${judgedAt.toISOString()}${sourceOfTime(diagnosis)}`]),
  ];
}

/** The identity provider's product, if the message shows it. */
function productLine(message: Diagnosed['message'], recognition: Recognition): string[] {
  if (message.kind === 'response') return [`  product: ${sentenceOf(recognition)}`];
  const [sentTo] = recognition.candidates;
  return sentTo === undefined ? [] : [`  product: the request went to ${sentTo.name}: ${sentTo.because.join(', ')}.`];
}

const sourceOfTime = ({ judgedAt }: Diagnosis): string =>
  judgedAt === undefined ? '' : ` (${harmless(judgedAt.source)})`;

function findingLines(
  { code, message, expected, received, path, circumstance, fixInProduct = [] }: Finding,
  { number, line, judgedAt }: { number: number; line: number | undefined; judgedAt: Date },
): string[] {
  const finding = {
    code: code as RejectionCode,
    ...(circumstance === undefined ? {} : { circumstance }),
    ...(expected === null ? {} : { expected: withDistance(expected, judgedAt) }),
    ...(received === null ? {} : { received: withDistance(received, judgedAt) }),
    ...(path === null ? {} : { path: line === undefined ? path : `${path} (line ${line})` }),
    ...(line === undefined ? {} : { line }),
  };
  const more = commandLine('case', { args: rejections[finding.code].case });
  return [
    `${number}. ${styleText('bold', message)}  ${code}`,
    ...[...factsOf(finding), ...fixInProduct.flatMap(asFacts), { name: 'more', value: more }].map(
      ({ name, value }) => `   ${name.padEnd(9)} ${harmless(value)}`,
    ),
  ];
}

const asFacts = ({ name, fix, source, year }: FixInProduct): { name: string; value: string }[] => [
  { name: 'in', value: `${name}: ${fix}` },
  { name: '', value: `(${source}, ${year})` },
];

/** An error that the identity provider itself reported. */
const reportedLines = ({ code, name, cause, fix, source, year }: ReportedError): string[] => [
  `${styleText('bold', `${name} reports ${code}`)}`,
  `   cause     ${harmless(cause)}`,
  ...(fix === '' ? [] : [`   how       ${harmless(fix)}`]),
  `   source    ${source}, ${year}`,
];

/** The formatted message, each marked place with the numbers of its findings. */
function messageLines({ xml, message, diagnosis: { findings }, judgedAt }: Diagnosed, showSecrets: boolean): string[] {
  if (xml === undefined) return [];
  const hint = '  (personal data and secrets are replaced by ⟨…⟩, equal values alike; --show-secrets shows them)';
  const title = message.kind === 'request' ? 'The request' : 'The response';
  return [styleText('bold', title), ...(showSecrets ? [] : [hint]), ...markedLines(xml, findings, judgedAt)];
}

function markedLines(xml: string, findings: readonly Finding[], judgedAt: Date): string[] {
  const numbersAt = new Map<string, number[]>();
  for (const [index, { path }] of findings.entries())
    if (path !== null) numbersAt.set(path, [...(numbersAt.get(path) ?? []), index + 1]);
  return outline(xml).map(({ depth, text, paths }) => {
    const marks = paths.flatMap((path) => numbersAt.get(path) ?? []).toSorted((one, other) => one - other);
    const line = `${'  '.repeat(depth)}${harmless(text)}${distancesIn(text, judgedAt)}`;
    if (marks.length === 0) return `      ${line}`;
    return `${`[${marks.join(',')}]`.padStart(4)} ${styleText('inverse', `>${line}`)}`;
  });
}

const instant = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z`;
const instants = new RegExp(instant, 'g');
const quotedInstants = new RegExp(`="(${instant})"`, 'g');

/** Relative times for the end of a line, so that the line itself stays unchanged. */
function distancesIn(text: string, judgedAt: Date): string {
  const distances = [...text.matchAll(quotedInstants)].map(({ 1: time, index }) => {
    const name = wordBefore(text, index, { part: /[\w:.-]/, longest: 100 });
    return `${name} ${distance(time!, judgedAt)}`;
  });
  return distances.length === 0 ? '' : styleText('dim', `   ← ${distances.join(', ')}`);
}

const withDistance = (text: string, judgedAt: Date): string =>
  text.replace(instants, (time) => `${time} (${distance(time, judgedAt)})`);

/** Relative to the time of judgement, such as `7 minutes earlier`. */
function distance(time: string, judgedAt: Date): string {
  const seconds = Math.round((Date.parse(time) - judgedAt.getTime()) / 1000);
  if (Number.isNaN(seconds)) return 'not a time';
  if (seconds === 0) return 'the same second';
  const [count, unit] = rounded(Math.abs(seconds));
  return `${count} ${unit}${count === 1 ? '' : 's'} ${seconds < 0 ? 'earlier' : 'later'}`;
}

function rounded(seconds: number): [count: number, unit: string] {
  if (seconds < 120) return [seconds, 'second'];
  if (seconds < 7_200) return [Math.round(seconds / 60), 'minute'];
  if (seconds < 172_800) return [Math.round(seconds / 3_600), 'hour'];
  return [Math.round(seconds / 86_400), 'day'];
}
