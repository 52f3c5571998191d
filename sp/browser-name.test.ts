/** Browsers by their User-Agent header, and programs that open links in emails. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browserName } from './browser-name.ts';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const named: readonly (readonly [agent: string, name: string])[] = [
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/130.0.0.0 Safari/537.36`, 'Chrome on Windows'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/130.0.0.0 Safari/537.36 Edg/130.0`, 'Edge on Windows'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webKit} HeadlessChrome/130.0.0.0 Safari/537.36`, 'Chrome on Linux'],
  [`Mozilla/5.0 (Linux; Android 14) ${webKit} Chrome/130.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0', 'Firefox on macOS'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) ' +
      'Version/17.6 Mobile/15E148 Safari/604.1',
    'Safari on iOS',
  ],
];
for (const [agent, name] of named)
  test(`a browser: ${name}`, () => assert.deepEqual(browserName(agent), { name, isProgram: false }));

const programs: readonly (readonly [agent: string, name: RegExp])[] = [
  ['', /^an unnamed program$/],
  ['curl/8.5.0', /^the program “curl\/8\.5\.0”$/],
  ['Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0', /bingbot/],
  [`Mozilla/5.0 (Windows NT 10.0) ${webKit} Chrome/100.0 Safari/537.36 BingPreview/1.0b`, /^the program “Mozilla/],
  ['x'.repeat(500), /^the program “x{60}… 500 characters in total”$/],
];
for (const [agent, name] of programs)
  test(`a program: ${agent.slice(0, 30) || 'without a name'}`, () => {
    const found = browserName(agent);
    assert.equal(found.isProgram, true);
    assert.match(found.name, name);
  });
