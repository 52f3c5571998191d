/** The browser that BROWSER, BROWSER_WS and BROWSER_CDP choose. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BrowserChoice, browserChoice } from './browser-choice.ts';

const url = 'ws://grid.test:3000/';
const choices: readonly [env: NodeJS.ProcessEnv, choice: BrowserChoice][] = [
  [{}, { name: 'chromium' }],
  [{ BROWSER: '' }, { name: 'chromium' }],
  [{ BROWSER: 'Firefox' }, { name: 'firefox' }],
  [{ BROWSER: 'msedge' }, { name: 'msedge' }],
  // Programs that open a URL, as desktops and editors set them.
  [{ BROWSER: '/usr/bin/firefox' }, { name: 'chromium' }],
  [{ BROWSER: 'xdg-open' }, { name: 'chromium' }],
  [{ BROWSER_WS: url }, { name: 'chromium', elsewhere: { url, protocol: 'playwright' } }],
  [
    { BROWSER_WS: url, BROWSER: 'webkit' },
    { name: 'webkit', elsewhere: { url, protocol: 'playwright' } },
  ],
  [{ BROWSER_CDP: url }, { name: 'chromium', elsewhere: { url, protocol: 'cdp' } }],
  ...['http://127.0.0.1:9222', 'https://grid.test/', 'ws://127.0.0.1:9222/devtools/browser/1'].map(
    (address): [NodeJS.ProcessEnv, BrowserChoice] => [
      { BROWSER_WS: address },
      { name: 'chromium', elsewhere: { url: address, protocol: 'cdp' } },
    ],
  ),
];
test('the environment chooses the browser', () => {
  for (const [env, choice] of choices) assert.deepEqual(browserChoice(env), choice, JSON.stringify(env));
});

const mistakes: readonly [env: NodeJS.ProcessEnv, message: string][] = [
  [{ BROWSER: 'safari' }, 'Unknown browser “safari” in BROWSER. Use one of: chromium, firefox, webkit, chrome, msedge'],
  [
    { BROWSER_WS: 'grid.test:3000' },
    'BROWSER_WS must be a URL that starts with ws://, wss://, http:// or https://, not “grid.test:3000”',
  ],
  [{ BROWSER_WS: url, BROWSER_CDP: url }, 'Use either BROWSER_WS or BROWSER_CDP, not both'],
  [
    { BROWSER: 'firefox', BROWSER_CDP: url },
    `BROWSER=firefox cannot be used with BROWSER_CDP=${url}: only Chromium speaks that protocol`,
  ],
];
test('a choice that cannot be is explained', () => {
  for (const [env, message] of mistakes) assert.throws(() => browserChoice(env), { message });
});
