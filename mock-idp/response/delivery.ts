/** The form in which a message leaves the identity provider. */

/** The form that the user's browser posts. */
export interface Form {
  action: string;
  method: 'post' | 'get';
  contentType: string;
  fields: readonly (readonly [name: string, value: string])[];
  /** How often the browser posts it. */
  copies: number;
}

export interface Delivery extends Form {
  /** The message as text, as it was before its transport encoding. */
  xml: string;
  /** Phrases of the arranged faults that changed something. */
  struck: readonly string[];
}
