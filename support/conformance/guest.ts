/** A guest: one browser that signs in, scripted over HTTP. Reports each attempt. */
import type { CookieJar } from 'tough-cookie';
import { NotDone } from '../product/deed.ts';
import { EndlessSignIn, NotOnPage } from '../product/driver.ts';
import { createHttpDriver, type HttpDriver } from '../product/http-driver.ts';
import { cookieNames, type SignedIn, sessionShown } from '../product/signed-in.ts';
import { excerpt } from '../stack/excerpt.ts';
import { largestForeignReply, largestOwnReply, shortened, UnusableReply } from '../stack/foreign-reply.ts';
import type { Person } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Form, Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor, type VisitorExchange } from '../stack/visitor.ts';
import { asksIdp, finish, finishesByRecipe, lookBy, signOut, start, startsByRecipe } from './by-recipe.ts';
import type { StandConfig } from './config.ts';
import type { Message } from './stand.ts';

export interface Attempt {
  signedIn: SignedIn;
  /** The SAMLResponse field as posted; undefined if the IdP sent none. */
  sent: string | undefined;
  /** The service provider's reply to it, with its time in milliseconds if measured. */
  reply: { url: string; status: number; text: string } | undefined;
  /** True if a form was sent to the service provider. */
  posted: boolean;
  /** How long it took to reply, or until the connection broke, in milliseconds if measured. */
  tookMs?: number;
  /** Why there was no reply, although the service provider could be looked at afterwards. */
  cut: string | undefined;
  /** URL on another host to which the service provider redirected. */
  ledAway: string | undefined;
  /** True if the page contained RelayState unescaped. */
  echoed: boolean;
  /** Why the attempt could not be completed. */
  broken: string | undefined;
  /** True if it was cut or broken because a reply took longer than the time limit. */
  isLate?: boolean;
  /** True if a page had no form with what the recipe presses or fills in: a script may make it. */
  lacksPart?: boolean;
}

export interface SignInOptions {
  /** Start page. Default: the configured one. */
  startAt?: string;
  /** Called when the IdP asks for credentials. */
  atIdp?: (() => Promise<unknown>) | undefined;
  /** Another browser that posts the response instead of this one; the attempt reports that browser. */
  postedBy?: Guest | undefined;
  /** Another browser that posts the same response again; the attempt reports that browser. */
  thief?: Guest | undefined;
}

export interface Guest extends AsyncDisposable {
  signIn(options?: SignInOptions): Promise<Attempt>;
  /** The user who is signed in now; by default as configured. */
  look(by?: Pick<StandConfig, 'signedIn'>): Promise<SignedIn>;
  /** Goes to the IdP and leaves its request pending there. */
  begin(): Promise<void>;
  /** The AuthnRequest of this sign-in, which the browser does not send; undefined if there is none. */
  requestOf(signIn: string): Promise<Message | undefined>;
  /** Signs out as the recipe says. The LogoutRequest, which the browser does not send; undefined if there is none. */
  signOut(): Promise<Message | undefined>;
  /** Another browser with the same cookies. */
  copy(): Promise<Guest>;
  /** Posts a response that another browser received. */
  deliver(form: Form, from: URL): Promise<Attempt>;
}

export interface GuestOptions {
  config: StandConfig;
  /** A page of the service provider. */
  home: URL;
  /** True for hosts of the service provider and the IdP; redirects elsewhere are not followed. */
  knows: (url: URL) => boolean;
  /** True for URLs of the IdP. */
  atIdp: (url: URL) => boolean;
  person: Person;
  /** True if the service provider shows an empty name where no user is signed in. */
  namelessWhenSignedOut: () => boolean;
}

/** Opens a browser. It waits for each reply as long as the configuration says, or longer if asked to. */
export type OpenGuest = (leastSeconds?: number) => Guest;

/** Our own IdP is slow only because the machine is busy. */
const idpTimeoutMs = 300_000;

