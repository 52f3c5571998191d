/** A result as text for the terminal, with what has changed since the last run. */
import type { Result } from './result.ts';
import type { Tally } from './tally.ts';

export const percent = (share: number): string => `${Math.round(1_000 * share) / 10} %`;
export const inMs = (ms: number): string =>
  ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${ms >= 100 ? Math.round(ms) : Math.round(10 * ms) / 10} ms`;

/** Only runs that were alike can be compared. */
export const isAlike = (one: Result, other: Result): boolean =>
  [one, other]
    .map(({ product, profile, rate, phases }) =>
      JSON.stringify([product, profile, rate, phases.map(({ name }) => name)]),
    )
    .every((key, _at, [first]) => key === first);

export interface Change {
  what: string;
  before: string;
  now: string;
  /** True if it differs by more than a tenth. */
  isMuch: boolean;
}

export function changesSince(before: Result, now: Result): Change[] {
  const figures = (result: Result): [string, number | undefined, (value: number) => string][] => [
    ['sign-ins per second', result.perSecond, String],
    ['failed', result.errors, percent],
    ['sign-in without the IdP, p50', result.own?.p50, inMs],
    ['sign-in without the IdP, p95', result.own?.p95, inMs],
    ['sign-in without the IdP, p99', result.own?.p99, inMs],
    ...result.legs.map(({ leg, p95 }): [string, number, (value: number) => string] => [`${leg}, p95`, p95, inMs]),
  ];
  const then = new Map(figures(before).map(([what, value]) => [what, value]));
  return figures(now).flatMap(([what, value, write]) => {
    const old = then.get(what);
    if (value === undefined || old === undefined) return [];
    const isMuch = Math.abs(value - old) > 0.1 * Math.max(value, old);
    return [{ what, before: write(old), now: write(value), isMuch }];
  });
}

/** For a run without findings. */
export const passedIn = ({ notJudged }: Result): string =>
  notJudged === undefined ? 'Passed' : 'Passed, except for what was not judged';

export function summaryOf(result: Result, before: Result | undefined): string {
  const { signIns, took, perSecond, own, legs, causes, faults, phases, findings, bottleneck } = result;
  const rows = legs.map(({ leg, count, p50, p95, p99 }) => [leg, String(count), inMs(p50), inMs(p95), inMs(p99)]);
  const much = before === undefined ? [] : changesSince(before, result).filter(({ isMuch }) => isMuch);
  return [
    `${signIns} sign-ins in ${took} s (${perSecond} a second), by ${result.profile} up to ${result.rate} a second.`,
    ...(result.interrupted ? ['The run was interrupted: this is what was measured until then.'] : []),
    '',
    ...table([['leg', 'count', 'p50', 'p95', 'p99'], ...rows]),
    ...(own === undefined
      ? []
      : [`A sign-in without the IdP: p50 ${inMs(own.p50)}, p95 ${inMs(own.p95)}, p99 ${inMs(own.p99)}.`]),
    ...causes.map(
      ({ cause, count, isExpected }) => `Not signed in: ${cause}: ${count}${isExpected ? ' (arranged)' : ''}`,
    ),
    ...faults.map(
      ({ phrase, sent, accepted }) =>
        `Fault: ${phrase}: ${sent === 0 ? 'never sent, not verified' : `${sent} sent, ${accepted} got in`}`,
    ),
    ...phases
      .filter(({ isDisturbed }) => isDisturbed)
      .map(
        ({ name, recoveredAfter }) =>
          `${name}: ${recoveredAfter === null ? 'did not recover' : `recovered after ${recoveredAfter} s`}`,
      ),
    `Bottleneck: ${bottleneck}`,
    ...(result.notJudged === undefined ? [] : [result.notJudged]),
    ...(before === undefined ? [] : [lastRun(before, much)]),
    '',
    ...(findings.length === 0 ? [`${passedIn(result)}.`] : ['Failed:', ...findings.map((one) => `  ${one}`)]),
  ].join('\n');
}

function lastRun({ at }: Result, much: readonly Change[]): string {
  const when = at.slice(0, 16).replace('T', ' ');
  if (much.length === 0) return `Much as in the last run (${when} UTC).`;
  const list = much.map(({ what, before, now }) => `  ${what}: ${before} → ${now}`);
  return [`Changed since the last run (${when} UTC):`, ...list].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  );
}

export function progressLine({ counts, dropped }: Tally, { second, of }: { second: number; of: number }): string {
  const all = Object.values(counts).reduce((sum, one) => sum + one, 0);
  const bad = counts['mix-up'] + counts['fault accepted'] + counts['session not ended'];
  return [
    `${Math.min(of, Math.floor(second))} of ${of} s`,
    `${all} sign-ins`,
    `${counts['not signed in']} failed`,
    ...(bad > 0 ? [`${bad} wrong`] : []),
    ...(dropped > 0 ? [`${dropped} late`] : []),
  ].join(', ');
}
