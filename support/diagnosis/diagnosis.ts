/** The shape of a diagnosis, which `--json` prints and `sso-rehearsal/saml` returns. */
import type { Candidate } from '../../sp/products/evidence.ts';
import type { ProductId } from '../../sp/products/product.ts';
import type { Circumstance, FixedBy, RejectionCode } from '../../sp/rejection-advice.ts';
import type { Judgement, NotVerified } from '../../sp/saml/judgement.ts';
import type { CaseCode } from '../../sp/troubleshooting.ts';

/** How to fix a finding in the words and menus of the identity provider's product. */
export interface FixInProduct {
  product: ProductId;
  name: string;
  fix: string;
  /** Where these menus are described. */
  source: string;
  year: number | 'undated';
}

/** An error that the identity provider itself reported, on a page or in the StatusMessage. */
export interface ReportedError {
  code: string;
  product: ProductId;
  name: string;
  cause: string;
  /** The troubleshooting entry. */
  case: CaseCode | null;
  fix: string;
  source: string;
  year: number | 'undated';
}

export interface FromCapture {
  /** The option that it stands for. */
  option: 'sp-entity-id' | 'acs';
  value: string;
  /** Such as: Issuer of the request in log.entries[2].request. */
  source: string;
}

/** Printed as JSON for each message; this shape is public. */
export interface Diagnosis {
  verdict: Judgement['verdict'];
  findings: readonly {
    code: RejectionCode;
    severity: 'error';
    message: string;
    expected: string | null;
    received: string | null;
    path: string | null;
    fixedBy: FixedBy;
    fix: string;
    reference: string;
    /** Present if the product is known, and its menus. One for each candidate. */
    fixInProduct?: readonly FixInProduct[];
    /** Present if it changes the advice. */
    circumstance?: Circumstance;
  }[];
  /** `response` if the capture has a request but not its response; `message` if the capture damaged the message. */
  notVerified: readonly (NotVerified | 'response' | 'message')[];
  /** The damage that the capture did to the message, and what to do. */
  note?: string;
  /** The time that a response is judged by, and where it comes from. */
  judgedAt?: { time: string; source: string };
  /** The products that most likely wrote the message; several if it fits several. Absent if nothing tells. */
  writtenBy?: readonly Candidate[];
  /** A sentence on a product that probably did not write the message: reasons for it and against it. */
  otherTraits?: string;
  /** Errors that the identity provider itself reported, on a captured page or in the StatusMessage. */
  reportedErrors?: readonly ReportedError[];
  /** Settings that are not given as options, and where the capture says them. */
  fromCapture?: readonly FromCapture[];
}
