/** Mutants that survive for a reason: the change is equivalent, or only a slower test could tell the difference. */

export interface ExplainedMutant {
  file: string;
  /** A part of the line of code, and a part of what took its place; `''` fits everything. */
  original: string;
  replacement: string;
  reason: string;
}

export const explainedMutants: readonly ExplainedMutant[] = [];
