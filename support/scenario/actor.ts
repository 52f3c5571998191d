/** A person with browsers of their own, each opened on first use. The tasks act in them. */
import type { Browser, BrowserContext, Cookie, Page, Response } from 'playwright';
import { type Name, names } from '../catalogue/cast.ts';
import type { Person } from '../stack/rehearsal.ts';

/** A request of a browser for a page, and the status of the response; redirects one by one. */
export interface Exchange {
  /** When it was sent: milliseconds, by the clock of this machine. */
  at: number;
  method: string;
  url: string;
  status: number;
  /** Names of the fields of a form that was posted. */
  fields: readonly string[];
}

/** What decides who gets a cookie. */
export type BrowserCookie = Pick<Cookie, 'name' | 'value' | 'domain' | 'path' | 'httpOnly' | 'secure' | 'sameSite'>;

export interface ActorOptions {
  /** Records all that the browsers do, typed values too, until keepTraces or the end. */
  trace?: boolean;
}

export interface Actor extends Person, AsyncDisposable {
  /** The page in this person's usual browser, or in another of theirs. */
  page(browser?: string): Promise<Page>;
  /** The pages that are open, each with the name of its browser. */
  pages(): Promise<readonly (readonly [browser: string, page: Page])[]>;
  /** What the usual browser holds. */
  cookies(): Promise<readonly BrowserCookie[]>;
  /** Gives cookies to the usual browser; one that is not open yet gets them when it opens. */
  takeCookies(cookies: readonly BrowserCookie[]): Promise<void>;
  /** What this person's browsers asked for, oldest first. */
  readonly exchanges: readonly Exchange[];
  /** Adds an exchange that took place without a browser. */
  exchanged(exchange: Exchange): void;
  /** Writes what was recorded of each browser to `fileFor(browser)`; nothing without `trace`. */
  keepTraces(fileFor: (browser: string) => string): Promise<readonly string[]>;
  /** Session cookies that the SP ever gave to this person's browsers. */
  sessionsSeen(): Promise<readonly string[]>;
  /** Adds one that did not reach a browser. */
  sawSession(secret: string): void;
  /** Errors that scripts raised on the pages seen. */
  readonly scriptErrors: readonly string[];
}

/** An actor for each person of a rehearsal. */
export const createCast = (
  people: Readonly<Record<Name, Person>>,
  browser: () => Promise<Browser>,
  options: ActorOptions = {},
): Record<Name, Actor> =>
  Object.fromEntries(names.map((name) => [name, createActor(people[name], browser, options)])) as Record<Name, Actor>;

function createActor(person: Person, browser: () => Promise<Browser>, { trace = false }: ActorOptions): Actor {
  const opened = new Map<string, Promise<OpenBrowser>>();
  const log = createLog();
  let waiting: readonly BrowserCookie[] = [];

  async function open(which: string): Promise<OpenBrowser> {
    const context = await (await browser()).newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    context.setDefaultTimeout(10_000);
    context.on('response', log.response);
    if (trace) await context.tracing.start({ screenshots: true, snapshots: true });
    if (which === 'usual') await context.addCookies(waiting);
    const page = await context.newPage();
    page.on('pageerror', (error) => log.scriptErrors.push(`${page.url()}: ${error.message}`));
    return { context, page };
  }

  return {
    ...person,
    scriptErrors: log.scriptErrors,
    exchanges: log.exchanges,
    exchanged: (exchange) => void log.exchanges.push(exchange),
    sawSession: (secret) => void log.sessions.push(Promise.resolve(secret)),
    sessionsSeen: async () => [...new Set((await Promise.all(log.sessions)).filter((cookie) => cookie !== undefined))],
    pages: () => Promise.all([...opened].map(async ([which, one]) => [which, (await one).page] as const)),
    async keepTraces(fileFor) {
      if (!trace) return [];
      return Promise.all(
        [...opened].map(async ([which, one]) => {
          await (await one).context.tracing.stop({ path: fileFor(which) });
          return fileFor(which);
        }),
      );
    },
    async page(which = 'usual') {
      const one = opened.get(which) ?? open(which);
      opened.set(which, one);
      return (await one).page;
    },
    cookies: async () => (await (await opened.get('usual'))?.context.cookies()) ?? waiting,
    async takeCookies(cookies) {
      const usual = await opened.get('usual');
      if (usual) await usual.context.addCookies(cookies);
      else waiting = [...cookies];
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened.values()) await (await one).context.close();
      opened.clear();
    },
  };
}

interface OpenBrowser {
  context: BrowserContext;
  page: Page;
}

/** What a person's browsers asked for, and what came of it. */
function createLog() {
  const exchanges: Exchange[] = [];
  const sessions: Promise<string | undefined>[] = [];
  return {
    exchanges,
    sessions,
    scriptErrors: [] as string[],
    response(response: Response): void {
      if (!response.request().isNavigationRequest()) return;
      exchanges.push(exchangeOf(response));
      sessions.push(response.headersArray().then(sessionCookie, () => undefined));
    },
  };
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

function sessionCookie(headers: readonly { name: string; value: string }[]): string | undefined {
  return headers
    .filter(({ name }) => name.toLowerCase() === 'set-cookie')
    .map(({ value }) => /^sp_session=([^;]+)/.exec(value)?.[1])
    .find((value) => value !== undefined);
}
