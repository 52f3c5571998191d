/** Acts for a person in their own browser, by keyboard and by visible labels. */
import type { Browser, BrowserContext, Frame, Locator, Page, Response } from 'playwright';
import { contextOptions } from '../stack/browser-network.ts';
import { folded } from '../stack/page.ts';
import {
  type Cookie,
  DisabledButton,
  type Driver,
  type DriverLog,
  EndlessSignIn,
  type Exchange,
  failure,
  type Look,
  NeedsHttp,
  NoPage,
  NotOnPage,
  noPage,
  type ScriptReply,
  StaysOnPage,
} from './driver.ts';
import type { FieldHint, Label } from './label.ts';
import { errorPage, type Failed, failedOn, sendLostAgain, staysOnErrorPage } from './page-requests.ts';
import { findQuickly, type Kind } from './quick-find.ts';
import { type QuietPage, watchPage } from './quiet-page.ts';

export interface BrowserDriverOptions {
  who: string;
  browser: Browser;
  /** Initial cookies. */
  cookies?: readonly Cookie[];
  /** Records everything that the browser does, including typed values, until keepTrace or the end. */
  trace?: boolean;
  /** True if pages change by script, without a new document. */
  isSinglePage?: boolean | undefined;
  log?: DriverLog;
}

export interface BrowserDriver extends Driver {
  readonly kind: 'browser';
  readonly page: Page;
  /** Script errors on the pages opened so far. */
  readonly scriptErrors: readonly string[];
  /** Writes the recording. */
  keepTrace(file: string): Promise<void>;
}

export async function openBrowserDriver({
  who,
  browser,
  cookies = [],
  trace = false,
  isSinglePage,
  log,
}: BrowserDriverOptions): Promise<BrowserDriver> {
  const context = await browser.newContext({ ...contextOptions(browser), locale: 'en-GB', reducedMotion: 'reduce' });
  context.setDefaultTimeout(10_000);
  if (trace) await context.tracing.start({ screenshots: true, snapshots: true });
  if (cookies.length > 0) await context.addCookies(cookies);
  return driverOn(context, { who, browser, log, isSinglePage, end: () => context.close() });
}

export interface TabOptions extends Pick<BrowserDriverOptions, 'who' | 'browser' | 'isSinglePage'> {
  log?: DriverLog | undefined;
  end: (page: Page) => Promise<void>;
}

async function driverOn(
  context: BrowserContext,
  { who, browser, log, isSinglePage, end }: TabOptions,
): Promise<BrowserDriver> {
  return driverOnPage(await context.newPage(), { who, browser, log, isSinglePage, end });
}

/** Acts on a page that is open already. */
export function driverOnPage(page: Page, { who, browser, log, isSinglePage = false, end }: TabOptions): BrowserDriver {
  const context = page.context();
  if (log) page.on('response', (response) => report(response, log));
  // Playwright would dismiss it, so that a sign-out that asks for a confirmation would not happen.
  page.on('dialog', (dialog) => void dialog.accept(dialog.defaultValue()).catch(() => undefined));
  const scriptErrors: string[] = [];
  page.on('pageerror', (error) => scriptErrors.push(`${page.url()}: ${error.message}`));
  return {
    kind: 'browser',
    who,
    page,
    scriptErrors,
    ...acts(page, { who, failed: failedOn(page, browser), quiet: isSinglePage ? watchPage(page) : undefined }),
    ...cookieActs(context),
    aside: () => driverOn(context, { who, browser, isSinglePage, end: (one) => one.close() }),
    keepTrace: (file) => context.tracing.stop({ path: file }),
    [Symbol.asyncDispose]: () => end(page),
  };
}

/** Where a tab begins. */
const emptyTab = 'about:blank';

type Acts = Pick<
  BrowserDriver,
  'open' | 'fill' | 'upload' | 'tick' | 'press' | 'follow' | 'send' | 'look' | 'has' | 'back' | 'reload'
