/** A person with browsers of their own, each opened on first use; what a person does in them is the tasks' business. */
import type { Browser, BrowserContext, Cookie, Page, Response } from 'playwright';
import type { Person } from '../stack/rehearsal.ts';

/** A page that a browser asked for, and how it was answered; redirects one by one. */
export interface Exchange {
  /** When it was asked for: milliseconds, by the clock of this machine. */
  at: number;
  method: string;
  url: string;
  status: number;
  /** Names of the fields of a form that was posted. */
  fields: readonly string[];
}

/** A cookie, as far as it matters who gets it. */
export type Held = Pick<Cookie, 'name' | 'value' | 'domain' | 'path' | 'httpOnly' | 'secure' | 'sameSite'>;

export interface ActorOptions {
  /** Records all that the browsers do, typed values too, until keepTrace or the end. */
  trace?: boolean;
}

export interface Actor extends Person, AsyncDisposable {
  /** The page in this person's usual browser, or in another of theirs. */
  page(browser?: string): Promise<Page>;
  /** The pages that are open, each with the name of its browser. */
  pages(): Promise<readonly (readonly [browser: string, page: Page])[]>;
  /** What the usual browser holds. */
  cookies(): Promise<readonly Held[]>;
  /** Gives the usual browser cookies that came by another way; one that is not open yet gets them when it opens. */
  takeCookies(cookies: readonly Held[]): Promise<void>;
  /** What this person's browsers asked for, oldest first. */
  readonly exchanges: readonly Exchange[];
  /** Notes an exchange that came about without a browser. */
  exchanged(exchange: Exchange): void;
  /** Writes what was recorded of each browser to `fileFor(browser)`; nothing without `trace`. */
  keepTraces(fileFor: (browser: string) => string): Promise<readonly string[]>;
  /** Session cookies that the SP ever gave to this person's browsers. */
  sessionsSeen(): Promise<readonly string[]>;
  /** Notes one that came by another way. */
  sawSession(secret: string): void;
  /** Errors that scripts raised on the pages seen. */
  readonly scriptErrors: readonly string[];
}

export function createActor(
  person: Person,
  browser: () => Promise<Browser>,
  { trace = false }: ActorOptions = {},
): Actor {
  const contexts = new Map<string, Promise<{ context: BrowserContext; page: Page }>>();
  const scriptErrors: string[] = [];
  const exchanges: Exchange[] = [];
  const sessions: Promise<string | undefined>[] = [];
  let waiting: Held[] = [];
  const open = async (which: string): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await (await browser()).newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    context.setDefaultTimeout(10_000);
    context.on('response', (response) => {
      if (!response.request().isNavigationRequest()) return;
      exchanges.push(exchangeOf(response));
      sessions.push(
        response.headersArray().then(
          (headers) => sessionCookie(headers),
          () => undefined,
        ),
      );
    });
    if (trace) await context.tracing.start({ screenshots: true, snapshots: true });
    if (which === 'usual') await context.addCookies(waiting);
    const page = await context.newPage();
    page.on('pageerror', (error) => scriptErrors.push(`${page.url()}: ${error.message}`));
    return { context, page };
  };
  return {
    ...person,
    scriptErrors,
    exchanges,
    exchanged: (exchange) => void exchanges.push(exchange),
    pages: () => Promise.all([...contexts].map(async ([which, opened]) => [which, (await opened).page] as const)),
    async keepTraces(fileFor) {
      if (!trace) return [];
      return Promise.all(
        [...contexts].map(async ([which, opened]) => {
          await (await opened).context.tracing.stop({ path: fileFor(which) });
          return fileFor(which);
        }),
      );
    },
    async page(which = 'usual') {
      const opened = contexts.get(which) ?? open(which);
      contexts.set(which, opened);
      return (await opened).page;
    },
    cookies: async () => (await (await contexts.get('usual'))?.context.cookies()) ?? waiting,
    async takeCookies(cookies) {
      const opened = await contexts.get('usual');
      if (opened) await opened.context.addCookies(cookies);
      else waiting = [...cookies];
    },
    sawSession: (secret) => void sessions.push(Promise.resolve(secret)),
    sessionsSeen: async () => [...new Set((await Promise.all(sessions)).filter((cookie) => cookie !== undefined))],
    async [Symbol.asyncDispose]() {
      for (const opened of contexts.values()) await (await opened).context.close();
      contexts.clear();
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
