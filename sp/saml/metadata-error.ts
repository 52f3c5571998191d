/** Errors of an IdP's metadata. */

/** Codes of metadata errors, which are codes of troubleshooting entries. */
export type MetadataProblem =
  | 'metadata-unparseable'
  | 'metadata-wrong-root'
  | 'metadata-expired'
  | 'metadata-entity-missing'
  | 'sso-binding-missing'
  | 'idp-certificate-absent'
  | 'certificate-text-corrupted';

export class MetadataError extends Error {
  readonly problem: MetadataProblem;
  constructor(problem: MetadataProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
