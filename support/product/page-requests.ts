/** Outcomes of the requests for a page, and a second try of one that the browser never sent. */
import type { Browser, Page, Request, Response } from 'playwright';
import { wasNeverSent, whyNotOpened } from '../stack/browser-network.ts';

export interface Failed {
  /** Why the last page could not be opened: a sentence, or nothing if the browser gave no reason. */
  notOpened?: { url: string; why: string; wasNeverSent: boolean };
  /** The status of the last page. */
  status?: number;
}

export function failedOn(page: Page, browser: Browser): () => Failed {
  let failed: Failed = {};
  const isOfPage = (request: Request): boolean => request.isNavigationRequest() && request.frame() === page.mainFrame();
  page.on('response', (response) => {
    if (isOfPage(response.request())) failed = { status: response.status() };
  });
  page.on('requestfailed', (request) => {
    if (!isOfPage(request)) return;
    const one = { url: request.url(), error: request.failure()?.errorText ?? '' };
    failed = {
      notOpened: { url: one.url, why: whyNotOpened(browser, one), wasNeverSent: wasNeverSent(browser, one) },
    };
  });
  return () => failed;
}

export const errorPage = /^(chrome-error:|about:(net|cert)error)/;

/** If a URL cannot be opened, the browser shows its own error page. */
export function staysOnErrorPage(error: Error): null {
  if (/net::ERR_|(NS|SEC|SSL)_ERROR_|interrupted by another navigation/.test(error.message)) return null;
  throw error;
}

interface Lost {
  failed: () => Failed;
  /** The state before the act whose request may be lost. */
  since: Failed;
  /** Waits until the page that arrives has loaded. */
  settle: () => Promise<void>;
}

/** A network changes in several steps. */
const mostReloads = 10;

/** Returns the last response; undefined if no request was lost, null if the last one has no response. */
export async function sendLostAgain(page: Page, { failed, since, settle }: Lost): Promise<Response | null | undefined> {
  let response: Response | null | undefined;
  for (let n = 0; n < mostReloads && failed() !== since && failed().notOpened?.wasNeverSent; n++) {
    response = await sendAgain(page);
    await settle();
  }
  return response;
}

/** Sends the request of the browser's error page again, with its form if it was a POST. */
async function sendAgain(page: Page): Promise<Response | null> {
  if (!errorPage.test(page.url())) await page.waitForURL(errorPage);
  const [, response] = await Promise.all([
    page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame()),
    page.reload({ waitUntil: 'commit' }).catch(staysOnErrorPage),
  ]);
  return response;
}
