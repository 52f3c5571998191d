/** Waits until a page that changes by script is quiet: without requests, and unchanged for a while. */
import type { Page, Request } from 'playwright';

export interface QuietPage {
  /** Resolves when the page is quiet, or after ten seconds. */
  untilQuiet(): Promise<void>;
}

const quietMs = 300;
const longestMs = 10_000;

/** Requests that never end. */
const lasting: readonly string[] = ['websocket', 'eventsource', 'ping'];

export function watchPage(page: Page): QuietPage {
  const underWay = new Set<Request>();
  let begun = 0;
  page.on('request', (request) => {
    if (lasting.includes(request.resourceType())) return;
    underWay.add(request);
    begun++;
  });
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));

  const ended = async (request: Request): Promise<void> =>
    void (await request
      .response()
      .then((response) => response?.finished())
      .catch(() => undefined));

  return {
    async untilQuiet() {
      const deadline = Date.now() + longestMs;
      for (let before = -1; before !== begun && Date.now() < deadline; ) {
        before = begun;
        await Promise.all([...underWay].map(ended));
        await page.waitForLoadState();
        // A page that is left meanwhile has begun another request.
        await page.evaluate(untilUnchanged, { quietMs, longestMs: deadline - Date.now() }).catch(() => undefined);
      }
    },
  };
}

/** Runs in the page. */
const untilUnchanged = ({ quietMs, longestMs }: { quietMs: number; longestMs: number }): Promise<void> =>
  new Promise((resolve) => {
    const { document, MutationObserver } = globalThis as unknown as {
      document: object;
      MutationObserver: new (changed: () => void) => { observe(of: object, what: object): void; disconnect(): void };
    };
    const end = (): void => {
      observer.disconnect();
      resolve();
    };
    let timer = setTimeout(end, quietMs);
    const observer = new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(end, quietMs);
    });
    observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
    setTimeout(end, Math.max(0, longestMs));
  });