export function createGuest(options: GuestOptions, jar?: CookieJar): Guest {
  const { config, knows, atIdp } = options;
  const heard: ScriptedGuest['heard'] = { first: undefined };
  const loaded: ScriptedGuest['loaded'] = { last: undefined };
  const visitor = createVisitor({
    onExchange: (exchange) => {
      heard.first ??= exchange;
      loaded.last = undefined;
    },
    timeoutMs: (url) => (atIdp(url) ? idpTimeoutMs : config.timeoutSeconds * 1_000),
    mayGo: knows,
    jar,
    largest: (url) => (atIdp(url) ? largestOwnReply : largestForeignReply),
  });
  const guest: ScriptedGuest = { ...options, visitor, heard, loaded };
  return {
    signIn: (signIn) => signInAs(guest, signIn),
    look: ({ signedIn } = config) => look({ ...guest, config: { ...config, signedIn } }),
    begin: () => begin(guest),
    requestOf: (signIn) => requestOf(guest, signIn),
    signOut: () => requestOfSignOut(guest),
    copy: async () => createGuest(options, await visitor.jar.clone()),
    deliver: (form, from) => deliver(guest, form, from),
    // Nothing to close: the connections belong to the process.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

interface ScriptedGuest extends GuestOptions {
  visitor: Visitor;
  /** The first exchange since the response was posted: the ACS's. */
  heard: { first: VisitorExchange | undefined };
  /** The page that this browser loaded last to see who is signed in, if it opened no other since. */
  loaded: { last: Visit | undefined };
}

async function signInAs(
  guest: ScriptedGuest,
  { startAt = guest.config.signIn, atIdp, postedBy, thief }: SignInOptions = {},
): Promise<Attempt> {
  const forms: Form[] = [];
  const { last } = guest.loaded;
  try {
    const page = await signInScripted({
      spUrl: guest.home.origin,
      person: guest.person,
      visitor: guest.visitor,
      startAt,
      open: last?.url.href === new URL(startAt, guest.home).href ? last : undefined,
      start: startsByRecipe(guest.config, startAt) ? () => startPage(guest) : undefined,
      onCredentials: atIdp,
      onResponse: (form) => void forms.push(form),
    });
    const [form] = forms;
    if (form === undefined) return { ...nothing, ...outcomeOf(guest, page), signedIn: await look(guest, page) };
    if (postedBy !== undefined) return await postedBy.deliver(form, page.url);
    const first = await deliver(guest, form, page.url);
    if (thief === undefined) return first;
    if (first.signedIn === undefined) return { ...first, broken: firstRejected };
    return await thief.deliver(form, page.url);
  } catch (error) {
    const lacksPart = error instanceof NotOnPage || (error instanceof NotDone && error.lacks !== undefined);
    return { ...nothing, broken: reason(error), isLate: isLate(error), lacksPart };
  }
}

/** The page after what the product asks for at a first sign-in. */
async function finishPage(guest: ScriptedGuest, page: Visit): Promise<Visit> {
  const driver = driverOf(guest, { page });
  await finish(driver, guest.config);
  return pageOf(driver);
}

/** The page to which the recipe leads. */
async function startPage(guest: ScriptedGuest, visitor = guest.visitor): Promise<Visit> {
  const driver = driverOf(guest, { visitor });
  await start(driver, guest.config);
  return pageOf(driver);
}

const driverOf = (
  { visitor: own }: ScriptedGuest,
  { visitor = own, page }: { visitor?: Visitor; page?: Visit } = {},
): HttpDriver => createHttpDriver({ who: 'Sam', visitor, page, passesOn: asksIdp });

async function pageOf(driver: HttpDriver): Promise<Visit> {
  if (driver.page === undefined) throw new UnusableReply((await driver.look()).text);
  return driver.page;
}

async function deliver(guest: ScriptedGuest, form: Form, from: URL): Promise<Attempt> {
  const field = (name: string): string | undefined => form.fields.find((one) => one.name === name)?.value;
  const [sent, relayState] = [field('SAMLResponse'), field('RelayState')];
  const begin = performance.now();
  const took = (): Pick<Attempt, 'posted' | 'sent' | 'tookMs'> => ({
    posted: true,
    sent,
    tookMs: Math.round(performance.now() - begin),
  });
  try {
    guest.heard.first = undefined;
    let ended = await guest.visitor.submit(form, {}, { from });
    const received = replyOf(guest, ended);
    const posted = took();
    if (finishesByRecipe(guest.config)) ended = await finishPage(guest, ended);
    const signedIn = await look(guest, ended, ended.url.href !== form.action.href);
    return {
      ...nothing,
      ...posted,
      ...outcomeOf(guest, ended),
      reply: received,
      signedIn,
      echoed: echoes(relayState, ended.body),
    };
  } catch (error) {
    return { ...nothing, ...took(), ...(await lookAfter(guest, error)) };
  }
}

/** A broken connection hides nothing: who is signed in now? */
async function lookAfter(
  guest: ScriptedGuest,
  error: unknown,
): Promise<Pick<Attempt, 'signedIn' | 'cut' | 'isLate'> | Pick<Attempt, 'broken' | 'isLate'>> {
  if (!(error instanceof UnusableReply)) return { broken: reason(error) };
  try {
    return { signedIn: await look(guest), cut: reason(error), isLate: isLate(error) };
  } catch {
    return { broken: reason(error), isLate: isLate(error) };
  }
}

const isLate = (error: unknown): boolean => error instanceof UnusableReply && error.isLate === true;

/** The signed-in user according to the configured page or, without one, the page where the sign-in ended. */
async function look(guest: ScriptedGuest, ended?: Visit, redirected = false): Promise<SignedIn> {
  const { config, home, atIdp, visitor, loaded, namelessWhenSignedOut } = guest;
  if (config.product?.verbs?.whoIsSignedIn !== undefined)
    return lookBy(driverOf(guest, ended === undefined ? {} : { page: ended }), config);
  const { page: statusPage } = config.signedIn;
  // A guest who was redirected to that page has just loaded it.
  const page =
    ended !== undefined && (statusPage === undefined || (redirected && ended.url.href === statusPage))
      ? ended
      : await visitor.visit(statusPage ?? home, { follow: (next) => !atIdp(next) });
  loaded.last = page === ended ? undefined : page;
  const shown = sessionShown(config, {
    url: page.url,
    text: page.spacedText,
    body: page.body,
    cookies: await cookieNames(visitor.jar, page.url),
  });
  return shown?.as === '' && namelessWhenSignedOut() ? undefined : shown;
}

type Reply = NonNullable<Attempt['reply']>;

function replyOf({ heard: { first } }: ScriptedGuest, { url, status, text }: Visit): Reply {
  const ended = { url: url.href, status, text: excerpt(text, 2_000) };
  return first === undefined
    ? ended
    : acsReply({ url: first.url.href, status: first.status, location: first.headers.get('location') }, ended);
}

/** The reply of the ACS, with the page to which it leads. */
export function acsReply(acs: Omit<Reply, 'text'> & { location: string | null }, ended: Reply): Reply {
  const { url, status, location } = acs;
  if (url === ended.url) return ended;
  return { url, status, text: `Redirected to ${shortened(location ?? ended.url)}, which shows: ${ended.text}` };
}

function outcomeOf(
  { knows }: GuestOptions,
  { url, status, text, headers }: Visit,
): Pick<Attempt, 'ledAway'> & {
  reply: Reply;
} {
  const location = status >= 300 && status < 400 ? headers.get('location') : null;
  const target = location === null ? null : URL.parse(location, url);
  return {
    reply: { url: url.href, status, text: excerpt(text, 2_000) },
    ledAway: target === null || knows(target) ? undefined : target.href,
  };
}

async function begin(guest: ScriptedGuest): Promise<void> {
  const { config, atIdp, person, visitor } = guest;
  if (startsByRecipe(config, config.signIn)) await startPage(guest);
  else await enterEmail(await visitor.visit(config.signIn), { atIdp, person, visitor });
}

/** Enters the email if the page asks for nothing else. Returns the page that follows. */
async function enterEmail(
  page: Visit,
  { atIdp, person, visitor }: Pick<ScriptedGuest, 'atIdp' | 'person' | 'visitor'>,
): Promise<Visit> {
  const form = page.forms.find(
    ({ fields }) => fields.some(({ type }) => type === 'email') && !fields.some(({ type }) => type === 'password'),
  );
  if (form === undefined || atIdp(page.url)) return page;
  const emails = form.fields.filter(({ type }) => type === 'email');
  return visitor.submit(form, Object.fromEntries(emails.map(({ name }) => [name, person.address])), {
    from: page.url,
  });
}

/** With the same cookies; a redirect to the identity provider is the result. */
const visitorToIdp = ({ config, knows, atIdp, loaded, visitor: { jar } }: ScriptedGuest): Visitor =>
  createVisitor({
    onExchange: () => {
      loaded.last = undefined;
    },
    timeoutMs: config.timeoutSeconds * 1_000,
    mayGo: (url) => knows(url) && !atIdp(url),
    jar,
  });

async function requestOfSignOut(guest: ScriptedGuest): Promise<Message | undefined> {
  const visitor = visitorToIdp(guest);
  const driver = createHttpDriver({ who: 'Sam', visitor, passesOn: () => false });
  try {
    await signOut(driver, guest.config);
  } catch (error) {
    // Further actions of the recipe need a page that comes after the identity provider.
    if (!(error instanceof NotDone) || driver.page === undefined) throw error;
  }
  return messageOn(await pageOf(driver), guest.atIdp);
}

async function requestOf(guest: ScriptedGuest, signIn: string): Promise<Message | undefined> {
  const { config, atIdp, person } = guest;
  const visitor = visitorToIdp(guest);
  const page = startsByRecipe(config, signIn)
    ? await startPage(guest, visitor)
    : await enterEmail(await visitor.visit(signIn), { atIdp, person, visitor });
  return messageOn(page, atIdp);
}

/** The address to which the page leads at once, without a script. */
const refreshOf = ({ body }: Visit): string | undefined =>
  /<meta http-equiv="?refresh"?[^>]{0,20}content="0;\s?url=([^">]{1,20000})"/i
    .exec(body)?.[1]
    ?.replaceAll('&amp;', '&');

