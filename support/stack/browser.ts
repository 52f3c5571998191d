/** Starts Chromium, from wherever it is on this machine. */
import { accessSync, constants, existsSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import type { Browser, LaunchOptions } from 'playwright';
import { resolverRules } from './hosts.ts';

export interface BrowserOptions {
  headed?: boolean;
  /** Milliseconds between two actions, for watching. */
  slowMo?: number;
  /** The only hosts that it may reach, where `*` stands for any label. Default: all. */
  only?: readonly string[];
  /** Closes it on a signal, and ends the process on Ctrl+C. False if the command handles signals itself. */
  endsOnSignals?: boolean;
  /** Called if the browser had to be started once more. */
  say?: (sentence: string) => void;
}

/**
 * The Chromium at CHROMIUM_PATH, or Playwright's own, or one on the PATH. Throws with how to get one if there is none.
 */
export async function launchBrowser({
  headed = process.env.HEADED === '1',
  slowMo = Number(process.env.SLOW_MO ?? 0),
  only,
  endsOnSignals = true,
  say = console.error,
}: BrowserOptions = {}): Promise<Browser> {
  const hosts = resolverRules({ only });
  const { chromium } = await import('playwright'); // loads much, which a command without a browser need not wait for
  const launch = (executablePath?: string): Promise<Browser> =>
    againAfterCrash(
      () => chromium.launch(launchOptions({ headed, slowMo, executablePath, hosts, endsOnSignals })),
      say,
    );
  const named = process.env.CHROMIUM_PATH || undefined;
  if (named !== undefined) {
    if (!existsSync(named)) throw new Error(`CHROMIUM_PATH is ${named}, which does not exist. ${howToGetOne}`);
    return launch(named);
  }
  try {
    return await launch();
  } catch (error) {
    if (!isMissing(error as Error)) throw error;
    return launch(browserOnPath({ headed, cause: error }));
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

/** Playwright has no code for this error, and no way to ask where its own headless browser would be. */
const isMissing = ({ message }: Error): boolean => message.includes("Executable doesn't exist");

function browserOnPath({ headed, cause }: { headed: boolean; cause: unknown }): string {
  const programs = [...(headed ? [] : ['chromium-headless-shell']), 'chromium', 'google-chrome'];
  const found = programs.map(onPath).find((path) => path !== undefined);
  if (found !== undefined) return found;
  const advice = headed ? ' that can show a window. Run: npx playwright install chromium' : `. ${howToGetOne}`;
  throw new Error(`no browser found${advice}`, { cause });
}

/** Why a browser window cannot be shown here; undefined if it can. */
export function whyNoWindow(): string | undefined {
  const named = process.env.CHROMIUM_PATH ?? '';
  if (/headless/.test(basename(named)))
    return `${named} cannot show a window. Set CHROMIUM_PATH to a full Chromium, or run without --headed.`;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return (
      'No display to show the browser on: neither DISPLAY nor WAYLAND_DISPLAY is set. ' +
      'Run without --headed; the report has screenshots.'
    );
  return undefined;
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
  executablePath,
  hosts,
  endsOnSignals,
}: {
  headed: boolean;
  slowMo: number;
  executablePath: string | undefined;
  hosts: string | undefined;
  endsOnSignals: boolean;
}): LaunchOptions {
  return {
    headless: !headed,
    slowMo,
    handleSIGINT: endsOnSignals,
    handleSIGTERM: endsOnSignals,
    handleSIGHUP: endsOnSignals,
    ...(executablePath ? { executablePath } : {}),
    args: [
      // Chromium does not run as root in its sandbox.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // One renderer for all sites saves a process change at every step between the SP and the IdP;
      // cookies do not depend on it.
      '--disable-site-isolation-trials',
      '--renderer-process-limit=1',
      '--in-process-gpu',
      // Replaces Playwright's own list: no new surface for each screenshot, and no process for the network.
      '--enable-features=NetworkServiceInProcess2,SkipListAccountsWithoutGaiaCookies',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(hosts ? [`--host-resolver-rules=${hosts}`] : []),
    ],
  };
}
