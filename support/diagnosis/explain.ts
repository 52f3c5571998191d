/** A diagnosis in words for a terminal: verdict, findings, what was not verified, and the message with the places marked. It decides nothing. */
import { styleText } from 'node:util';
import { type FixedBy, type RejectionCode, rejections } from '../../sp/rejection.ts';
import { outline } from '../../sp/saml/outline.ts';
import { called } from '../terminal/command-line.ts';
import type { Diagnosed, Diagnosis } from './diagnose.ts';

const people: Readonly<Record<FixedBy, string>> = {
  'idp-admin': 'the administrator of the identity provider',
  'sp-admin': 'the administrator of the service provider',
  user: 'the user',
  network: 'whoever runs the network or the clocks',
  vendor: 'the vendor',
};

/** What is missing, and what tells it. */
const untold: Readonly<Record<Diagnosis['notVerified'][number], string>> = {
  signature: 'whether the right key signed it: tell --idp-metadata or --idp-cert',
  decryption: 'what the encrypted assertion says: tell --sp-key',
  issuer: 'whether it comes from the right identity provider: tell --idp-metadata',
  destination: 'whether it was sent to the right address: tell --acs',
  recipient: 'whether the assertion may be delivered there: tell --acs',
  audience: 'whether it is meant for this service provider: tell --sp-entity-id',
  'in-response-to': 'whether it answers the request of this browser: tell --request-id, or capture the request, too',
  'relay-state':
    'whether RelayState came back as it went out: capture the request, too, or tell --policy requireRelayState=false',
  account: 'whether the user has an account',
  replay: 'whether it was used before',
  response:
    'nothing in the file answers this request: the visitor got no further than the identity provider, or the capture ends too early',
};

const headlines = { accept: 'ACCEPT', reject: 'REJECT', undetermined: 'UNDETERMINED' } as const;
const colours = { accept: 'green', reject: 'red', undetermined: 'yellow' } as const;

export function explain(
  diagnosed: Diagnosed,
  { number, total, showSecrets = false }: { number: number; total: number; showSecrets?: boolean },
): string {
  const {
    diagnosis: { verdict, findings, notVerified },
    judgedAt,
    xml,
  } = diagnosed;
  const sections = [
    [
      `${styleText(['bold', colours[verdict]], headlines[verdict])}${total === 1 ? '' : `  (message ${number} of ${total})`}`,
      ...circumstances(diagnosed),
    ],
    ...findings.map((finding, index) => inWords(finding, { index, line: diagnosed.lines[index], judgedAt })),
    ...(notVerified.length === 0
      ? []
      : [[styleText('bold', 'Not verified'), ...notVerified.map((one) => `  ${one}: ${untold[one]}`)]]),
    ...(diagnosed.message.kind === 'request'
      ? []
      : [
          [
            'Outside this verdict: whether the user has an account at the service provider, and what happened outside this capture.',
          ],
        ]),
    ...(xml === undefined
      ? []
      : [
          [
            styleText('bold', 'The message'),
            ...(showSecrets
              ? []
              : ['  (personal data and secrets are replaced by ⟨…⟩, equal ones alike; --show-secrets shows them)']),
            ...laidOut(xml, findings, judgedAt),
          ],
        ]),
  ];
  return sections.map((section) => section.map(visible).join('\n')).join('\n\n');
}

function circumstances({ message, request, judgedAt }: Diagnosed): string[] {
  const name = message.kind === 'request' ? 'a request' : 'a response';
  const captured = message.at === undefined ? '' : `, captured ${message.at.toISOString()}`;
  return [
    `  ${name} in ${message.where}${message.sentTo === undefined ? '' : `, sent to ${message.sentTo}`}${captured}`,
    ...(request === undefined
      ? []
      : [
          `  answers the request in ${request.where}${request.pending?.issuedAt === undefined ? '' : `, issued ${withDistance(request.pending.issuedAt.toISOString(), judgedAt)}`}`,
        ]),
    ...(message.kind === 'request' ? [] : [`  judged as at ${judgedAt.toISOString()}`]),
  ];
}

function inWords(
  { code, message, expected, received, path, fixedBy, fix, reference }: Diagnosis['findings'][number],
  { index, line, judgedAt }: { index: number; line: number | undefined; judgedAt: Date },
): string[] {
  const place =
    path === null
      ? line === undefined
        ? undefined
        : `line ${line}`
      : `${path}${line === undefined ? '' : ` (line ${line})`}`;
  const facts: [string, string | null | undefined][] = [
    ['expected', expected === null ? null : withDistance(expected, judgedAt)],
    ['received', received === null ? null : withDistance(received === '' ? '(empty)' : received, judgedAt)],
    ['where', place],
    ['who', people[fixedBy]],
    ['how', fix],
    ['rule', reference],
    ['more', called('case', { args: rejections[code as RejectionCode].case })],
  ];
  return [
    `${index + 1}. ${styleText('bold', message)}  ${code}`,
    ...facts.flatMap(([name, said]) => (said == null ? [] : [`   ${name.padEnd(9)} ${said}`])),
  ];
}

function laidOut(xml: string, findings: Diagnosis['findings'], judgedAt: Date): string[] {
  const numbers = new Map<string, number[]>();
  findings.forEach(({ path }, index) => path !== null && numbers.set(path, [...(numbers.get(path) ?? []), index + 1]));
  return outline(xml).map(({ depth, text, paths }) => {
    const marks = paths.flatMap((path) => numbers.get(path) ?? []).toSorted((one, other) => one - other);
    const line = `${'  '.repeat(depth)}${text}${distances(text, judgedAt)}`;
    return marks.length === 0
      ? `      ${line}`
      : `${`[${marks.join(',')}]`.padStart(4)} ${styleText('inverse', `>${line}`)}`;
  });
}

const instant = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** The times of a line, told at its end, so that the line itself stays as it was. */
function distances(text: string, judgedAt: Date): string {
  const told = [...text.matchAll(/([\w:.-]+)="(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g)].map(
    ([, name, time]) => `${name} ${distance(time!, judgedAt)}`,
  );
  return told.length === 0 ? '' : styleText('dim', `   ← ${told.join(', ')}`);
}

const withDistance = (text: string, judgedAt: Date): string =>
  text.replace(instant, (time) => `${time} (${distance(time, judgedAt)})`);

/** How far a time is from the moment of judging: `7 minutes earlier`. */
export function distance(time: string, judgedAt: Date): string {
  const seconds = Math.round((Date.parse(time) - judgedAt.getTime()) / 1000);
  if (Number.isNaN(seconds)) return 'no time';
  if (seconds === 0) return 'the same second';
  const size = Math.abs(seconds);
  const [count, unit] =
    size < 120
      ? [size, 'second']
      : size < 7_200
        ? [Math.round(size / 60), 'minute']
        : size < 172_800
          ? [Math.round(size / 3_600), 'hour']
          : [Math.round(size / 86_400), 'day'];
  return `${count} ${unit}${count === 1 ? '' : 's'} ${seconds < 0 ? 'earlier' : 'later'}`;
}

/** Nothing in a message may move the cursor, turn the text around or hide in it; the colours are our own. */
const visible = (text: string): string =>
  text.replace(
    /(\u001b\[\d+m)|[\0-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (character, colour?: string) =>
      colour ?? `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
