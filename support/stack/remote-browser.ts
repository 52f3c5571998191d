/** A browser that runs elsewhere: on a Playwright server, or by its debugging port. */
import type { Browser, BrowserType } from 'playwright';
import type { BrowserName } from './browser-choice.ts';
import { hostsPlaced, useHostsInPlaywright } from './hosts.ts';

export interface RemoteOptions {
  name: BrowserName;
  url: string;
  protocol: 'playwright' | 'cdp';
  headed: boolean;
  slowMo: number;
}

/** Playwright's word for localhost, *.localhost, 127.0.0.1 and [::1]. */
const thisMachine = '<loopback>';

/** Hosts that a browser on a Playwright server reaches through this machine: this one and HOSTS. */
const exposed = (): string => [process.env.BROWSER_EXPOSE || thisMachine, ...hostsPlaced()].join(',');

/** Throws with a sentence that names the URL. */
export async function connectToBrowser(options: RemoteOptions): Promise<Browser> {
  const { name, url, protocol, slowMo } = options;
  const { chromium, firefox, webkit } = await import('playwright');
  const type = { chromium, firefox, webkit, chrome: chromium, msedge: chromium }[name];
  try {
    if (protocol === 'cdp') return await type.connectOverCDP(url, { slowMo, timeout: 30_000 });
    return await connectToServer(type, options);
  } catch (error) {
    throw new Error(whyNot(options, (error as Error).message), { cause: error });
  }
}

function connectToServer(type: BrowserType, { name, url, headed, slowMo }: RemoteOptions): Promise<Browser> {
  useHostsInPlaywright();
  const channel = name === 'chrome' || name === 'msedge' ? { channel: name } : {};
  return type.connect(url, {
    exposeNetwork: exposed(),
    slowMo,
    timeout: 30_000,
    headers: { 'x-playwright-launch-options': JSON.stringify({ headless: !headed, ...channel }) },
  });
}

function whyNot({ name, url, protocol }: RemoteOptions, message: string): string {
  const [server, client] = ['server', 'client'].map(
    (side) => new RegExp(`${side} version: v([\\w.-]{1,40})`).exec(message)?.[1],
  );
  if (server !== undefined)
    return (
      `The Playwright server at ${url} is version ${server}, but this project uses ${client ?? 'another one'}. ` +
      `Start one with the same version there: npx playwright@${client ?? 'VERSION'} run-server --port PORT`
    );
  if (/Executable doesn't exist|distribution '[\w-]{1,40}' is not found/.test(message))
    return `The Playwright server at ${url} has no ${name}. Run on its machine: npx playwright install ${name}`;
  if (/ECONNREFUSED/.test(message))
    return `No browser at ${url}: no server is listening there. Start one: npx playwright run-server --port PORT`;
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return `No browser at ${url}: its host name is unknown`;
  if (/Timeout \d+ms exceeded/.test(message)) return `No browser at ${url}: it did not respond within 30 s`;
  const what = protocol === 'cdp' ? 'a debugging port of Chromium' : 'a Playwright server';
  const other =
    protocol === 'cdp'
      ? 'For a Playwright server, set BROWSER_WS to its ws:// URL.'
      : 'For a debugging port of Chromium or a grid that offers one, set BROWSER_CDP instead.';
  const status = /\b([45]\d\d)\b/.exec(message)?.[1];
  return `${url} is not ${what}${status === undefined ? '' : ` (status ${status})`}. ${other}`;
}