>;

interface ActsOptions {
  who: string;
  failed: () => Failed;
  /** Set if the page changes by script. */
  quiet: QuietPage | undefined;
}

function acts(page: Page, { who, failed, quiet }: ActsOptions): Acts {
  const look = async (): Promise<Look> => {
    await quiet?.untilQuiet();
    return lookAt(page, failed());
  };
  const arrive = (act: () => Promise<unknown>): Promise<void> => arriveOn(page, { who, failed, act });
  /** Acts, and waits until the next page has loaded. */
  const leave = async (what: string, act: () => Promise<void>): Promise<void> => {
    if (quiet) {
      await act();
      return quiet.untilQuiet();
    }
    const arrived = page.waitForEvent('domcontentloaded');
    await act();
    await arrived.catch(async (error: unknown) => {
      throw new StaysOnPage(who, what, { look: await look(), cause: error });
    });
  };
  /** The first of these elements that the page has, also in a folded section. */
  async function theFirst(kind: NotOnPage['kind'], hint: FieldHint, candidates: readonly Locator[]): Promise<Locator> {
    const found = await findOrUnfold(page, candidates);
    if (found === undefined) throw new NotOnPage(who, kind, hint, await look());
    return found;
  }
  const field = (hint: FieldHint, kind: 'field' | 'box' = 'field'): Promise<Locator> =>
    theFirst(kind, hint, fieldsOn(page, hint));

  const focusOn = async (kind: Kind, name: Label): Promise<boolean> =>
    typeof name === 'string' && (await findQuickly(page, { kind, name, focus: true })) === 'one';
  const pressEnter = (): Promise<void> => page.keyboard.press('Enter');
  async function enterOnButton(label: Label): Promise<() => Promise<void>> {
    const button = await theFirst('button', label, pressablesOn(page, 'button', label));
    if (await button.isDisabled()) throw new DisabledButton(who, label, await look());
    const complaint = await button.evaluate(complaintOf);
    if (complaint !== '') throw new NeedsHttp(who, 'send this form', complaint.replace(/\.$/, ''));
    return () => button.press('Enter');
  }
  async function enterOnLink(label: Label): Promise<() => Promise<void>> {
    const link = await theFirst('link', label, pressablesOn(page, 'link', label));
    return () => link.press('Enter');
  }

  return {
    open: (url) => arrive(() => page.goto(String(url)).catch(staysOnErrorPage)),
    async fill(hint, value) {
      const isFocused = value !== '' && typeof hint === 'string' && (await focusOn('field', hint));
      await (isFocused ? page.keyboard.insertText(value) : (await field(hint)).fill(value));
    },
    upload: async (hint, { name, type, content }) =>
      (await field(hint)).setInputFiles({ name, mimeType: type, buffer: Buffer.from(content) }),
    tick: async (box, { checked = true } = {}) => (await field(box, 'box')).setChecked(checked),
    async press(label) {
      const enter = (await focusOn('button', label)) ? pressEnter : await enterOnButton(label);
      await arrive(() => leave(`“${label}”`, enter));
    },
    async follow(label) {
      const enter = (await focusOn('link', label)) ? pressEnter : await enterOnLink(label);
      await arrive(() => leave(`“${label}”`, enter));
    },
    send: (url, message) => sendFrom(page, url, message),
    look,
    has: (hint) => hasField(page, hint),
    async back() {
      const before = await look();
      if (before.url !== '') await arrive(() => page.goBack().catch(staysOnErrorPage));
      if (page.url() === emptyTab) throw new NoPage(who, 'go back in the browser', before);
    },
    async reload() {
      if (page.url() === emptyTab) throw new NoPage(who, 'reload the page', noPage);
      await arrive(() => page.reload().catch(staysOnErrorPage));
    },
  };
}

