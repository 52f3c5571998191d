/** A browser of its own in Node, for the first sign-in of a run, and for tests without k6. */
import { CookieJar } from 'tough-cookie';
import { createVisitor } from '../stack/visitor.ts';
import type { Exchange } from './played/legs.ts';
import { notNamed } from './played/origins.ts';
import type { Client } from './played/sign-in.ts';

interface NodeClientOptions {
  jar?: CookieJar;
  timeoutMs?: number;
  /** Origins that may be visited; by default all. */
  origins?: readonly string[] | undefined;
}

export function openNodeClient({ jar, timeoutMs = 30_000, origins }: NodeClientOptions = {}): Client {
  const exchanges: Exchange[] = [];
  let last = performance.now();
  const visitor = createVisitor({
    jar: jar ?? new CookieJar(undefined, { looseMode: true }),
    timeoutMs,
    mayGo({ origin, host, href }) {
      if (origins?.includes(origin) ?? true) return true;
      throw Object.assign(new Error(notNamed(host)), { url: href });
    },
    onExchange({ url, method, status, fields }) {
      const now = performance.now();
      exchanges.push({ url: url.href, method, status, fields, ms: now - last });
      last = now;
    },
  });
  const noReply = (error: Error & { url?: string }): never => {
    const failed = { url: error.url ?? '', method: 'GET', status: 0, ms: 0, fields: [] };
    exchanges.push({ ...failed, failure: error.message });
    throw error;
  };
  return {
    exchanges,
    visitor: {
      visit: (url, sending) => visitor.visit(url, sending).catch(noReply),
      submit: (form, fill, how) => visitor.submit(form, fill, how).catch(noReply),
    },
    copy: () => openNodeClient({ jar: visitor.jar.cloneSync()!, timeoutMs, origins }),
  };
}
