/** Tests of the troubleshooting page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rejections } from '../../../sp/rejection-advice.ts';
import { caseCodes, cases } from '../../../sp/troubleshooting.ts';
import { troubleshootingPage } from './troubleshooting.ts';

const page = troubleshootingPage();

test('every case has its own entry and a line in the contents', () => {
  for (const code of caseCodes) {
    assert.equal(page.split(`<a id="${code}"></a>\n\n### ${cases[code].title}\n`).length, 2, code);
    assert.ok(page.includes(`](#${code})`), code);
  }
});

test('every rejection is listed once', () => {
  for (const code of Object.keys(rejections)) assert.equal(page.split(`\n  - \`${code}\`: `).length, 2, code);
});

test('a case that cannot be staged gives the reason', () => {
  for (const { staging } of Object.values(cases))
    if (!staging.staged) assert.ok(page.includes(`**Staged:** no. ${staging.reason}`));
});

test('the page is tidy Markdown', () => {
  assert.doesNotMatch(page, /\n\n\n|[ \t]\n|undefined|\[object/);
  assert.match(page, /[^\n]\n$/);
});
