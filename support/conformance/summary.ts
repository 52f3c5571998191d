/** Counts and sorts the results of an examination. */
import { groupByCause } from './causes.ts';
import type { Row } from './examination.ts';
import { severities } from './severity.ts';

export const results = ['fail', 'policy', 'not verified', 'pass'] as const satisfies readonly Row['result'][];

/** The number of rows with each result. */
export const counts = (rows: readonly Row[]): Record<Row['result'], number> =>
  Object.fromEntries(results.map((result) => [result, rows.filter((row) => row.result === result).length])) as Record<
    Row['result'],
    number
  >;

/** The number with its noun: “1 fault”, “2 faults”. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The failures by severity and the number of their causes: “20 fail (1 critical, 19 low; 3 causes)”. */
export function failures(rows: readonly Row[]): string {
  const failed = rows.filter(({ result }) => result === 'fail');
  if (failed.length === 0) return '0 fail';
  const bySeverity = [...severities, undefined].flatMap((severity) => {
    const count = failed.filter((row) => row.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity ?? rejectedValid(count)}`];
  });
  return `${failed.length} fail (${bySeverity.join(', ')}; ${counted(groupByCause(failed).length, 'cause')})`;
}

const rejectedValid = (count: number): string => (count === 1 ? 'valid response rejected' : 'valid responses rejected');

/** The part of the applicable rows that could be judged, from 0 to 1. */
export function verifiedPart(rows: readonly Row[]): number {
  const applicable = rows.filter(({ isInapplicable = false }) => !isInapplicable);
  return applicable.length === 0 ? 0 : 1 - counts(applicable)['not verified'] / applicable.length;
}

/** The user who is signed in after a try, in words. */
export function signedInText({ signedInAs, isSignedIn }: Pick<Row, 'signedInAs' | 'isSignedIn'>): string {
  if (signedInAs !== null) return `signed in as ${signedInAs}`;
  if (isSignedIn === undefined) return 'it is not known who is signed in';
  return isSignedIn ? 'a user is signed in, and the page does not show which' : 'no user is signed in';
}

export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
