/** Counts and sorts the results of an examination. */
import type { Row } from './examination.ts';
import { severities } from './severity.ts';

export const results = ['fail', 'policy', 'not verified', 'pass'] as const satisfies readonly Row['result'][];

/** The number of rows with each result. */
export const counts = (rows: readonly Row[]): Record<Row['result'], number> =>
  Object.fromEntries(results.map((result) => [result, rows.filter((row) => row.result === result).length])) as Record<
    Row['result'],
    number
  >;

/** By severity, the worst first. A rejected valid response has no severity and comes last. */
export const worstFirst = (rows: readonly Row[]): Row[] => rows.toSorted((one, other) => rank(one) - rank(other));

const rank = ({ severity }: Row): number => (severity === undefined ? severities.length : severities.indexOf(severity));
