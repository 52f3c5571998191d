/** Names a browser by its User-Agent header, so that an administrator can tell the tester's from a mail scanner. */
import { bounded } from './bounded-text.ts';

/** The first that fits: each header also contains names of those below. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|Chromium|HeadlessChrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

/** The headers of scanners and link previews often contain the name of a browser, too. */
const program = /bot\b|bot\/|spider|crawl|scan|preview|safelinks|proofpoint|barracuda|mimecast|\+https?:/i;

export interface BrowserName {
  /** `Chrome on Windows`, or a program's own name in quotes. */
  name: string;
  /** True for programs that no person looks at, as far as they say so. */
  isProgram: boolean;
}

export function browserName(agent: string): BrowserName {
  const named = (table: typeof browsers): string | undefined => table.find(([pattern]) => pattern.test(agent))?.[1];
  const browser = program.test(agent) ? undefined : named(browsers);
  const system = named(systems);
  if (browser !== undefined)
    return { name: system === undefined ? browser : `${browser} on ${system}`, isProgram: false };
  const own = agent === '' ? 'an unnamed program' : `the program “${bounded(agent, 60)}”`;
  return { name: own, isProgram: true };
}
