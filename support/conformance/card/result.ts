/** Summary of one run for the report card: counts, and the findings that may be named. */
import { z } from 'zod';
import { faultRows } from '../../catalogue/fault-expectations.ts';
import { causeOf } from '../causes.ts';
import type { Examination, Row } from '../examination.ts';
import { severities, severityName } from '../severity.ts';
import { counts, verifiedPart } from '../summary.ts';

const severity = z.enum([...severities, 'valid response rejected']);

export const resultFormat = z.strictObject({
  peer: z.string(),
  version: z.string(),
  /** Date of the run. */
  at: z.iso.date(),
  counts: z.record(z.enum(['pass', 'fail', 'policy', 'not verified']), z.int()),
  /** Those among “not verified” that do not apply to this product, such as encryption without a key. */
  inapplicable: z.int(),
  /** Part of the applicable faults that could be judged, from 0 to 1. */
  verified: z.number(),
  /** `codes` only has those that may be named. */
  findings: z.array(z.strictObject({ cause: z.string(), severity, count: z.int(), codes: z.array(z.string()) })),
  /** Kinds of attacks of which it rejected every one, with their number. */
  rejectsAll: z.array(z.strictObject({ kind: z.string(), count: z.int() })),
});
export type Result = z.infer<typeof resultFormat>;
export type CardSeverity = z.infer<typeof severity>;

/** These could put a service provider out of service, so they are counted only. */
const neverNamed: readonly string[] = ['goes out of service', 'is kept busy by one response'];

/** In place of a cause that is not public. */
export const notNamed = 'not named';

const causeIn = ({ severity: found, cause = 'other' }: Row): string =>
  found === undefined ? 'rejects valid responses' : cause;

/** Fewer attacks of a kind show little. */
const leastOfKind = 3;

export interface Publicity {
  /** Codes of findings that were checked by hand and are public. Other critical and high ones are only counted. */
  checked: readonly string[];
  /** True if the medium findings are public. */
  mediumIsPublic: boolean;
}

export function resultOf(
  peer: string,
  { version, at, rows }: Pick<Examination, 'version' | 'at' | 'rows'>,
  { checked, mediumIsPublic }: Publicity,
): Result {
  const isPublic = ({ severity: found, code }: Row): boolean =>
    checked.includes(code) || !(found === 'critical' || found === 'high' || (found === 'medium' && !mediumIsPublic));
  return {
    peer,
    version: version ?? 'unknown',
    at: at.slice(0, 10),
    counts: counts(rows),
    inapplicable: rows.filter(({ isInapplicable }) => isInapplicable).length,
    verified: Math.floor(verifiedPart(rows) * 1000) / 1000,
    findings: findingsIn(rows, isPublic),
    rejectsAll: rejectedEntirely(rows),
  };
}

/**
 * One for each cause and severity, the worst first. A cause with a finding that is not public is not named at all,
 * since its milder findings would tell.
 */
function findingsIn(rows: readonly Row[], isPublic: (row: Row) => boolean): Result['findings'] {
  const failed = rows.filter(({ result }) => result === 'fail');
  const hidden = new Set([...neverNamed, ...failed.filter((row) => !isPublic(row)).map(causeIn)]);
  return severity.options.flatMap((level) => {
    const byCause = Map.groupBy(
      failed.filter((row) => severityName(row.severity) === level),
      (row) => (hidden.has(causeIn(row)) ? notNamed : causeIn(row)),
    );
    return [...byCause].map(([cause, found]) => ({
      cause,
      severity: level,
      count: found.length,
      codes: cause === notNamed ? [] : found.map(({ code }) => code),
    }));
  });
}

const hasCause = (code: string): code is keyof typeof faultRows => Object.hasOwn(faultRows, code);

function rejectedEntirely(rows: readonly Row[]): Result['rejectsAll'] {
  const attacks = rows.filter(({ expected, isLogout = false }) => expected === 'reject' && !isLogout);
  const kinds = Map.groupBy(attacks, ({ code }) => {
    const rejection = hasCause(code) ? faultRows[code].rejection : null;
    return rejection === null ? '' : causeOf(rejection);
  });
  return [...kinds]
    .filter(([kind, tried]) => /^accepts /.test(kind) && tried.length >= leastOfKind)
    .filter(([, tried]) => tried.every(({ result }) => result === 'pass'))
    .map(([kind, tried]) => ({ kind: kind.replace(/^accepts /, ''), count: tried.length }));
}

/** Critical and high findings that the card must not name. */
export const unnamed = ({ findings }: Result): number =>
  findings
    .filter((one) => one.severity === 'critical' || one.severity === 'high')
    .reduce((sum, { count, codes }) => sum + count - codes.length, 0);
