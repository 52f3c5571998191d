/** How a browser reaches its pages, where that differs from other browsers. */
import type { Browser, BrowserContextOptions } from 'playwright';
import { shortened } from './foreign-reply.ts';
import { explainBrowserError } from './network-errors.ts';

export interface BrowserNetwork {
  /** For each of its contexts. */
  context?: BrowserContextOptions;
  /** Why the host of this URL could not be reached, in words that follow the URL; undefined if not known. */
  problemOf?: (url: string) => string | undefined;
  /** Advice for a certificate of an unknown authority. */
  advice?: string;
  /** True if it never uses HTTP/2. */
  isHttp1?: boolean;
}

const networks = new WeakMap<Browser, BrowserNetwork>();

export function keepNetwork(browser: Browser, network: BrowserNetwork): Browser {
  networks.set(browser, network);
  return browser;
}

/** Options that every context of this browser needs. */
export const contextOptions = (browser: Browser): BrowserContextOptions => networks.get(browser)?.context ?? {};

/** A sentence with the URL: why this browser could not open it. `error` is the browser's own. */
export function whyNotOpened(browser: Browser, { url, error }: { url: string; error: string }): string {
  const { problemOf, advice = 'name its authority as certificateAuthority in the recipe' } =
    networks.get(browser) ?? {};
  return `${shortened(url)} ${problemOf?.(url) ?? explainBrowserError(error, advice)}`;
}

/**
 * True if the browser never sent this request: while the network of its machine changes, such as when a container
 * starts, Chromium gives up every connection that it is making. An open HTTP/2 connection is closed as well, perhaps
 * after the request.
 */
export const wasNeverSent = (browser: Browser, { url, error }: { url: string; error: string }): boolean =>
  error.endsWith('ERR_NETWORK_CHANGED') && (url.startsWith('http:') || networks.get(browser)?.isHttp1 === true);
