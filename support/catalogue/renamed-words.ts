/** Fault phrases and recipe fields that were renamed. The old name works for one minor version. */

export interface Renamed {
  from: string;
  to: string;
  /** The version that has the new name first. */
  since: string;
}

/** Phrases as in the catalogue of faults, amounts in braces. */
export const renamedFaults: readonly Renamed[] = [];

/** Paths of JSON fields, such as `signIn.username`; only the last part changes. */
export const renamedRecipeFields: readonly Renamed[] = [];