/** The message to the identity provider that this page sends. */
function messageOn(page: Visit, atIdp: GuestOptions['atIdp']): Message | undefined {
  const location = URL.parse(page.headers.get('location') ?? refreshOf(page) ?? '', page.url);
  if (location !== null && atIdp(location)) return location.href;
  const fields = page.forms.find(({ action }) => atIdp(action))?.fields;
  return fields && Object.fromEntries(fields.map(({ name, value }) => [name, value]));
}

/** Why a replay cannot be judged: the first response should have been accepted. */
export const firstRejected = 'the first of the two was already rejected, so the second shows nothing';

export const nothing: Attempt = {
  signedIn: undefined,
  sent: undefined,
  reply: undefined,
  posted: false,
  cut: undefined,
  ledAway: undefined,
  echoed: false,
  broken: undefined,
};

/** True if this RelayState would be recognized in a page that contains it unescaped. */
export const mayEcho = (relayState: string | undefined): relayState is string =>
  relayState !== undefined && /[<>]/.test(relayState);

/** True if the page contains the markup of RelayState unescaped. */
export const echoes = (relayState: string | undefined, body: string): boolean =>
  mayEcho(relayState) && body.includes(relayState);

/** Why an attempt ended, as a sentence. Errors that no page can cause are bugs of the conformance test. */
export const reason = (error: unknown): string =>
  error instanceof UnusableReply || isOfPage(error) ? error.message : `internal error: ${(error as Error).message}`;

/** True for a page that is not as the recipe says. */
const isOfPage = (error: unknown): error is Error =>
  error instanceof NotDone || error instanceof NotOnPage || error instanceof EndlessSignIn;
