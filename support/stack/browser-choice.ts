/** The choice of a browser: BROWSER, BROWSER_WS, BROWSER_CDP. */

/** Playwright's own builds, and installed browsers by Playwright's name for them. */
export const browserNames = ['chromium', 'firefox', 'webkit', 'chrome', 'msedge'] as const;
export type BrowserName = (typeof browserNames)[number];

export interface BrowserChoice {
  name: BrowserName;
  /** The URL of a browser that runs elsewhere; undefined to start one here. */
  elsewhere?: { url: string; protocol: 'playwright' | 'cdp' };
}

/** Desktops and editors set BROWSER to a program that opens a URL; that is not meant for us. */
const opensUrls = /[\\/:%]|^(xdg-open|open|none|wslview|x-www-browser|sensible-browser|gnome-open)$/;

export function browserChoice(
  { BROWSER = '', BROWSER_WS = '', BROWSER_CDP = '' }: NodeJS.ProcessEnv = process.env,
): BrowserChoice {
  const name = readName(BROWSER);
  if (BROWSER_WS !== '' && BROWSER_CDP !== '') throw new Error('Use either BROWSER_WS or BROWSER_CDP, not both');
  const address = BROWSER_WS || BROWSER_CDP;
  if (address === '') return { name };
  const variable = BROWSER_WS === '' ? 'BROWSER_CDP' : 'BROWSER_WS';
  const url = URL.parse(address);
  if (url === null || !/^(wss?|https?):$/.test(url.protocol))
    throw new Error(`${variable} must be a URL that starts with ws://, wss://, http:// or https://, not “${address}”`);
  const protocol = variable === 'BROWSER_CDP' || speaksDevTools(url) ? 'cdp' : 'playwright';
  if (protocol === 'cdp' && (name === 'firefox' || name === 'webkit'))
    throw new Error(`BROWSER=${name} cannot be used with ${variable}=${address}: only Chromium speaks that protocol`);
  return { name, elsewhere: { url: address, protocol } };
}

function readName(text: string): BrowserName {
  if (text === '' || opensUrls.test(text)) return 'chromium';
  const name = browserNames.find((one) => one === text.toLowerCase());
  if (name === undefined)
    throw new Error(`Unknown browser “${text}” in BROWSER. Use one of: ${browserNames.join(', ')}`);
  return name;
}

/** Chromium's debugging port is an http URL; its WebSocket has a path of its own. */
const speaksDevTools = ({ protocol, pathname }: URL): boolean =>
  protocol.startsWith('http') || pathname.startsWith('/devtools/');
