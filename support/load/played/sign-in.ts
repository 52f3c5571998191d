/** One sign-in of the load test, as a person does it: who is signed in afterwards decides. Runs in k6 and in Node. */

import { type Driver, describe, type Look, NotOnPage } from '../../product/driver.ts';
import { createFormDriver, type FormDriver, type PageVisitor } from '../../product/form-driver.ts';
import { type At, isAtProduct, type Product } from '../../product/product.ts';
import { finishSso, isSameName, signInAtIdp, signOut, startSso, whoIsSignedIn } from '../../product/signing-in.ts';
import type { SignInForm } from '../../stack/sign-in-form.ts';
import { type Exchange, type LegTimes, legTimes } from './legs.ts';

/** A browser of its own: its cookies, and what it has exchanged so far. */
export interface Client {
  visitor: PageVisitor;
  exchanges: readonly Exchange[];
  /** Another browser with a copy of these cookies. */
  copy(): Client;
}

export interface Person {
  email: string;
  password: string;
  /** The name that the product shows. */
  shownAs: string;
}

export interface Place {
  product: Product;
  /** The origin of the IdP, as the product knows it. */
  idp: string;
  form: SignInForm;
  /** A new browser without cookies. */
  open(): Client;
  /** Waits as a person does who reads a page. */
  think(): Promise<void>;
}

export interface Deeds {
  /** The phrase of the fault that the IdP puts into this response. */
  fault?: string | undefined;
  /** Posts the response again from another browser. */
  replays?: boolean;
  signsOut?: boolean;
}

export const outcomes = [
  'signed in',
  'not signed in',
  'mix-up',
  'fault accepted',
  'fault rejected',
  'session not ended',
] as const;
export type Outcome = (typeof outcomes)[number];

export interface Played {
  outcome: Outcome;
  legs: LegTimes;
  /** Why the user is not signed in. */
  cause?: string | undefined;
  /** The name that the product showed. */
  shown?: string | undefined;
  /** The fault that the response had. */
  fault?: string | undefined;
  /** The page after the sign-in, if the user is not signed in. */
  page?: string | undefined;
  /** The SAMLResponse that was posted, in base64. */
  message?: string | undefined;
}

/** By the script itself, which posts a correct response twice. */
export const replayed = 'a replayed response';

export async function playSignIn(place: Place, person: Person, deeds: Deeds = {}): Promise<Played> {
  const client = place.open();
  const at: At = { driver: driverOf(person.email, client), product: place.product };
  const posted = (): Posted | undefined => lastResponse(client.exchanges);
  /** A fault was rejected only if it reached the product. */
  const notSignedIn = (): Outcome =>
    deeds.fault !== undefined && posted() !== undefined ? 'fault rejected' : 'not signed in';
  const end = (outcome: Outcome, rest: Partial<Played> = {}): Played => ({
    outcome,
    legs: legTimes(client.exchanges, place),
    fault: deeds.fault,
    message: posted()?.message,
    ...rest,
  });
  try {
    await goThrough(place, person, at);
    const look = await at.driver.look();
    const shown = await nameShown(at);
    if (shown !== undefined && !isSameName(shown, person.shownAs)) return end('mix-up', { shown });
    if (shown !== undefined && deeds.fault !== undefined) return end('fault accepted', { shown });
    if (shown === undefined)
      return end(notSignedIn(), { cause: await causeOf(place, client, at), page: describe(person.email, look) });
    const legs = legTimes(client.exchanges, place);
    const later = await playOn(place, person, at, { client, deeds });
    return { ...end('signed in', later), legs };
  } catch (error) {
    return end(notSignedIn(), {
      cause: causeOfError(error as Error, place, client),
      page: describe(person.email, await at.driver.look()),
    });
  }
}

/** From the login page of the product to its first page. */
async function goThrough({ idp, form }: Place, { email, password }: Person, at: At): Promise<void> {
  await startSso(at, email);
  const isIdp = (url: string): boolean => url.startsWith(`${idp}/`);
  if (isIdp((await at.driver.look()).url))
    await signInAtIdp(at, { form, isIdp }, { username: email, password }).catch((error: Error) => {
      // The page that follows decides: a product may have no page for a response that it rejects.
      if (!isAtIdp(error, isIdp)) return;
      throw error;
    });
  await finishSso(at, email);
}

const isAtIdp = (error: Error & { look?: Look }, isIdp: (url: string) => boolean): boolean =>
  error.look === undefined || isIdp(error.look.url);

