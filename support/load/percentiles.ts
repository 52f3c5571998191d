/** Percentiles from values, by the nearest rank. They are never averaged. */

export interface Times {
  count: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/** Undefined without values. Milliseconds, to a tenth. */
export function timesOf(values: readonly number[]): Times | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    Math.round(10 * sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!) / 10;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
