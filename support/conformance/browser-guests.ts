/** Guests with a real browser, for service providers that need JavaScript. It reaches only allowed hosts. */
import type { Browser, BrowserContext, Page, Request, Response } from 'playwright';
import { driverOnPage } from '../product/browser-driver.ts';
import { NotDone } from '../product/deed.ts';
import type { Driver } from '../product/driver.ts';
import { type Failed, failedOn, sendLostAgain } from '../product/page-requests.ts';
import { type SignedIn, sessionShown } from '../product/signed-in.ts';
import { launchBrowser } from '../stack/browser.ts';
import { contextOptions, wasNeverSent } from '../stack/browser-network.ts';
import { excerpt } from '../stack/excerpt.ts';
import { shortened } from '../stack/foreign-reply.ts';
import type { Person } from '../stack/rehearsal.ts';
import type { Form } from '../stack/visit.ts';
import { finish, finishesByRecipe, lookBy, signOut, start, startsByRecipe } from './by-recipe.ts';
import {
  type Attempt,
  acsReply,
  echoes,
  firstRejected,
  type Guest,
  type GuestOptions,
  mayEcho,
  nothing,
  type SignInOptions,
} from './guest.ts';
import type { Message } from './stand.ts';

export interface BrowserGuests extends AsyncDisposable {
  newGuest(options: GuestOptions): Guest;
}

export async function openBrowserGuests({ allowedHosts }: { allowedHosts: readonly string[] }): Promise<BrowserGuests> {
  const browser = await launchBrowser({
    only: ['localhost', '*.localhost', '127.0.0.1', ...allowedHosts.map((host) => host.replace(/:\d+$/, ''))],
  });
  return { newGuest: (options) => createBrowserGuest(browser, options), [Symbol.asyncDispose]: () => browser.close() };
}

function createBrowserGuest(browser: Browser, options: GuestOptions, storageState?: StorageState): Guest {
  const { config, home } = options;
  let opened: Promise<Tab> | undefined;
  const open = (): Promise<Tab> => {
    opened ??= openTab(browser, options, storageState);
    return opened;
  };
  return {
    signIn: async (signIn) => signInWith(await open(), options, signIn),
    look: async ({ signedIn } = config) =>
      look(await open(), { ...options, config: { ...config, signedIn } }, signedIn.page ?? home.href),
    copy: async () => createBrowserGuest(browser, options, await (await open()).context.storageState()),
    begin: async () => leaveForIdp(await open(), { ...options, startAt: config.signIn }),
    async requestOf(signIn) {
      const tab = await open();
      return requestOf(tab, options, () => leaveForIdp(tab, { ...options, startAt: signIn }));
    },
    async signOut() {
      const tab = await open();
      // Further actions of the recipe need a page that comes after the identity provider.
      return requestOf(tab, options, () => signOut(tab.driver, config).catch(unlessNotDone));
    },
    async deliver(form, from) {
      const tab = await open();
      return observe(tab, options, () => post(tab, form, from));
    },
    async [Symbol.asyncDispose]() {
      await (await opened)?.context.close();
    },
  };
}

async function openTab(
  browser: Browser,
  { config, knows, atIdp }: GuestOptions,
  storageState?: StorageState,
): Promise<Tab> {
  const context = await browser.newContext({
    ...contextOptions(browser),
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...(storageState === undefined ? {} : { storageState }),
  });
  context.setDefaultTimeout(config.timeoutSeconds * 1_000);
  const page = await context.newPage();
  let last: Promise<string> = Promise.resolve('');
  const isSinglePage = config.product?.recipe.singlePage;
  const driver = driverOnPage(page, { who: 'Sam', browser, isSinglePage, end: () => Promise.resolve() });
  const failed = failedOn(page, browser);
  const tab: Tab = { context, page, driver, failed, posts: [], foreignUrl: undefined, status: 0, lastBody: () => last };
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) return;
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && !knows(url)) tab.foreignUrl ??= url.href;
  });
  context.on('request', (request) => {
    if (!atIdp(new URL(request.url())) && carriesResponse(request)) tab.posts.push(request);
  });
  context.on('requestfailed', (request) => {
    const failure = { url: request.url(), error: request.failure()?.errorText ?? '' };
    if (wasNeverSent(browser, failure)) tab.posts = tab.posts.filter((one) => one !== request);
  });
  page.on('response', (response) => {
    if (!response.request().isNavigationRequest() || response.request().frame() !== page.mainFrame()) return;
    tab.status = response.status();
    // A page may be of any length, and only JSON is read as received.
    if (config.signedIn.json !== undefined) last = response.text().catch(() => '');
  });
  return tab;
}

