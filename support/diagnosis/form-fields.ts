/** The SAML fields of a form body or a query, decoded. Other fields are left out: a body of any size costs little. */
export type Fields = readonly (readonly [name: string, value: string])[];

const mostFields = 50;

export function formFields(encoded: string): Fields {
  const fields: [string, string][] = [];
  for (const [, name, value] of encoded.matchAll(/(?:^|[&?])(SAML[A-Za-z]{2,20}|RelayState)=([^&#]*)/gi)) {
    fields.push([name!, decoded(value!)]);
    if (fields.length === mostFields) break;
  }
  return fields;
}

const carriesMessage = /^SAML(Request|Response|art)$/i;

export const holdMessage = (fields: Fields): boolean => fields.some(([name]) => carriesMessage.test(name));

/** As application/x-www-form-urlencoded: plus is a space, and a percent sign that escapes nothing stays. */
const decoded = (value: string): string =>
  /[%+]/.test(value) ? (new URLSearchParams(`value=${value.replace(/\s+/g, '')}`).get('value') ?? '') : value;
