/** Guests with a real browser each, for service providers that need script. Whatever a page says, the browser reaches this machine and the hosts that were named, and nothing else. */
import type { Browser, BrowserContext, Page, Request } from 'playwright';
import { launchBrowser } from '../stack/browser.ts';
import type { Person } from '../stack/rehearsal.ts';
import type { Form } from '../stack/visitor.ts';
import { type Attempt, echoes, type Guest, type GuestOptions, nothing, reason, type SignInOptions } from './guest.ts';
import { type SignedIn, whoIsSignedIn } from './oracle.ts';

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
  const { config, home, knows, atIdp, person } = options;
  let opened: Promise<Guestbook> | undefined;
  const open = (): Promise<Guestbook> => (opened ??= openBook(browser, config.timeoutSeconds * 1_000));

  async function look({ page, context, lastBody }: Guestbook, to = config.signedIn.page): Promise<SignedIn> {
    const answer = to === undefined ? undefined : await page.goto(to);
    const body = answer ? await answer.text() : await lastBody();
    return whoIsSignedIn(config, {
      url: new URL(page.url()),
      text: (await page.innerText('body')).replace(/\s+/g, ' '),
      body,
      cookies: (await context.cookies(page.url())).map(({ name }) => name),
    });
  }

  /** Goes where the act leads, and tells what was posted on the way and how it ended. */
  async function observe(book: Guestbook, act: () => Promise<unknown>): Promise<Attempt> {
    const { page } = book;
    book.posts.length = 0;
    book.stranger = undefined;
    try {
      await act().catch((error: Error) => {
        // A page that leads to a stranger cannot be loaded; what it tried to is known.
        if (book.stranger === undefined) throw error;
      });
      const [post] = book.posts;
      const answer = {
        url: page.url(),
        status: book.status,
        text: (await page.innerText('body').catch(() => '')).replace(/\s+/g, ' ').slice(0, 2_000),
      };
      const body = await page.content();
      return {
        signedIn: await look(book),
        sent: post && fieldOf(post, 'SAMLResponse'),
        answer,
        ledAway: book.stranger,
        echoed: post !== undefined && echoes(fieldOf(post, 'RelayState'), body),
        broken: undefined,
      };
    } catch (error) {
      return { ...nothing, sent: book.posts[0] && fieldOf(book.posts[0], 'SAMLResponse'), broken: reason(error) };
    }
  }

  async function openBook(at: Browser, timeoutMs: number): Promise<Guestbook> {
    const context = await at.newContext({
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...(storageState === undefined ? {} : { storageState }),
    });
    context.setDefaultTimeout(timeoutMs);
    const page = await context.newPage();
    let last: Promise<string> = Promise.resolve('');
    const book: Guestbook = { context, page, posts: [], stranger: undefined, status: 0, lastBody: () => last };
    page.on('request', (request) => {
      if (!request.isNavigationRequest()) return;
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && !knows(url)) book.stranger ??= url.href;
    });
    context.on('request', (request) => {
      if (request.method() === 'POST' && !atIdp(new URL(request.url())) && carriesResponse(request))
        book.posts.push(request);
    });
    page.on('response', (response) => {
      if (!response.request().isNavigationRequest() || response.request().frame() !== page.mainFrame()) return;
      book.status = response.status();
      last = response.text().catch(() => '');
    });
    return book;
  }

  return {
    look: async () => look(await open(), config.signedIn.page ?? home.href),
    copy: async () => createBrowserGuest(browser, options, await (await open()).context.storageState()),
    async signIn({ startAt = config.signIn, atIdp: whenThere, postedBy, thief }: SignInOptions = {}) {
      const book = await open();
      // Of a message that is posted more than once, the copy is the thief's.
      if (thief !== undefined)
        await book.page.route('**', (route) =>
          route.request().resourceType() === 'fetch' ? route.fulfill({ status: 204 }) : route.continue(),
        );
      // The browser stays where it is, as if the network had been lost.
      if (postedBy !== undefined)
        await book.page.route('**', (route) =>
          route.request().method() === 'POST' && carriesResponse(route.request())
            ? route.fulfill({ status: 204 })
            : route.continue(),
        );
      const first = await observe(book, () => walk(book.page, { startAt, person, atIdp, whenThere }));
      const [post] = book.posts;
      if (postedBy !== undefined) {
        await book.page.unroute('**');
        return post === undefined
          ? first
          : postedBy.deliver(formOf(post), new URL(post.headers().origin ?? config.signIn));
      }
      if (thief === undefined || post === undefined) return first;
      if (first.signedIn === undefined)
        return { ...first, broken: 'the first of the two was refused already, so the second proves nothing' };
      return thief.deliver(formOf(post), new URL(post.headers().origin ?? config.signIn));
    },
    async begin() {
      const { page } = await open();
      await page.goto(config.signIn);
      await giveAddress(page, person, atIdp);
    },
    async deliver(form, from) {
      const book = await open();
      return observe(book, () => post(book.page, form, from));
    },
    async [Symbol.asyncDispose]() {
      await (await opened)?.context.close();
    },
  };
}

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