async function hasField(page: Page, hint: FieldHint): Promise<boolean> {
  const found = typeof hint === 'string' ? await findQuickly(page, { kind: 'field', name: hint }) : 'unclear';
  if (found !== 'unclear') return found === 'one';
  for (const one of fieldsOn(page, hint)) if ((await one.count()) > 0) return true;
  return false;
}

async function sendFrom(page: Page, url: URL, { headers, body }: Parameters<Driver['send']>[1]): Promise<ScriptReply> {
  const { origin } = new URL(page.url() === emptyTab ? url.href : page.url());
  const reply = await page.context().request.post(url.href, { headers: { origin, ...headers }, data: body });
  return { status: reply.status(), text: await reply.text() };
}

const cookieActs = (context: BrowserContext): Pick<BrowserDriver, 'cookies' | 'takeCookies' | 'forgetCookies'> => ({
  cookies: () => context.cookies(),
  takeCookies: (cookies) => context.addCookies(cookies),
  forgetCookies: (name) => context.clearCookies(name === undefined ? {} : { name }),
});

interface Arrival {
  who: string;
  failed: () => Failed;
  act: () => Promise<unknown>;
}

/** Acts, and waits until the last page has loaded, after pages that pass on a SAML message. */
async function arriveOn(page: Page, { who, failed, act }: Arrival): Promise<void> {
  const before = failed();
  let pages = 0;
  const count = (frame: Frame): void => {
    if (frame === page.mainFrame()) pages++;
  };
  page.on('framenavigated', count);
  try {
    await act();
    await untilLoaded(page);
    await sendLostAgain(page, { failed, since: before, settle: () => untilLoaded(page) });
  } catch (error) {
    if (pages <= mostPages) throw error;
    const look = { ...noPage, url: page.url() };
    await page.goto(emptyTab).catch(() => undefined);
    throw new EndlessSignIn(who, { passedOn: pages, look });
  } finally {
    page.off('framenavigated', count);
  }
}

async function untilLoaded(page: Page): Promise<void> {
  if (await mayPassOn(page)) await untilPassedOn(page);
  await page.waitForLoadState();
}

/** More pages in a row are a loop, if the browser does not stay on the last one. */
const mostPages = 16;

/** A form without visible fields that carries a SAML message, or that our mock IdP sends by script. */
const passingForm = `form[data-copies], form:has([name^=SAML i], [name=RelayState i]):not(:has(${[
  'input:not([type=hidden], [type=submit])',
  'select',
  'textarea',
].join(', ')}))`;

/** Quick: locators load a large script into each page. True also if the page changes meanwhile. */
const mayPassOn = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`document.querySelector(${JSON.stringify(passingForm)}) !== null`).catch(() => true);

async function untilPassedOn(page: Page): Promise<void> {
  await page
    .locator(passingForm)
    .first()
    .waitFor({ state: 'detached' })
    .catch(() => undefined); // the person stays on that page, and sees it
}

/** The first of these that the page has. Opens the folded sections around it. */
async function findOrUnfold(page: Page, candidates: readonly Locator[]): Promise<Locator | undefined> {
  const found = (await firstOf(candidates)) ?? ((await unfoldAll(page)) ? await firstOf(candidates) : undefined);
  await found?.evaluate(unfoldAround);
  return found;
}

async function firstOf(candidates: readonly Locator[]): Promise<Locator | undefined> {
  for (const one of candidates) if ((await one.count()) > 0) return one.first();
  return undefined;
}

/** Opens all folded sections. False if there was none. */
const unfoldAll = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>(`(() => {
    const folded = [...document.querySelectorAll('details:not([open])')];
    for (const one of folded) one.open = true;
    return folded.length > 0;
  })()`);

/** Opens the folded sections around an element. Runs in the page. */
const unfoldAround = (element: unknown): void => {
  type Node = { open: boolean; parentElement: { closest(css: string): Node | null } | null };
  let folded = (element as { closest(css: string): Node | null }).closest('details');
  while (folded !== null) {
    folded.open = true;
    folded = folded.parentElement?.closest('details') ?? null;
  }
};

