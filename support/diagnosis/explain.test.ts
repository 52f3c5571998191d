/** A captured message cannot inject escape sequences into the terminal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { messagesIn } from './capture.ts';
import { readConnectionOptions } from './connection-options.ts';
import { diagnose } from './diagnose.ts';
import { explain } from './explain.ts';
import { createRedactor } from './redact.ts';

const hostile = '\x1b[8m\x1b[2J\x1b]0;title\x07\x9b2J\u202e';

const har = (url: string, response: string): string =>
  JSON.stringify({
    log: {
      entries: [
        {
          startedDateTime: '2026-03-01T12:00:00Z',
          request: {
            method: 'POST',
            url,
            postData: {
              mimeType: 'application/x-www-form-urlencoded',
              params: [{ name: 'SAMLResponse', value: Buffer.from(response).toString('base64') }],
            },
          },
          response: { status: 200 },
        },
      ],
    },
  });

for (const showSecrets of [false, true])
  test(`escape sequences in a URL and outside XML are spelled out (secrets shown: ${showSecrets})`, async () => {
    const settings = await readConnectionOptions({});
    const file = har(`https://sp.example/acs${hostile}`, `${hostile}no XML${hostile}`);
    const diagnosed = diagnose(messagesIn(Buffer.from(file)), { settings, redactor: createRedactor({ showSecrets }) });
    const text = diagnosed.map((one) => explain(one, { number: 1, total: 1, showSecrets })).join('\n');
    assert.match(text, /sp\.example\/acs⟨U\+001B⟩\[8m/);
    assert.match(text, /⟨U\+202E⟩no XML/);
    for (const sequence of ['\x1b[8m', '\x1b[2J', '\x1b]']) assert.ok(!text.includes(sequence));
    assert.doesNotMatch(stripVTControlCharacters(text), /(?!\n)[\p{Cc}\u202e]/u);
  });