interface Guestbook {
  context: BrowserContext;
  page: Page;
  /** What carried a SAML response to the service provider. */
  posts: Request[];
  stranger: string | undefined;
  /** Of the last page. */
  status: number;
  lastBody: () => Promise<string>;
}

/** Address, credentials, and whatever posts itself on in between. */
async function walk(
  page: Page,
  {
    startAt,
    person,
    atIdp,
    whenThere,
  }: Pick<GuestOptions, 'person' | 'atIdp'> & { startAt: string; whenThere: SignInOptions['atIdp'] },
): Promise<void> {
  await page.goto(startAt);
  await settled(page);
  await giveAddress(page, person, atIdp);
  if (!atIdp(new URL(page.url())) || (await page.locator('input[type=password]').count()) === 0) return;
  await whenThere?.();
  await page.getByLabel('User name').fill(person.address);
  await page.getByLabel('Password').fill(person.idpPassword);
  await leave(page, () => page.getByRole('button', { name: 'Sign in' }).press('Enter'));
}

async function giveAddress(page: Page, person: Person, atIdp: (url: URL) => boolean): Promise<void> {
  const address = page.locator('input[type=email]');
  if (atIdp(new URL(page.url())) || (await address.count()) === 0) return;
  await address.first().fill(person.address);
  await leave(page, () => address.first().press('Enter'));
}

async function leave(page: Page, act: () => Promise<void>): Promise<void> {
  const left = page.waitForEvent('framenavigated');
  await act();
  await left;
  await settled(page);
}

/** Until the page carries no message that it still has to post. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState();
  await page.locator('form[data-copies], input[name=SAMLRequest]').first().waitFor({ state: 'detached' });
  await page.waitForLoadState();
}

/** From a page of the sender's own, as a browser posts it that was led there. */
async function post(page: Page, { action, method, enctype, fields }: Form, from: URL): Promise<void> {
  const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`);
  const inputs = fields
    .map(({ name, value }) => `<textarea name="${escaped(name)}">${escaped(value)}</textarea>`)
    .join('');
  const there = new URL('/conformance', from).href;
  await page.route(there, (route) =>
    route.fulfill({
      contentType: 'text/html; charset=utf-8',
      body: `<!doctype html><title>Post</title><form method="${method}" action="${escaped(action.href)}" enctype="${enctype}">${inputs}<button>Post</button></form>`,
    }),
  );
  await page.goto(there);
  await leave(page, () => page.getByRole('button', { name: 'Post' }).press('Enter'));
}

const carriesResponse = (request: Request): boolean => /SAMLResponse/.test(request.postData() ?? '');

function fieldOf(request: Request, name: string): string | undefined {
  return new URLSearchParams(request.postData() ?? '').get(name) ?? undefined;
}

const formOf = (request: Request): Form => ({
  action: new URL(request.url()),
  method: 'POST',
  enctype: 'application/x-www-form-urlencoded',
  buttons: [],
  fields: [...new URLSearchParams(request.postData() ?? '')].map(([name, value]) => ({ name, value, type: 'hidden' })),
});
