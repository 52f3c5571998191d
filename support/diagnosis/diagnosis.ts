/** The shape of a diagnosis, which `--json` prints and `sso-rehearsal/saml` returns. */
import type { ProductId } from '../../sp/products/product.ts';
import type { Circumstance, FixedBy, RejectionCode } from '../../sp/rejection-advice.ts';
import type { Judgement, NotVerified } from '../../sp/saml/judgement.ts';

/** A product that may have written the message. */
export interface WrittenBy {
  product: ProductId;
  name: string;
  /** Reasons, the strongest first. */
  because: readonly string[];
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
  writtenBy?: readonly WrittenBy[];
  /** Settings that are not given as options, and where the capture says them. */
  fromCapture?: readonly FromCapture[];
}
