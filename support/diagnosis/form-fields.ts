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

/** The fields of a body as a tool stores it: as it is, after header lines, as multipart, or in base64. */
export function bodyFields(stored: string): Fields {
  const direct = formFields(stored);
  if (includeMessage(direct)) return direct;
  if (stored.includes('SAML')) {
    const multipart = partsOf(stored);
    return includeMessage(multipart) ? multipart : formFields(withoutHeaders(stored));
  }
  if (stored.length < 20 || !/^[A-Za-z0-9+/=\s]+$/.test(stored)) return direct;
  return formFields(Buffer.from(stored, 'base64').toString('utf8'));
}

/** Firefox stored the request's header lines with the body. */
const withoutHeaders = (body: string): string =>
  /^[A-Za-z-]+:/.test(body) ? body.slice(body.search(/\r?\n\r?\n/)).trim() : body;

/** The SAML fields of multipart/form-data. */
const partsOf = (body: string): Fields =>
  body
    .split('name="', maxFields)
    .slice(1)
    .flatMap((part): [string, string][] => {
      const name = /^(SAML[A-Za-z]{2,20}|RelayState)"/.exec(part)?.[1];
      const [, content] = part.split(/\r?\n\r?\n/, 2);
      return name === undefined || content === undefined ? [] : [[name, content.split(/\r?\n--/, 1)[0]!]];
    });

/**
 * Tools list fields decoded, or still percent-encoded, and all in the same form. Base64 shows which: its plus signs,
 * slashes and padding are encoded, or they are not.
 */
export function listedFields(fields: Fields): Fields {
  const message = fields.find(([name]) => carriesMessage.test(name))?.[1];
  if (message === undefined || !/%[0-9A-F]{2}/i.test(message) || /[+/=<]/.test(message)) return fields;
  return fields.map(([name, value]) => [name, decodeOnce(value)]);
}

export function decodeOnce(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Decodes application/x-www-form-urlencoded: plus is a space, and a stray percent sign stays. */
const decoded = (value: string): string =>
  /[%+]/.test(value) ? (new URLSearchParams(`value=${value.replace(/\s+/g, '')}`).get('value') ?? '') : value;
