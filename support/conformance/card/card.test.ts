/** The report card: what may be named, and that its pages belong to its results. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Row } from '../examination.ts';
import { peerNames } from '../peers.ts';
import { cardHtml, cardMarkdown } from './card-page.ts';
import { accepted, type Notes, readNotes, readProducts } from './products.ts';
import { resultOf, unnamed } from './result.ts';
import { rowText } from './row-text.ts';

const row = (code: string, more: Partial<Row>): Row => ({
  ...{ phrase: code, code, sentence: '', rule: '', expected: 'reject', why: '', result: 'fail' },
  ...{ signedInAs: null, sent: null, reply: null, tookMs: 0, ...more },
});

const rows = [
  row('audience-wrong', { severity: 'high', cause: 'accepts a response for another service provider' }),
  row('recipient-wrong', { severity: 'high', cause: 'accepts a response to another URL' }),
  row('deep-nesting', { severity: 'medium', cause: 'is kept busy by one response' }),
  row('recipient-empty', { severity: 'medium', cause: 'accepts a response to another URL' }),
  row('issuer-case', { severity: 'low', cause: 'accepts another Issuer' }),
];
const run = (all: readonly Row[], checked: readonly string[] = [], mediumIsPublic = true) =>
  resultOf('acme', { version: '1', at: '2026-11-29T10:00:00Z', rows: all }, { checked, mediumIsPublic });
const notes: Notes = {
  title: 'Acme',
  setUp: '',
  documentation: 'https://acme.example/',
  checked: [],
  withheld: 0,
  mediumIsPublic: true,
};

test('names a cause only if its high findings were checked, and never one that keeps a service provider busy', () => {
  const result = run(rows, ['audience-wrong', 'deep-nesting']);
  assert.deepEqual(
    result.findings.map(({ severity, count, codes }) => [severity, count, codes]),
    [
      ['high', 1, ['audience-wrong']],
      ['high', 1, []],
      ['medium', 2, []],
      ['low', 1, ['issuer-case']],
    ],
  );
  const text = JSON.stringify(result);
  assert.doesNotMatch(text, /recipient-|another URL|deep-nesting|busy/);
});

test('what does not apply to a product was not tried', () => {
  const logout = row('logout-request-ok', { result: 'not verified', isInapplicable: true });
  const product = { ...notes, peer: 'acme', result: run([row('issuer-case', { result: 'pass' }), logout]) };
  assert.match(cardMarkdown([product]), /\| 0 \| 1 \| 1 \| 100\.0 % \|$/m);
});

test('names medium findings only if they are public', () => {
  const medium = [row('recipient-empty', { severity: 'medium', cause: 'accepts a response to another URL' })];
  assert.deepEqual(run(medium).findings[0]!.codes, ['recipient-empty']);
  assert.doesNotMatch(JSON.stringify(run(medium, [], false)), /recipient-|another URL/);
  assert.deepEqual(run(medium, ['recipient-empty'], false).findings[0]!.codes, ['recipient-empty']);
});

test('is not published with a high finding that was not checked, or with too little verified', () => {
  const product = { ...notes, peer: 'acme', result: run(rows, ['audience-wrong']) };
  assert.equal(unnamed(product.result), 1);
  assert.throws(() => accepted(product), /acme has 1 critical or high findings/);
  assert.equal(accepted({ ...product, withheld: 1 }).peer, 'acme');
  const half = run([row('issuer-case', { result: 'pass' }), row('issuer-empty', { result: 'not verified' })]);
  assert.throws(() => accepted({ ...notes, peer: 'acme', result: half }), /only 50 %/);
});

test('says what is done well only if every attack of the kind was rejected', () => {
  const kind = ['assertion-issuer-wrong', 'issuer-case', 'issuer-known-key-of-other'];
  const passed = kind.map((code) => row(code, { result: 'pass' }));
  assert.deepEqual(run(passed).rejectsAll, [{ kind: 'another Issuer', count: 3 }]);
  assert.deepEqual(run([...passed.slice(1), row(kind[0]!, { severity: 'low' })]).rejectsAll, []);
});

test('a single row says what happened and who is signed in, without doubt where there is none', () => {
  const reply = { url: 'http://127.0.0.1/acs', status: 303, text: '' };
  const accepted = row('issuer-case', { severity: 'low', cause: 'accepts another Issuer', why: 'accepted', reply });
  assert.equal(
    rowText({ ...accepted, signedInAs: 'alice@example.org', isSignedIn: true }),
    `issuer-case: issuer-case
  fail, low: accepts another Issuer: accepted
  signed in as alice@example.org
  reply: 303 http://127.0.0.1/acs`,
  );
  const lastLine = (more: Partial<Row>): string => rowText(row('x', more)).split('\n').at(-1)!.trim();
  assert.equal(lastLine({ isSignedIn: false }), 'no user is signed in');
  assert.equal(lastLine({ isSignedIn: true }), 'a user is signed in, and the page does not show which');
  assert.equal(lastLine({}), 'it is not known who is signed in');
  assert.ok(!rowText(row('x', { why: '\u001b[2J' })).includes('\u001b'));
});

test('the pages belong to the results (npm run report-card -- --pages rewrites them)', () => {
  const products = readProducts();
  const page = (name: string): string => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
  assert.equal(page('report-card.md'), cardMarkdown(products));
  assert.equal(page('report-card.html'), cardHtml(products));
  for (const peer of Object.keys(readNotes())) assert.ok(peerNames.includes(peer), peer);
});