async function signInWith(
  tab: Tab,
  options: GuestOptions,
  { startAt = options.config.signIn, atIdp: onCredentials, postedBy, thief }: SignInOptions = {},
): Promise<Attempt> {
  const { config, person, atIdp } = options;
  if (thief !== undefined) await dropCopies(tab.page);
  if (postedBy !== undefined) await dropResponse(tab.page);
  const first = await observe(tab, options, () =>
    signInOnPages(tab, { startAt, person, atIdp, onCredentials, config }),
  );
  if (postedBy !== undefined) await tab.page.unroute('**');
  const [posted] = tab.posts;
  const other = postedBy ?? thief;
  if (other === undefined || posted === undefined) return first;
  if (postedBy === undefined && first.signedIn === undefined) return { ...first, broken: firstRejected };
  return other.deliver(formOf(posted), new URL(posted.headers().origin ?? config.signIn));
}

/** If a response is posted more than once, leaves the copy to the thief. */
const dropCopies = (page: Page): Promise<unknown> =>
  page.route('**', (route) =>
    route.request().resourceType() === 'fetch' ? route.fulfill({ status: 204 }) : route.continue(),
  );

/** The browser stays on its page, as if the network had failed. */
const dropResponse = (page: Page): Promise<unknown> =>
  page.route('**', (route) =>
    route.request().method() === 'POST' && carriesResponse(route.request())
      ? route.fulfill({ status: 204 })
      : route.continue(),
  );

/** Acts, then reports the response that was posted and how it ended. */
async function observe(tab: Tab, options: GuestOptions, act: () => Promise<unknown>): Promise<Attempt> {
  const { page } = tab;
  tab.posts.length = 0;
  tab.foreignUrl = undefined;
  try {
    await act().catch((error: Error) => {
      // A page that leads to another host cannot be loaded, but its URL is known.
      if (tab.foreignUrl === undefined) throw error;
    });
    if (tab.foreignUrl === undefined && finishesByRecipe(options.config)) await finish(tab.driver, options.config);
    const [posted] = tab.posts;
    const reply = await replyTo(posted, {
      url: page.url(),
      status: tab.status,
      text: excerpt((await textOf(page).catch(() => '')).replace(/\s+/g, ' '), 2_000),
    });
    const relayState = posted && fieldOf(posted, 'RelayState');
    return {
      ...nothing,
      posted: posted !== undefined,
      signedIn: await look(tab, options),
      sent: posted && fieldOf(posted, 'SAMLResponse'),
      reply,
      ledAway: tab.foreignUrl,
      echoed: mayEcho(relayState) && echoes(relayState, await sourceOf(page)),
    };
  } catch (error) {
    const [posted] = tab.posts;
    const tried = { posted: posted !== undefined, sent: posted && fieldOf(posted, 'SAMLResponse') };
    return { ...nothing, ...tried, ...(await lookAfter(tab, options, error)) };
  }
}

type Reply = NonNullable<Attempt['reply']>;

async function replyTo(posted: Request | undefined, ended: Reply): Promise<Reply> {
  const response = await posted?.response().catch(() => null);
  if (!response) return ended;
  const { location = null } = response.headers();
  return acsReply({ url: response.url(), status: response.status(), location }, ended);
}

/** A broken connection hides nothing: who is signed in now? */
async function lookAfter(
  tab: Tab,
  options: GuestOptions,
  error: unknown,
): Promise<Pick<Attempt, 'signedIn' | 'cut' | 'isLate'> | Pick<Attempt, 'broken' | 'isLate'>> {
  const isLate = lateness.test((error as Error).message);
  try {
    return {
      signedIn: await look(tab, options, options.config.signedIn.page ?? options.home.href),
      cut: explainFailure(error),
      isLate,
    };
  } catch {
    return { broken: explainFailure(error), isLate };
  }
}

