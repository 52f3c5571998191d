/** The browser of a run: Chromium of this machine, or as BROWSER, BROWSER_WS and BROWSER_CDP say (docs/browsers.md). */
import { basename } from 'node:path';
import type { Browser, LaunchOptions } from 'playwright';
import { type BrowserChoice, browserChoice } from './browser-choice.ts';
import { keepNetwork } from './browser-network.ts';
import type { BrowserProxy } from './browser-proxy.ts';
import { isMissing, launchChromium } from './chromium.ts';
import { hostRules, resolverRules } from './hosts.ts';
import { connectToBrowser } from './remote-browser.ts';
import { trustsMore } from './trust.ts';

export interface BrowserOptions {
  headed?: boolean;
  /** Milliseconds between two actions, for watching. */
  slowMo?: number;
  /** The only hosts that it may reach, where `*` stands for any label. Default: all. Chromium of this machine only. */
  only?: readonly string[];
  /** Closes it on a signal, and ends the process on Ctrl+C. False if the command handles signals itself. */
  endsOnSignals?: boolean;
  /** Called with what the user should know. Default: prints each sentence once. */
  say?: (sentence: string) => void;
}

const printed = new Set<string>();

function printOnce(sentence: string): void {
  if (!printed.has(sentence)) console.error(sentence);
  printed.add(sentence);
}

/** Throws with how to get a browser if there is none. */
export async function launchBrowser({
  headed = process.env.HEADED === '1',
  slowMo = Number(process.env.SLOW_MO ?? 0),
  only,
  endsOnSignals = true,
  say = printOnce,
}: BrowserOptions = {}): Promise<Browser> {
  const choice = browserChoice();
  const { name, elsewhere } = choice;
  if (only !== undefined && (name !== 'chromium' || elsewhere))
    throw new Error('This command needs Chromium on this machine: only that can be kept to the allowed hosts');
  if (elsewhere) {
    for (const sentence of unusedBy(elsewhere)) say(sentence);
    const browser = await connectToBrowser({ name, ...elsewhere, headed, slowMo });
    return keepNetwork(browser, { advice: `install its authority on the machine of ${elsewhere.url}` });
  }
  const proxy = await proxyFor(choice, only);
  try {
    const options = { headed, slowMo, endsOnSignals };
    const browser =
      name === 'firefox' || name === 'webkit'
        ? await launchOther(name, { ...options, proxy })
        : await launchChromium({ ...options, name, hosts: resolverRules({ only }), proxy, say });
    return proxy === undefined ? browser : behind(proxy, browser, choice);
  } catch (error) {
    await proxy?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** Chromium places the hosts in HOSTS itself. WebKit does not know names below localhost everywhere. */
async function proxyFor({ name }: BrowserChoice, only?: readonly string[]): Promise<BrowserProxy | undefined> {
  const checks = trustsMore();
  if (!checks && name !== 'webkit' && !(name === 'firefox' && hostRules().length > 0)) return undefined;
  const { startBrowserProxy } = await import('./browser-proxy.ts'); // loads what makes certificates
  return startBrowserProxy({ checks, only });
}

function behind(proxy: BrowserProxy, browser: Browser, { name }: BrowserChoice): Browser {
  browser.on('disconnected', () => void proxy[Symbol.asyncDispose]());
  // The proxy checks every certificate. Only Chromium can be limited to the proxy's own key.
  const ignores = trustsMore() && (name === 'firefox' || name === 'webkit');
  return keepNetwork(browser, {
    problemOf: proxy.problemOf,
    isHttp1: trustsMore(),
    ...(ignores ? { context: { ignoreHTTPSErrors: true } } : {}),
  });
}

interface OtherOptions {
  headed: boolean;
  slowMo: number;
  endsOnSignals: boolean;
  proxy: BrowserProxy | undefined;
}

/** Playwright's own build of another browser. */
async function launchOther(
  name: 'firefox' | 'webkit',
  { headed, slowMo, endsOnSignals, proxy }: OtherOptions,
): Promise<Browser> {
  const { [name]: type } = await import('playwright');
  const options: LaunchOptions = {
    headless: !headed,
    slowMo,
    handleSIGINT: endsOnSignals,
    handleSIGTERM: endsOnSignals,
    handleSIGHUP: endsOnSignals,
    ...(proxy ? { proxy: { server: proxy.url } } : {}),
  };
  try {
    return await type.launch(options);
  } catch (error) {
    if (isMissing(error as Error))
      throw new Error(`Playwright's ${name} is not installed. Run: npx playwright install ${name}`, { cause: error });
    if (/missing dependencies/i.test((error as Error).message))
      throw new Error(`${name} needs libraries of the system. Run: npx playwright install-deps ${name}`, {
        cause: error,
      });
    throw error;
  }
}

/** Settings that do not reach a browser elsewhere, one sentence each. */
function unusedBy({ url, protocol }: NonNullable<BrowserChoice['elsewhere']>): string[] {
  const sentences: string[] = [];
  if (protocol === 'cdp' && hostRules().length > 0)
    sentences.push(`HOSTS does not apply to the browser at ${url}: its machine resolves names.`);
  if (trustsMore())
    sentences.push(`The browser at ${url} checks certificates itself: its machine must trust the product's authority.`);
  return sentences;
}

/** Why a browser window cannot be shown here; undefined if it can. */
export function whyNoWindow(): string | undefined {
  const { name, elsewhere } = browserChoice();
  if (elsewhere) return undefined; // its machine has the display
  const named = process.env.CHROMIUM_PATH ?? '';
  if (name === 'chromium' && /headless/.test(basename(named)))
    return `${named} cannot show a window. Set CHROMIUM_PATH to a full Chromium, or run without --headed.`;
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return (
      'No display to show the browser on: neither DISPLAY nor WAYLAND_DISPLAY is set. ' +
      'Run without --headed; the report has screenshots.'
    );
  return undefined;
}