/** Checks that later, too, it is the same user, a response is used once, and signing out ends the session. */
async function playOn(
  place: Place,
  person: Person,
  at: At,
  { client, deeds }: { client: Client; deeds: Deeds },
): Promise<Partial<Played>> {
  const again = deeds.replays ? await nameOfReplay(place, client) : undefined;
  if (again !== undefined) return { outcome: 'fault accepted', fault: replayed, shown: again };
  await place.think();
  const shown = await nameShown(at);
  if (shown === undefined) return { outcome: 'not signed in', cause: 'the session was lost' };
  if (!isSameName(shown, person.shownAs)) return { outcome: 'mix-up', shown };
  const replays = deeds.replays ? { fault: replayed, outcome: 'fault rejected' as const } : {};
  if (!deeds.signsOut) return replays;
  const before = client.copy();
  await signOut(at);
  const left = await nameShown({ ...at, driver: driverOf(person.email, before) });
  return left === undefined ? replays : { outcome: 'session not ended', shown: left };
}

/** The name that the product shows after the response is posted from another browser; undefined if it is rejected. */
async function nameOfReplay(place: Place, client: Client): Promise<string | undefined> {
  const posted = lastResponse(client.exchanges);
  if (posted === undefined) return undefined;
  const other = place.open();
  const at: At = { driver: driverOf('Mallory', other), product: place.product };
  await other.visitor.visit(posted.url, { method: 'POST', fields: posted.fields, from: new URL(place.idp) });
  return nameShown(at);
}

async function nameShown(at: At): Promise<string | undefined> {
  const { page } = at.product.recipe.signedIn;
  const { url } = await at.driver.look();
  // Never reload: the page may have been made by a posted form.
  if (page === undefined && URL.canParse(url)) await at.driver.open(url);
  return (await whoIsSignedIn(at)) ?? undefined;
}

const driverOf = (who: string, { visitor }: Client): Driver => {
  const driver: FormDriver = createFormDriver({ who, visitor, passesOn: () => true });
  const cannot = (): Promise<never> => Promise.reject(new Error('A load test does not change cookies.'));
  return {
    ...driver,
    aside: cannot,
    cookies: () => Promise.resolve([]),
    takeCookies: cannot,
    forgetCookies: cannot,
  };
};

interface Posted {
  url: string;
  fields: readonly (readonly [string, string])[];
  message: string;
}

function lastResponse(exchanges: readonly Exchange[]): Posted | undefined {
  for (const { url, fields } of exchanges.toReversed()) {
    const message = fields.find(([name]) => name === 'SAMLResponse')?.[1];
    if (message !== undefined) return { url, fields, message };
  }
  return undefined;
}

async function causeOf(place: Place, client: Client, at: At): Promise<string> {
  const failed = failureIn(place, client);
  if (failed !== undefined) return failed;
  if (lastResponse(client.exchanges) !== undefined) return 'the product rejected the response';
  const { url } = await at.driver.look();
  const wasAtIdp = client.exchanges.some((one) => one.url.startsWith(`${place.idp}/`));
  if (!wasAtIdp) return 'the product did not send the user to the IdP';
  return isAtProduct(place.product, url) ? 'no response reached the product' : 'the user is stuck at the IdP';
}

function causeOfError(error: Error, place: Place, client: Client): string {
  const failed = failureIn(place, client);
  if (failed !== undefined) return failed;
  if (error instanceof NotOnPage) return `a page lacks the ${error.what}`;
  const missing = /: it has no ([^.]{1,80})\./.exec(error.message)?.[1];
  if (missing !== undefined) return `a page lacks the ${missing}`;
  if (/still signed in/.test(error.message)) return 'signing out did not end the session';
  if (/passed on without an end/.test(error.message)) return 'the SP and the IdP pass the user on without an end';
  return error.message.slice(0, 120);
}

/** The last request that got no reply, or a reply that says that the server failed. */
function failureIn({ idp }: Place, { exchanges }: Client): string | undefined {
  const failed = exchanges.findLast(({ failure, status }) => failure !== undefined || status >= 500 || status === 429);
  if (failed === undefined) return undefined;
  const who = failed.url.startsWith(`${idp}/`) ? 'the IdP' : 'the product';
  if (failed.failure !== undefined) return `${who} did not reply: ${failed.failure}`;
  return failed.status === 429 ? `${who} takes no more requests (429)` : `${who} failed (${failed.status})`;
}
