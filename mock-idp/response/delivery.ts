/** The form that delivers a message to an app. */

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
  /** The XML before its transport encoding. */
  xml: string;
  /** Phrases of the arranged faults that changed it. */
  struck: readonly string[];
  /** Those of them that changed the form's method, content type or copies. */
  struckForm: readonly string[];
}
