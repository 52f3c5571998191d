/** The decoded SAML fields of a form body or query string. Other fields are skipped, so a large body costs little. */
export type Fields = readonly (readonly [name: string, value: string])[];

const maxFields = 50;

export function formFields(encoded: string): Fields {
  const fields: [string, string][] = [];
  for (const [, name, value] of encoded.matchAll(/(?:^|[&?])(SAML[A-Za-z]{2,20}|RelayState)=([^&#]*)/gi)) {
    fields.push([name!, decoded(value!)]);
    if (fields.length === maxFields) break;
  }
  return fields;
}

const carriesMessage = /^SAML(Request|Response|art)$/i;

export const includeMessage = (fields: Fields): boolean => fields.some(([name]) => carriesMessage.test(name));

/** Decodes application/x-www-form-urlencoded: plus is a space, and a stray percent sign stays. */
const decoded = (value: string): string =>
  /[%+]/.test(value) ? (new URLSearchParams(`value=${value.replace(/\s+/g, '')}`).get('value') ?? '') : value;
