/** Findings that are known and accepted, so that only a change fails a pipeline. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
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
      /** Why it is accepted. */
      reason: z.string().trim().min(1, 'must say why the finding is accepted'),
      /** Since when. */
      date: z.iso.date(),
    }),
  ),
});
export type KnownFinding = z.infer<typeof schema>['accepted'][number];

/** Throws InvalidConfig with everything that is wrong. */
export function readKnownFindings(file: string): KnownFinding[] {
  const result = schema.safeParse(parsed(file));
  if (!result.success)
    throw new InvalidConfig(`${file} does not list known findings:\n${z.prettifyError(result.error)}`);
  return result.data.accepted;
}

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
  const draft = z.strictObject({ accepted: z.array(schema.shape.accepted.element.extend({ reason: z.string() })) });
  const result = draft.safeParse(parsed(file));
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

const order: readonly KnownFinding['severity'][] = severity.options;

const isWorse = (one: KnownFinding['severity'], other: KnownFinding['severity']): boolean =>
  order.indexOf(one) < order.indexOf(other);

/** True for a finding that was accepted, and is not worse than it was then. */
export const isAccepted = ({ phrase }: Pick<Row, 'phrase'>, compared: Reported['compared']): boolean =>
  compared !== undefined && !compared.fresh.some((row) => row.phrase === phrase);

/** True if the finding is at least this severe. Without a severity it counts as medium. */
export const isAtLeast = (row: Pick<Row, 'severity'>, least: Severity): boolean =>
  severities.indexOf(row.severity ?? 'medium') <= severities.indexOf(least);
