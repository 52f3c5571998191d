/** A failed scenario in words: what was sent, the rejection, who must fix it, and how to play it again. */

import { anyOf, type Fact, factsOf } from '../../sp/finding-facts.ts';
import { type Finding, rejections } from '../../sp/rejection-advice.ts';
import { type CaseCode, caseOf, cases } from '../../sp/troubleshooting.ts';
import { belowMargin } from '../catalogue/fault-margin.ts';
import type { RecordedResponse } from '../diagnosis/network-log.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { redact } from './redact.ts';
import type { SequenceRow } from './sequence-diagram.ts';

export interface Telling {
  /** The scenario's name as in the feature file, with its examples filled in. */
  scenario: string;
  /** The feature file. */
  uri?: string;
  /** The rows of the sequence diagram, in order; the newest are listed. */
  rows: readonly SequenceRow[];
  /** The newest response that reached the service provider. */
  answer: Pick<RecordedResponse, 'verdict' | 'findings'> | undefined;
  /** Set where the newest sign-in ended at the identity provider. */
  stuckAt?: CaseCode | undefined;
  /** The faults of the newest response, in the words of the scenario. */
  faults?: readonly string[];
  /** The warnings on open pages, each with who sees it. */
  warnings?: readonly string[];
  /** Files with the browsers' traces. */
  traces?: readonly string[];
}

/** Without secrets, also in what a message or a page says. */
export function story({
  scenario,
  uri,
  rows,
  answer,
  stuckAt,
  faults = [],
  warnings = [],
  traces = [],
}: Telling): string {
  const lines = [
    ...newest(rows),
    ...warnings,
    ...(stuckAt === undefined ? answerLines(answer) : stuckLines(stuckAt)),
    ...(stuckAt === undefined && answer?.verdict === 'success' ? faults.flatMap((one) => belowMargin(one) ?? []) : []),
    ...traceLines(traces),
  ];
  const again = `Play it again: ${replayCommand(scenario, uri)}`;
  return [...lines.map((line) => redact(line)), again].map((line) => harmless(line)).join('\n');
}

const most = 12;

function newest(rows: readonly SequenceRow[]): string[] {
  if (rows.length === 0) return ['Nothing crossed the wire.'];
  const count = rows.length > most ? ` (the last ${most} of ${rows.length})` : '';
  const lines = rows.slice(-most).map(({ label, tone }) => `  ${tone === 'bad' ? '✘' : '·'} ${label}`);
  return [`What came${count}:`, ...lines];
}

function answerLines(answer: Telling['answer']): string[] {
  if (answer === undefined) return ['No answer reached the service provider.'];
  if (answer.verdict === 'success') return ['The newest answer was accepted.'];
  return rejectionLines(answer.findings[0] ?? { code: answer.verdict });
}

function rejectionLines(finding: Finding): string[] {
  const facts = factsOf(finding);
  const of = (name: Fact['name']): string | undefined => facts.find((fact) => fact.name === name)?.value;
  return [
    `The newest answer was refused as ${finding.code}: ${rejections[finding.code].sentence}`,
    ...facts.filter(({ isCode }) => isCode).map(({ name, value }) => `  ${name === 'where' ? 'at' : name} ${value}`),
    `What the administrator is told: “${cases[caseOf(finding.code)].title}”.`,
    `Who must fix it: ${of('who')} (${of('rule')}).`,
    `How: ${of('how')}`,
  ];
}

/** Nothing came back, so the service provider cannot say why; the identity provider's log can. */
function stuckLines(code: CaseCode): string[] {
  const { title, fixedBy, fix } = cases[code];
  return [
    `The sign-in ended at the identity provider, and nothing came back: “${title}” (${code}).`,
    `Who must fix it: ${anyOf(fixedBy)}.`,
    `How: ${fix}`,
  ];
}

function traceLines(traces: readonly string[]): string[] {
  if (traces.length === 0) return [];
  return [
    'What the browsers did (a trace keeps what was typed, passwords too: do not pass it on):',
    ...traces.map((file) => `  npx playwright show-trace ${file}`),
  ];
}

/**
 * The command that plays this scenario alone, quoted for a shell. It names the feature file only where a run would not
 * find it by itself, and the identity provider only where it is not the mock.
 */
export function replayCommand(scenario: string, uri = '', idp = process.env.IDP): string {
  const pattern = patternOfName(scenario).replace(/["`\\$](?![()[\]{}|.*+?^])/g, '\\$&');
  const environment = idp ? `IDP=${inShell(idp)} ` : '';
  const file = uri === '' || uri.startsWith('features/') ? '' : ` ${inShell(uri)}`;
  return `${environment}npm run bdd -- --name "^${pattern}$"${file}`;
}

/** Source of a regular expression that matches this name, and as a part of others. */
export const patternOfName = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const inShell = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
