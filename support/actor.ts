/** A person with browsers of their own, each opened on first use; what a person does in them is the tasks' business. */
import type { Browser, BrowserContext, Page } from 'playwright';

export const names = ['Ada', 'Grace', 'Sam', 'Nora', 'Mallory'] as const;
export type Name = (typeof names)[number];

export interface Actor extends AsyncDisposable {
  name: Name;
  address: string;
  /** The password at the SP; at the identity provider it is another one. */
  password: string;
  idpPassword: string;
  /** The page in this person's usual browser, or in another of theirs. */
  page(browser?: string): Promise<Page>;
  /** Errors that scripts raised on the pages seen. */
  scriptErrors: readonly string[];
}

export function createActor({ name, address, browser }: { name: Name; address: string; browser: () => Promise<Browser> }): Actor {
  const contexts = new Map<string, Promise<{ context: BrowserContext; page: Page }>>();
  const scriptErrors: string[] = [];
  const open = async (): Promise<{ context: BrowserContext; page: Page }> => {
    const context = await (await browser()).newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => scriptErrors.push(`${page.url()}: ${error.message}`));
    return { context, page };
  };
  return {
    name,
    address,
    password: `${name} at the service provider`,
    idpPassword: `${name} at the identity provider`,
    scriptErrors,
    async page(which = 'usual') {
      const opened = contexts.get(which) ?? open();
      contexts.set(which, opened);
      return (await opened).page;
    },
    async [Symbol.asyncDispose]() {
      for (const opened of contexts.values()) await (await opened).context.close();
      contexts.clear();
    },
  };
}
