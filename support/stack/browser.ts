/** One Chromium for a worker; people open contexts of their own in it. It never opens a page by itself. */
import { accessSync, constants } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright';

export interface BrowserOptions {
  headed?: boolean;
  /** Milliseconds between two actions, for watching. */
  slowMo?: number;
  /** The only hosts that it may find, `*` standing for any label; all without it. */
  only?: readonly string[];
}

/** Chromium at CHROMIUM_PATH, or Playwright's own, or one of the machine; throws how to get one where there is none. Without its sandbox when run by root, which Chromium demands. */
export async function launchBrowser({
  headed = process.env.HEADED === '1',
  slowMo = Number(process.env.SLOW_MO ?? 0),
  only,
}: BrowserOptions = {}): Promise<Browser> {
  const launch = (executablePath: string | undefined): Promise<Browser> =>
    chromium.launch(
      launchOptions({
        headed,
        slowMo,
        executablePath,
        resolverRules:
          only === undefined
            ? process.env.HOST_RESOLVER_RULES
            : ['MAP * ~NOTFOUND', ...only.map((host) => `EXCLUDE ${host}`)].join(', '),
      }),
    );
  const named = process.env.CHROMIUM_PATH || undefined;
  return launch(named).catch((error: Error) => {
    if (!/Executable doesn't exist|ENOENT/.test(error.message)) throw error;
    if (named !== undefined)
      throw new Error(`CHROMIUM_PATH names ${named}, where no browser is. ${howToGetOne}`, { cause: error });
    const found = [...(headed ? [] : ['chromium-headless-shell']), 'chromium', 'google-chrome']
      .map(onPath)
      .find((one) => one !== undefined);
    if (found === undefined)
      throw new Error(
        `no browser was found${headed ? ' that can show a window. Run: npx playwright install chromium' : `. ${howToGetOne}`}`,
        { cause: error },
      );
    return launch(found);
  });
}

/** Why a browser could not be watched here; undefined when nothing stands in the way. */
export function whyNoWindow(): string | undefined {
  const named = process.env.CHROMIUM_PATH ?? '';
  if (/headless/.test(basename(named)))
    return `${named} cannot show a window. Let CHROMIUM_PATH name a whole Chromium, or leave --headed away.`;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return 'There is no display to show the browser on: neither DISPLAY nor WAYLAND_DISPLAY is set. Leave --headed away; the report holds screenshots.';
  return undefined;
}

const howToGetOne =
  'Run: npx playwright install --only-shell chromium\nor, on Debian: apt-get install chromium-headless-shell\nor set CHROMIUM_PATH to a Chromium that you have.';

function onPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function launchOptions({
  headed,
  slowMo,
  executablePath,
  resolverRules,
}: {
  headed: boolean;
  slowMo: number;
  executablePath: string | undefined;
  resolverRules: string | undefined;
}): LaunchOptions {
  return {
    headless: !headed,
    slowMo,
    ...(executablePath ? { executablePath } : {}),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // One renderer for all sites saves a process change at every step between the SP and the IdP; cookies do not depend on it.
      '--disable-site-isolation-trials',
      '--renderer-process-limit=1',
      '--in-process-gpu',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(resolverRules ? [`--host-resolver-rules=${resolverRules}`] : []),
    ],
  };
}
