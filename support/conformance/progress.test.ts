/** A service provider's page cannot inject escape sequences into the terminal. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { Row } from './examination.ts';
import { terminal } from './progress.ts';

const hostile = '\x1b[2J\x1b]0;title\x07\x9b8m\u202e';

test('escape sequences from a page are spelled out in a finding', () => {
  const output = new PassThrough();
  const row: Row = {
    phrase: 'an assertion with a different Audience',
    code: 'audience-wrong',
    sentence: 'x',
    rule: 'SAML core 2.5.1.4',
    expected: 'reject',
    result: 'fail',
    why: `the page shows “${hostile}”`,
    signedInAs: null,
    sent: null,
    reply: { url: `https://sp.example/${hostile}`, status: 200, text: hostile } as Row['reply'],
    tookMs: 1,
  };
  const to = output as unknown as NodeJS.WriteStream;
  const at = '2026-03-01T12:00:00Z';
  terminal({ progress: to, output: to }).end({ name: hostile, entityId: 'x', acs: [], at, tookMs: 1, rows: [row] });
  const printed = String(output.read());
  assert.match(printed, /the page shows “⟨U\+001B⟩\[2J/);
  assert.doesNotMatch(printed, /(?!\n)[\p{Cc}\p{Cf}]/u);
});
