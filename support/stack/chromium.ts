/** Starts the Chromium of this machine, wherever it is. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, LaunchOptions } from 'playwright';

export interface ChromiumOptions {
  /** Chromium, or an installed browser by Playwright's name for it. */
  name: 'chromium' | 'chrome' | 'msedge';
  headed: boolean;
  slowMo: number;
  /** Rules for host names. */
  hosts: string | undefined;
  /** The proxy for https pages, and the hash of its key. */
  proxy: { url: string; keyHash: string } | undefined;
  endsOnSignals: boolean;
  say: (sentence: string) => void;
}

/**
 * The Chromium at CHROMIUM_PATH, or Playwright's own, or one on the PATH. Throws with how to get one if there is none.
 */
export async function launchChromium({ name, say, ...options }: ChromiumOptions): Promise<Browser> {
  const { chromium } = await import('playwright'); // loads much, which a command without a browser need not wait for
  const launch = (executable: Pick<LaunchOptions, 'executablePath' | 'channel'> = {}): Promise<Browser> =>
    againAfterCrash(() => chromium.launch({ ...launchOptions(options), ...executable }), say);
  if (name !== 'chromium') return launch({ channel: name }).catch((error: Error) => explainMissing(name, error));
  const named = process.env.CHROMIUM_PATH || undefined;
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH is ${named}, which does not exist. ${howToGetOne}`);
    return launch({ executablePath: named });
  }
  try {
    return await launch();
  } catch (error) {
    if (!isMissing(error as Error)) throw error;
    return launch({ executablePath: browserOnPath({ ...options, cause: error }) });
  }
}

/** Chromium occasionally crashes while starting, and works the next time. */
async function againAfterCrash(launch: () => Promise<Browser>, say: (sentence: string) => void): Promise<Browser> {
  try {
    return await launch();
  } catch (error) {
    const signal = /process did exit: exitCode=\S{1,9} signal=(SIG(?:SEGV|BUS|ILL|ABRT|TRAP))/.exec(
      (error as Error).message,
    )?.[1];
    if (signal === undefined) throw error;
    say(`The browser crashed while starting (${signal}). Starting it once more.`);
    return launch();
  }
}

/** Throws a sentence in place of Playwright's, if the browser is not installed. */
function explainMissing(name: string, error: Error): never {
  if (!/distribution '[\w-]{1,40}' is not found/.test(error.message)) throw error;
  throw new Error(`${name} is not installed on this machine. Run: npx playwright install ${name}`, { cause: error });
}

/** Playwright has no code for this error, and no way to ask where its own headless browser would be. */
export const isMissing = ({ message }: Error): boolean => message.includes("Executable doesn't exist");

function browserOnPath({ headed, cause }: { headed: boolean; cause: unknown }): string {
  const programs = [...(headed ? [] : ['chromium-headless-shell']), 'chromium', 'google-chrome'];
  const found = programs.map(onPath).find((path) => path !== undefined);
  if (found !== undefined) return found;
  const advice = headed ? ' that can show a window. Run: npx playwright install chromium' : `. ${howToGetOne}`;
  throw new Error(`no browser found${advice}`, { cause });
}

const howToGetOne = `Run: npx playwright install --only-shell chromium
or, on Debian: apt-get install chromium-headless-shell
or set CHROMIUM_PATH to a Chromium that you have.`;

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
  hosts,
  proxy,
  endsOnSignals,
}: Omit<ChromiumOptions, 'name' | 'say'>): LaunchOptions {
  return {
    headless: !headed,
    slowMo,
    handleSIGINT: endsOnSignals,
    handleSIGTERM: endsOnSignals,
    handleSIGHUP: endsOnSignals,
    args: [
      // Chromium does not run as root in its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // One renderer for all sites saves a process change at every step between the SP and the IdP;
      // cookies do not depend on it.
      '--disable-site-isolation-trials',
      '--renderer-process-limit=1',
      '--in-process-gpu',
      // Replaces Playwright's own list: no new surface for each screenshot, no process for the network, and no new
      // frame with its own widget for each page of a site.
      '--enable-features=NetworkServiceInProcess2,SkipListAccountsWithoutGaiaCookies,RenderDocument:level/subframe',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(hosts ? [`--host-resolver-rules=${hosts}`] : []),
      ...(proxy ? throughProxy(proxy) : []),
    ],
  };
}

/** Https only: all else goes as without the proxy. The browser accepts the proxy's key, and checks all others. */
const throughProxy = ({ url, keyHash }: { url: string; keyHash: string }): string[] => [
  `--proxy-server=https=${url}`,
  '--proxy-bypass-list=<-loopback>',
  `--ignore-certificate-errors-spki-list=${keyHash}`,
];
