/** A browser request that carries SAML, as a capture has it. */
import type { Fields } from './form-fields.ts';

/** When a capture says that a request was made, and what in it says so. */
export interface CaptureTime {
  time: Date;
  source: string;
}

/** One browser request, reduced to its SAML parts. */
export interface Exchange {
  /** Path of the entry in the file. */
  where: string;
  method: string;
  url: string | undefined;
  contentType: string | undefined;
  /** Form fields of a POST, otherwise query parameters; including repeated ones. */
  fields: Fields;
  /** The message as decoded by the capturing tool; used if the fields cannot be decoded. */
  xml: string | undefined;
  at: CaptureTime | undefined;
  /** True if a form in a page, which the browser submits elsewhere. */
  inPage?: boolean;
  /** True if the capture is not what the browser sent, octet by octet: a copy may have changed it. */
  copied?: boolean;
}
