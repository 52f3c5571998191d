/** A person with browsers of their own, each opened on first use; what a person does in them is the tasks' business. */
import type { Browser, BrowserContext, Page } from 'playwright';
import type { Person } from './rehearsal.ts';

export interface Actor extends Person, AsyncDisposable {
  /** The page in this person's usual browser, or in another of theirs. */
  page(browser?: string): Promise<Page>;
  /** Session cookies that the SP ever gave to this person's browsers. */
  sessionsSeen(): Promise<readonly string[]>;
  /** Notes one that came by another way. */
  sawSession(secret: string): void;
  /** Errors that scripts raised on the pages seen. */
  readonly scriptErrors: readonly string[];
}

export function createActor(person: Person, browser: () => Promise<Browser>): Actor {
  const contexts = new Map<string, Promise<{ context: BrowserContext; page: Page }>>();
  const scriptErrors: string[] = [];
  const cookies: Promise<string | undefined>[] = [];
  const open = async (): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await (await browser()).newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    context.setDefaultTimeout(10_000);
    context.on('response', (response) => {
      if (response.request().isNavigationRequest()) cookies.push(response.headersArray().then((headers) => sessionCookie(headers), () => undefined));
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => scriptErrors.push(`${page.url()}: ${error.message}`));
    return { context, page };
  };
  return {
    ...person,
    scriptErrors,
    async page(which = 'usual') {
      const opened = contexts.get(which) ?? open();
      contexts.set(which, opened);
      return (await opened).page;
    },
    sawSession: (secret) => void cookies.push(Promise.resolve(secret)),
    sessionsSeen: async () => [...new Set((await Promise.all(cookies)).filter((cookie) => cookie !== undefined))],
    async [Symbol.asyncDispose]() {
      for (const opened of contexts.values()) await (await opened).context.close();
      contexts.clear();
    },
  };
}

function sessionCookie(headers: readonly { name: string; value: string }[]): string | undefined {
  return headers
    .filter(({ name }) => name.toLowerCase() === 'set-cookie')
    .map(({ value }) => /^sp_session=([^;]+)/.exec(value)?.[1])
    .find((value) => value !== undefined);
}
