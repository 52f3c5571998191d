/** The findings in the terminal: no escape sequence from a page, and a mark on those that are known. */
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { Reported, Row } from './examination.ts';
import { terminal } from './progress.ts';

const hostile = '\x1b[2J\x1b]0;title\x07\x9b8m\u202e';

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

function printed(changed: Partial<Reported>): string {
  const output = new PassThrough();
  const to = output as unknown as NodeJS.WriteStream;
  const about = { name: hostile, entityId: 'x', acs: [], at: '2026-03-01T12:00:00Z', tookMs: 1, rows: [row] };
  terminal({ progress: to, output: to }).end({ ...about, ...changed });
  return String(output.read());
}

test('escape sequences from a page are spelled out in a finding', () => {
  const text = printed({});
  assert.match(text, /the page shows “⟨U\+001B⟩\[2J/);
  assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}]/u);
});

test('known findings are marked', () => {
  const [known, other, fresh] = ['known', 'other', 'fresh'].map((phrase) => ({ ...row, phrase }));
  const text = printed({ rows: [known!, other!, fresh!], compared: { fresh: [fresh!] } });
  assert.deepEqual(text.match(/^ {2}\w.*$/gm), [
    '  known (audience-wrong), known',
    '  other (audience-wrong), known',
    '  fresh (audience-wrong)',
  ]);
  assert.doesNotMatch(printed({}), /known$/m);
});

test('faults are counted', () => {
  assert.match(printed({}), /: 1 fault in /);
  assert.match(printed({ rows: [row, row] }), /: 2 faults in /);
});
