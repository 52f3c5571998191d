/** Tells a scenario that failed in words: who did what, what came, which rejection, what the administrator is told, and how to play it again. It judges nothing. */

import { type CaseCode, caseOf, cases } from '../../sp/cases.ts';
import { anyOf, fixers } from '../../sp/finding-facts.ts';
import { type Finding, rejections } from '../../sp/rejection.ts';
import type { Answer } from '../diagnosis/network-log.ts';
import { redact } from './redact.ts';
import type { Move } from './sequence-diagram.ts';

export interface Telling {
  /** Name of the scenario as it stands in the feature file, with its examples filled in. */
  scenario: string;
  /** The feature file. */
  uri?: string;
  /** What came, in order; the newest rows are told. */
  moves: readonly Move[];
  /** The newest answer that reached the service provider. */
  answer: Pick<Answer, 'verdict' | 'findings'> | undefined;
  /** Where the newest sign-in ended, if that was at the identity provider. */
  stuckAt?: CaseCode | undefined;
  /** What the pages in front of people warn of, each with who reads it. */
  warnings?: readonly string[];
  /** Files in which the browsers' traces are. */
  traces?: readonly string[];
}

export function story({ scenario, uri, moves, answer, stuckAt, warnings = [], traces = [] }: Telling): string {
  const came = moves.slice(-12).map(({ label, tone }) => `  ${tone === 'bad' ? '✘' : '·'} ${label}`);
  return [
    ...[
      ...(came.length === 0
        ? ['Nothing crossed the wire.']
        : [`What came${moves.length > 12 ? ` (the last 12 of ${moves.length})` : ''}:`, ...came]),
      ...warnings,
      ...(stuckAt !== undefined
        ? stuck(stuckAt)
        : answer === undefined
          ? ['No answer reached the service provider.']
          : answer.verdict === 'success'
            ? ['The newest answer was accepted.']
            : refusal(answer.findings[0] ?? { code: answer.verdict })),
      ...(traces.length === 0
        ? []
        : [
            'What the browsers did (a trace keeps what was typed, passwords too: do not pass it on):',
            ...traces.map((file) => `  npx playwright show-trace ${file}`),
          ]),
    ].map((line) => redact(line)),
    `Play it again: ${replayCommand(scenario, uri)}`,
  ].join('\n');
}

function refusal({ code, expected, received, path }: Finding): string[] {
  const { sentence, fixedBy, fix, reference } = rejections[code];
  return [
    `The newest answer was refused as ${code}: ${sentence}`,
    ...(expected === undefined ? [] : [`  expected ${expected}`]),
    ...(received === undefined ? [] : [`  received ${received === '' ? 'nothing' : received}`]),
    ...(path === undefined ? [] : [`  at ${path}`]),
    `What the administrator is told: “${cases[caseOf(code)].title}”.`,
    `Who must fix it: ${fixers[fixedBy]} (${reference}).`,
    `How: ${fix}`,
  ];
}

/** Nothing came back, so the service provider cannot say why; the identity provider's log can. */
function stuck(code: CaseCode): string[] {
  const { title, fixedBy, fix } = cases[code];
  return [
    `The sign-in ended at the identity provider, and nothing came back: “${title}” (${code}).`,
    `Who must fix it: ${anyOf(fixedBy)}.`,
    `How: ${fix}`,
  ];
}

/** The command that plays this one scenario, quoted for a shell. The feature file is named only where a run would not find it by itself, the identity provider where it is not the mock. */
export function replayCommand(scenario: string, uri = '', idp = process.env.IDP): string {
  const pattern = scenario.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/["`\\$](?![()[\]{}|.*+?^])/g, '\\$&');
  return `${idp ? `IDP=${inShell(idp)} ` : ''}npm run bdd -- --name "^${pattern}$"${uri === '' || uri.startsWith('features/') ? '' : ` ${inShell(uri)}`}`;
}

const inShell = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