/** In real forms, labels also belong to other things, such as the switch that shows a password. */
export function fieldsOn(page: Page, hint: FieldHint): Locator[] {
  if (typeof hint === 'string') return [page.getByLabel(hint, { exact: true }), page.getByLabel(hint)];
  if (hint instanceof RegExp) return [page.getByLabel(hint)];
  if ('placeholder' in hint) return [page.getByPlaceholder(hint.placeholder, { exact: true })];
  return [page.locator(`[name=${JSON.stringify(hint.name)}]`)];
}

export const pressablesOn = (page: Page, role: 'button' | 'link', name: Label): Locator[] =>
  typeof name === 'string'
    ? [page.getByRole(role, { name, exact: true }), page.getByRole(role, { name })]
    : [page.getByRole(role, { name })];

/** The browser's own message if it does not send the form because of an invalid field. Runs in the page. */
const complaintOf = (button: unknown): string =>
  (button as { form?: { querySelector(css: string): { validationMessage: string } | null } }).form?.querySelector(
    ':invalid:not(fieldset)',
  )?.validationMessage ?? '';

async function lookAt(page: Page, { notOpened, status }: Failed): Promise<Look> {
  if (page.url() === emptyTab) return noPage;
  if (errorPage.test(page.url())) {
    const { url, why } = notOpened ?? { url: page.url(), why: '' };
    const text = why === '' ? 'The page could not be opened.' : `The page could not be opened: ${why}`;
    return { ...noPage, url, text, isUnreachable: true };
  }
  // If the page navigates meanwhile, look at the next page.
  const shown = await page.evaluate<Look>(lookInPage).catch(async () => {
    await page.waitForLoadState();
    return page.evaluate<Look>(lookInPage);
  });
  const { alert, ...rest } = shown;
  return {
    ...rest,
    text: folded(shown.text),
    ...(alert === undefined ? {} : { alert: folded(alert) }),
    ...failure(status),
  };
}

/** Runs in the page. */
const lookInPage = `(() => {
  const fold = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
  const visible = (css) => [...document.querySelectorAll(css)].filter((one) => one.checkVisibility());
  const nameOf = (one) => fold(one.getAttribute('aria-label') ?? one.labels?.[0]?.innerText) ||
    one.placeholder || one.name || '';
  return {
    url: location.href,
    heading: fold(document.querySelector('h1')?.innerText),
    text: (document.querySelector('main') ?? document.body)?.innerText ?? '',
    alert: document.querySelector('[role=alert]')?.innerText,
    fields: visible('input:not([type=hidden],[type=submit],[type=button],[type=reset],[type=image]), select, textarea')
      .map(nameOf),
    buttons: visible('button, input[type=submit]').map((one) => fold(one.innerText) || one.value),
    links: visible('a[href]').map((one) => ({ label: fold(one.innerText), url: one.href })),
  };
})()`;

function report(response: Response, log: DriverLog): void {
  if (!response.request().isNavigationRequest()) return;
  log.exchange(exchangeOf(response));
  log.setCookies(
    response.headersArray().then(
      (headers) => headers.filter(({ name }) => name.toLowerCase() === 'set-cookie').map(({ value }) => value),
      () => [],
    ),
  );
}

function exchangeOf(response: Response): Exchange {
  const request = response.request();
  const posted =
    request.method() === 'POST' && /urlencoded/.test(request.headers()['content-type'] ?? '')
      ? new URLSearchParams(request.postData() ?? '')
      : new URLSearchParams();
  const { startTime } = request.timing();
  return {
    at: startTime > 0 ? startTime : Date.now(),
    method: request.method(),
    url: response.url(),
    status: response.status(),
    fields: [...new Set(posted.keys())],
  };
}
