/** The sequence diagram. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'cheerio';
import { lanes, type SequenceRow, sequenceDiagram } from './sequence-diagram.ts';

const rows: SequenceRow[] = [
  { at: 1000, from: 'administrator', to: 'sp', label: 'POST /admin/sso/1/test · 303' },
  { at: 1250, from: 'sp', to: 'mailbox', label: 'Email to Sam', tone: 'mail' },
  { at: 2000, from: 'idp', to: 'tester', label: '<script>alert(1)</script>', tone: 'saml' },
  { at: 2010, from: 'sp', to: 'sp', label: 'rejected: audience-mismatch', tone: 'bad' },
];

test('each party has a lane, and each message a row with its time', () => {
  const $ = load(sequenceDiagram(rows, { title: 'A test' }), { xml: true });
  assert.deepEqual(
    $('.name')
      .map((_, element) => $(element).text())
      .get(),
    Object.values(lanes),
  );
  assert.deepEqual(
    $('g .time')
      .map((_, element) => $(element).text())
      .get(),
    ['+0.00 s', '+0.25 s', '+1.00 s', '+1.01 s'],
  );
  assert.equal($('.bad .note').text(), 'rejected: audience-mismatch');
  assert.equal($('svg > title').text(), 'A test');
});

test('markup in a message is escaped', () => {
  assert.ok(!sequenceDiagram(rows, { title: '"><script>' }).includes('<script'));
});

test('rows beyond the limit are counted, not drawn', () => {
  const svg = sequenceDiagram(
    Array.from({ length: 500 }, (_, at) => ({ at, from: 'tester', to: 'sp', label: 'GET /' })),
    { title: 'Long', maxRows: 100 },
  );
  assert.equal(svg.match(/class="arrow"/g)?.length, 100);
  assert.match(svg, /and 400 more/);
});
