/** Finds a SAML message in what a test got from its application. */
import type { RequestSource } from '../api.ts';
import { type Arrival, RequestRefused } from '../sign-in/incoming.ts';
import { Refused } from '../tenants/read-input.ts';
import { formsIn, refreshIn } from './forms.ts';
import { locationOf, redirectOf } from './visitor.ts';

/** A message that the application sends to the identity provider. */
export interface Expected {
  field: 'SAMLRequest' | 'SAMLResponse';
  /** The URL at this tenant to which the application sends the browser. */
  url: string;
  /** Its name in messages. */
  name: 'sign-in URL' | 'logout URL';
  /** Advice if the application sent nothing. */
  advice: string;
}

const manually = "Call fetch with { redirect: 'manual' }";
export const authnRequestAt = (ssoUrl: string): Expected => ({
  field: 'SAMLRequest',
  url: ssoUrl,
  name: 'sign-in URL',
  advice: `${manually}, or use signInAt`,
});
export const logoutRequestAt = (sloUrl: string): Expected => ({
  field: 'SAMLRequest',
  url: sloUrl,
  name: 'logout URL',
  advice: `${manually}, or use signOutAt`,
});

export const logoutResponseAt = (sloUrl: string): Expected => ({
  field: 'SAMLResponse',
  url: sloUrl,
  name: 'logout URL',
  advice: `${manually}, or use signOut`,
});

/** A message as it can be passed on: its URL, or the fields of its form. */
export const sourceOf = (arrival: Arrival, url: string): string | Readonly<Record<string, string>> =>
  arrival.binding === 'redirect' ? `${url}?${arrival.query}` : (arrival.fields as Readonly<Record<string, string>>);

/** Throws Refused if there is none, and RequestRefused if it is sent to another URL than this tenant's. */
export async function arrivalFrom(source: RequestSource, expected: Expected): Promise<Arrival> {
  const given: unknown = source; // callers without types pass anything
  if (given === undefined || given === null) throw new Refused(400, nothing(given, expected));
  if (source instanceof Response) return fromResponse(source, expected);
  if (typeof source === 'string' || source instanceof URL) return fromUrl(String(source), expected);
  return { binding: 'post', fields: source };
}

const nothing = (given: null | undefined, { name }: Expected): string =>
  `the request is ${given}. Pass the response of your application, the URL to which it redirects, or the fields of ` +
  `its form.${name === 'sign-in URL' ? ' For a response without a request, pass { unsolicited: true }' : ''}`;

function fromUrl(address: string, expected: Expected): Arrival {
  const url = URL.parse(address);
  if (url === null) throw new Refused(400, `the request must be a whole URL, not “${address.slice(0, 200)}”`);
  makeSureIsHere(url, expected);
  return { binding: 'redirect', query: url.search.slice(1) };
}

/** The message in a response of the application; undefined if it has none. */
export async function messageIn(response: Response, expected: Expected): Promise<Arrival | undefined> {
  const location = locationOf(response);
  if (location !== undefined) {
    const next = redirectOf(response);
    if (next === undefined)
      throw new Refused(400, `the application redirects to “${location.slice(0, 200)}”, which is not a whole URL`);
    return fromUrl(next.href, expected);
  }
  const page = await response.clone().text();
  const form = formsIn(page, response.url).find(({ fields }) => expected.field in fields);
  if (form !== undefined) {
    makeSureIsHere(new URL(form.action), expected);
    return { binding: 'post', fields: form.fields };
  }
  const next = refreshIn(page, response.url);
  return next?.searchParams.has(expected.field) ? fromUrl(next.href, expected) : undefined;
}

/** A redirect, a page with a form for the identity provider, or one that goes on there by itself. */
async function fromResponse(response: Response, expected: Expected): Promise<Arrival> {
  const found = await messageIn(response, expected);
  if (found !== undefined) return found;
  const summary = inShort(response.status, await response.clone().text());
  throw new Refused(
    400,
    `the application returned ${summary}, and no redirect to the identity provider. ${expected.advice}`,
  );
}

/** The status, and how the page begins. */
export function inShort(status: number, page: string): string {
  const text = page
    .slice(0, 20_000)
    .replace(/<(?:style|script)\b[^<]*<\/\w{5,6}>|<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text === '' ? `${status}` : `${status} “${text.length > 120 ? `${text.slice(0, 120)}…` : text}”`;
}

function makeSureIsHere(address: URL, expected: Expected): void {
  if (isAt(address, expected.url)) return;
  throw new RequestRefused(
    'request-destination-wrong',
    `the application sends the browser to ${address.href.replace(/[?#].*/s, '')}, ` +
      `but this tenant's ${expected.name} is ${expected.url}`,
  );
}

/** True for this URL with any query. */
export const isAt = ({ origin, pathname }: URL, url: string): boolean => `${origin}${pathname}` === url;