/** In the message of Playwright's error. */
const lateness = /Timeout (\d+)ms exceeded/;

/** Limits the text taken from the browser, as a page may be larger than the memory of this process. */
const maxCharacters = 10_000_000;

const textOf = (page: Page): Promise<string> =>
  page.locator('body').evaluate((body, max) => (body as HTMLElement).innerText.slice(0, max), maxCharacters);

const sourceOf = (page: Page): Promise<string> =>
  page.locator('html').evaluate((html, max) => html.outerHTML.slice(0, max), maxCharacters);

/** A sentence for the user, as Playwright's own messages describe its calls. */
function explainFailure(error: unknown): string {
  const { message } = error as Error;
  const [, code, url] = /net::(ERR_\w+) at (\S+)/.exec(message) ?? [];
  if (code !== undefined) return `${shortened(url!)} ${chromiumErrors[code] ?? `could not be loaded (${code})`}`;
  const [, milliseconds] = lateness.exec(message) ?? [];
  if (milliseconds !== undefined)
    return `the browser timed out waiting for a page after ${Number(milliseconds) / 1000} s`;
  return `the browser failed: ${excerpt(message.split('\n')[0]!, 200)}`;
}

/** Chromium's error code → the rest of a sentence that starts with the URL. */
const chromiumErrors: Readonly<Record<string, string>> = {
  ERR_CONNECTION_REFUSED: 'refused the connection: no server is listening',
  ERR_CONNECTION_RESET: 'cut the connection before its reply was complete',
  ERR_CONNECTION_CLOSED: 'cut the connection before its reply was complete',
  ERR_EMPTY_RESPONSE: 'cut the connection before its reply was complete',
  ERR_CONTENT_LENGTH_MISMATCH: 'sent more or fewer bytes than its Content-Length',
  ERR_INCOMPLETE_CHUNKED_ENCODING: 'cut the connection before its reply was complete',
  ERR_TOO_MANY_REDIRECTS: 'led to more redirects than a browser follows',
  ERR_INVALID_REDIRECT: 'redirected to an invalid URL',
  ERR_UNSAFE_REDIRECT: 'redirected to a URL that browsers do not follow',
  ERR_INVALID_HTTP_RESPONSE: 'sent something that is not HTTP',
  ERR_CONTENT_DECODING_FAILED: 'sent a page that cannot be decompressed',
  ERR_NAME_NOT_RESOLVED: 'has a host name that is unknown or not allowed',
};

async function look(
  tab: Tab,
  { config, namelessWhenSignedOut }: Pick<GuestOptions, 'config' | 'namelessWhenSignedOut'>,
  to = config.signedIn.page,
): Promise<SignedIn> {
  const { page, context, driver, lastBody } = tab;
  if (config.product?.verbs?.whoIsSignedIn !== undefined) return lookBy(driver, config);
  const response = to === undefined ? undefined : await open(tab, to);
  const body = response ? await response.text() : await lastBody();
  const shown = sessionShown(config, {
    url: new URL(page.url()),
    text: (await textOf(page)).replace(/\s+/g, ' '),
    body,
    cookies: (await context.cookies(page.url())).map(({ name }) => name),
  });
  return shown?.as === '' && namelessWhenSignedOut() ? undefined : shown;
}

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

interface Tab {
  context: BrowserContext;
  page: Page;
  driver: Driver;
  failed: () => Failed;
  /** Requests that sent a SAML response to the service provider. */
  posts: Request[];
  foreignUrl: string | undefined;
  /** Status of the last page. */
  status: number;
  lastBody: () => Promise<string>;
}

/** Enters the email and the credentials, and waits for self-submitting forms. */
async function signInOnPages(
  tab: Pick<Tab, 'page' | 'driver' | 'failed'>,
  {
    startAt,
    person,
    atIdp,
    config,
    onCredentials,
  }: Pick<GuestOptions, 'person' | 'atIdp' | 'config'> & { startAt: string; onCredentials: SignInOptions['atIdp'] },
): Promise<void> {
  const { page } = tab;
  await leaveForIdp(tab, { startAt, person, atIdp, config });
  if (!atIdp(new URL(page.url())) || (await page.locator('input[type=password]').count()) === 0) return;
  await onCredentials?.();
  await page.getByLabel('Username').fill(person.address);
  await page.getByLabel('Password').fill(person.idpPassword);
  await leave(tab, () => page.getByRole('button', { name: 'Sign in' }).press('Enter'));
}

