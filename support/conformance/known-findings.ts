/** Findings that are known and accepted, so that only a change fails a pipeline. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { currentRenames, newCell, type Renames } from '../gherkin/rename.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { InvalidConfig } from './config.ts';
import type { Reported, Row } from './examination.ts';
import { type Severity, severities, severityName } from './severity.ts';

/** A rejected valid response has no severity. */
const severity = z.enum([...severities, 'valid response rejected']);
const schema = z.strictObject({
  accepted: z.array(
    z.strictObject({
      phrase: z.string().min(1),
      severity,
      /** Why it is accepted; empty in a new entry. */
      reason: z.string().trim().default(''),
      /** Since when. */
      date: z.iso.date(),
    }),
  ),
});
export type KnownFinding = z.infer<typeof schema>['accepted'][number];

/** Throws InvalidConfig with everything that is wrong. Phrases that were renamed have their new names. */
export function readKnownFindings(file: string, renames: Renames = currentRenames): KnownFinding[] {
  const result = schema.safeParse(parsed(file));
  if (!result.success)
    throw new InvalidConfig(`${file} does not list known findings:\n${z.prettifyError(result.error)}`);
  const { accepted } = result.data;
  const unexplained = accepted.filter(({ reason }) => reason === '');
  if (unexplained.length > 0) throw new InvalidConfig(withoutReason(file, unexplained));
  return accepted.map((one) => ({ ...one, phrase: newCell(one.phrase, renames) }));
}

const withoutReason = (file: string, findings: readonly KnownFinding[]): string =>
  [
    `${file} does not say why these findings are accepted. Write each one’s reason into its “reason”:`,
    ...findings.map(({ phrase }) => `  ${phrase}`),
  ].join('\n');

function parsed(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new InvalidConfig(
      `cannot read the known findings in ${file}: write them first with --write-baseline ${file}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidConfig(`${file} is not valid JSON`);
  }
}

/**
 * Writes the findings, each with the earlier reason, or with an empty one to fill in. Of those in the file already, it
 * keeps the reasons, and the ones that this run did not judge.
 */
export function writeKnownFindings(file: string, rows: readonly Row[], accepted: readonly KnownFinding[] = []): void {
  const today = new Date().toISOString().slice(0, 10);
  const written = existsSync(file) ? draftIn(file) : [];
  const known = [...accepted, ...written];
  const judged = new Set(rows.filter(({ result }) => result !== 'not verified').map(({ phrase }) => phrase));
  const found = rows
    .filter(({ result }) => result === 'fail')
    .map(({ phrase, ...row }) => {
      const before = known.find((one) => one.phrase === phrase && one.severity === severityName(row.severity));
      return {
        phrase,
        severity: severityName(row.severity),
        reason: before?.reason ?? '',
        date: before?.date ?? today,
      };
    });
  const all = [...found, ...written.filter(({ phrase }) => !judged.has(phrase))];
  writeFileSync(file, `${JSON.stringify({ accepted: all }, null, 2)}\n`);
}

/** Some reasons may be empty still. Throws InvalidConfig for anything else that is wrong. */
function draftIn(file: string): KnownFinding[] {
  const result = schema.safeParse(parsed(file));
  if (result.success) return result.data.accepted;
  throw new InvalidConfig(`${file} does not list known findings, so it is not overwritten`);
}

export interface Compared {
  /** Findings that are not known, or known with a milder severity. */
  fresh: Row[];
  /** Known findings that were found again. */
  known: Row[];
  /** Known findings that were tried and not found. */
  gone: KnownFinding[];
  /** Findings with another severity than the known one. */
  changed: Row[];
}

export function compareFindings(rows: readonly Row[], accepted: readonly KnownFinding[]): Compared {
  const failed = rows.filter(({ result }) => result === 'fail');
  const before = (row: Row): KnownFinding | undefined => accepted.find(({ phrase }) => phrase === row.phrase);
  const changed = failed.filter(
    (row) => before(row) !== undefined && before(row)!.severity !== severityName(row.severity),
  );
  return {
    known: failed.filter((row) => before(row)?.severity === severityName(row.severity)),
    changed,
    fresh: failed.filter(
      (row) => before(row) === undefined || isWorse(severityName(row.severity), before(row)!.severity),
    ),
    gone: accepted.filter(({ phrase }) =>
      rows.some((row) => row.phrase === phrase && (row.result === 'pass' || row.result === 'policy')),
    ),
  };
}

/** For the terminal: the numbers, and each finding that is not as in the file. */
export function comparison(
  { known, fresh, gone, changed }: Compared,
  { file, accepted }: { file: string; accepted: readonly KnownFinding[] },
): string {
  const before = ({ phrase }: Row): string => {
    const earlier = accepted.find((one) => one.phrase === phrase);
    return earlier === undefined ? '' : `, was ${earlier.severity}`;
  };
  const lineOf = (row: Row): string =>
    `  ${harmless(row.phrase)} (${row.code}): ${severityName(row.severity)}${before(row)}`;
  const milder = changed.filter((row) => !fresh.includes(row));
  return [
    `Compared with ${file}: ${known.length} known, ${fresh.length} new or worse, ${gone.length} gone.`,
    ...(fresh.length === 0 ? [] : ['New or worse:', ...fresh.map(lineOf)]),
    ...(milder.length === 0 ? [] : ['Milder:', ...milder.map(lineOf)]),
    ...(gone.length === 0
      ? []
      : ['Gone, to be removed from the file:', ...gone.map((one) => `  ${harmless(one.phrase)}: ${one.severity}`)]),
  ].join('\n');
}

const order: readonly KnownFinding['severity'][] = severity.options;

const isWorse = (one: KnownFinding['severity'], other: KnownFinding['severity']): boolean =>
  order.indexOf(one) < order.indexOf(other);

/** True for a finding that was accepted, and is not worse than it was then. */
export const isAccepted = ({ phrase }: Pick<Row, 'phrase'>, compared: Reported['compared']): boolean =>
  compared !== undefined && !compared.fresh.some((row) => row.phrase === phrase);

/** True if the finding is at least this severe. Without a severity it counts as medium. */
export const isAtLeast = (row: Pick<Row, 'severity'>, least: Severity): boolean =>
  severities.indexOf(row.severity ?? 'medium') <= severities.indexOf(least);
