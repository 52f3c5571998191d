/** Finds the AuthnRequest in what a test got from its application. */
import type { RequestSource } from '../api.ts';
import { type Arrival, RequestRefused } from '../sign-in/incoming.ts';
import { Refused } from '../tenants/read-input.ts';
import { formsIn } from './forms.ts';
import { locationOf, redirectOf } from './visitor.ts';

/** Throws Refused if there is none, and RequestRefused if it is sent to another URL than this tenant's. */
export async function arrivalFrom(source: RequestSource, ssoUrl: string): Promise<Arrival> {
  const given: unknown = source; // callers without types pass anything
  if (given === undefined || given === null) throw new Refused(400, nothing(given));
  if (source instanceof Response) return fromResponse(source, ssoUrl);
  if (typeof source === 'string' || source instanceof URL) return fromUrl(String(source), ssoUrl);
  return { binding: 'post', fields: source };
}

const nothing = (given: null | undefined): string =>
  `the request is ${given}. Pass the response of your application, the URL to which it redirects, or the fields of ` +
  'its form. For a response without a request, pass { unsolicited: true }';

function fromUrl(address: string, ssoUrl: string): Arrival {
  const url = URL.parse(address);
  if (url === null) throw new Refused(400, `the request must be a whole URL, not “${address.slice(0, 200)}”`);
  makeSureIsHere(url, ssoUrl);
  return { binding: 'redirect', query: url.search.slice(1) };
}

/** Either a redirect, or a page with a form for the identity provider. */
async function fromResponse(response: Response, ssoUrl: string): Promise<Arrival> {
  const location = locationOf(response);
  if (location !== undefined) return fromUrl(redirectOf(response)?.href ?? location, ssoUrl);
  const page = await response.clone().text();
  const form = formsIn(page, response.url).find(({ fields }) => 'SAMLRequest' in fields);
  if (form === undefined)
    throw new Refused(
      400,
      `the application returned ${inShort(response.status, page)}, and no redirect to the identity provider. ` +
        "Call fetch with { redirect: 'manual' }, or use signInAt",
    );
  makeSureIsHere(new URL(form.action), ssoUrl);
  return { binding: 'post', fields: form.fields };
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

function makeSureIsHere({ origin, pathname }: URL, ssoUrl: string): void {
  if (`${origin}${pathname}` === ssoUrl) return;
  throw new RequestRefused(
    'request-destination-wrong',
    `the application sends the browser to ${origin}${pathname}, but this tenant's sign-in URL is ${ssoUrl}`,
  );
}