/** By the recipe if it says how, otherwise by the email field of the page, if it has one. */
async function leaveForIdp(
  tab: Pick<Tab, 'page' | 'driver' | 'failed'>,
  { startAt, person, atIdp, config }: Pick<GuestOptions, 'person' | 'atIdp' | 'config'> & { startAt: string },
): Promise<void> {
  if (startsByRecipe(config, startAt)) return start(tab.driver, config);
  await open(tab, startAt);
  await settled(tab.page);
  await enterEmail(tab, person, atIdp);
}

async function enterEmail(
  tab: Pick<Tab, 'page' | 'failed'>,
  person: Person,
  atIdp: (url: URL) => boolean,
): Promise<void> {
  const { page } = tab;
  const email = page.locator('input[type=email]');
  if (atIdp(new URL(page.url())) || (await email.count()) === 0) return;
  await email.first().fill(person.address);
  await leave(tab, () => email.first().press('Enter'));
}

function unlessNotDone(error: unknown): void {
  if (!(error instanceof NotDone)) throw error;
}

/** In place of the IdP, an empty page is shown. */
async function requestOf(
  { page }: Tab,
  { atIdp }: GuestOptions,
  act: () => Promise<unknown>,
): Promise<Message | undefined> {
  let sent: Request | undefined;
  await page.route(atIdp, (route) => {
    sent ??= route.request();
    return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Not sent</title>' });
  });
  try {
    await act();
    if (sent === undefined) return undefined;
    const body = sent.postData();
    return body === null ? sent.url() : Object.fromEntries(new URLSearchParams(body));
  } finally {
    await page.unroute(atIdp);
  }
}

/** Opens a page. Throws if it cannot be loaded. */
async function open({ page, failed }: Pick<Tab, 'page' | 'failed'>, url: string): Promise<Response | null> {
  const since = failed();
  try {
    return await page.goto(url);
  } catch (error) {
    const response = await sendLostAgain(page, { failed, since, settle: () => page.waitForLoadState() });
    if (!response) throw error;
    return response;
  }
}

async function leave({ page, failed }: Pick<Tab, 'page' | 'failed'>, act: () => Promise<void>): Promise<void> {
  const since = failed();
  const left = page.waitForEvent('framenavigated');
  await act();
  await left;
  await settled(page);
  await sendLostAgain(page, { failed, since, settle: () => settled(page) });
}

/** Waits until the page has no SAML message left to post. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState();
  await page.locator('form[data-copies], input[name=SAMLRequest]').first().waitFor({ state: 'detached' });
  await page.waitForLoadState();
}

/** Posts a form from the sender's page, as a browser does that was led there. */
async function post(tab: Tab, { action, method, enctype, fields }: Form, from: URL): Promise<void> {
  const { page } = tab;
  const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
  const inputs = fields
    .map(({ name, value }) => `<textarea name="${escaped(name)}">${escaped(value)}</textarea>`)
    .join('');
  const pageUrl = new URL('/conformance', from).href;
  await page.route(pageUrl, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body:
        `<!doctype html><title>Post</title><form method="${method}" action="${escaped(action.href)}" ` +
        `enctype="${enctype}">${inputs}<button>Post</button></form>`,
    }),
  );
  await page.goto(pageUrl);
  await leave(tab, () => page.getByRole('button', { name: 'Post' }).press('Enter'));
}

/** The posted fields, or the query string. */
const fieldsIn = (request: Request): string => request.postData() ?? new URL(request.url()).search;

const carriesResponse = (request: Request): boolean => /SAMLResponse/.test(fieldsIn(request));

function fieldOf(request: Request, name: string): string | undefined {
  return new URLSearchParams(fieldsIn(request)).get(name) ?? undefined;
}

const formOf = (request: Request): Form => ({
  action: new URL(request.url()),
  method: 'POST',
  enctype: 'application/x-www-form-urlencoded',
  buttons: [],
  fields: [...new URLSearchParams(request.postData() ?? '')].map(([name, value]) => ({ name, value, type: 'hidden' })),
});
