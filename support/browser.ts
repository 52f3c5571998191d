/** One Chromium for a worker; people open contexts of their own in it. It never opens a page by itself. */
import { chromium, type Browser } from 'playwright';

export interface BrowserOptions {
  headed?: boolean;
  /** Milliseconds between two actions, for watching. */
  slowMo?: number;
}

/** Chromium at CHROMIUM_PATH, or Playwright's own; without its sandbox when run by root, which Chromium demands. */
export function launchBrowser({ headed = process.env['HEADED'] === '1', slowMo = Number(process.env['SLOW_MO'] ?? 0) }: BrowserOptions = {}): Promise<Browser> {
  const executablePath = process.env['CHROMIUM_PATH'];
  return chromium.launch({
    headless: !headed,
    slowMo,
    ...(executablePath ? { executablePath } : {}),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // One renderer for all sites saves a process change at every step between the SP and the IdP; cookies do not depend on it.
      '--disable-site-isolation-trials', '--renderer-process-limit=1', '--in-process-gpu',
      '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      ...(process.env['HOST_RESOLVER_RULES'] ? [`--host-resolver-rules=${process.env['HOST_RESOLVER_RULES']}`] : []),
    ],
  });
}
