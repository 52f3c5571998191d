/** The sequence diagram. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from 'cheerio';
import { names } from '../catalogue/cast.ts';
import type { Product } from '../product/product.ts';
import type { Scene } from '../scenario/scene.ts';
import { lanes, type SequenceRow, sequenceDiagram } from './sequence-diagram.ts';
import { sequenceRowsOf } from './sequence-rows.ts';

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

const product = {
  url: 'http://board.example',
  recipe: { origins: ['http://login.board.example'] },
} as unknown as Product;
const scene = {
  stack: { sp: { url: product.url }, idp: { url: 'http://idp.localhost:8490' } },
  cast: Object.fromEntries(names.map((name) => [name, { address: `${name}@acme.example` }])),
  organization: { slug: 'acme', domain: 'acme.example' },
  tenant: { slug: 'acme' },
  product: { product },
} as unknown as Scene;

for (const [url, fields, label, to] of [
  ['http://login.board.example/saml/consume', ['SAMLResponse'], 'Sam: SAML response · 302', 'sp'],
  ['http://board.example/saml/logout', ['SAMLResponse'], 'Sam: LogoutResponse · 302', 'sp'],
  ['http://board.example/saml/sls?SAMLRequest=x', [], 'Sam: LogoutRequest · 302', 'sp'],
  ['http://idp.localhost:8490/acme/sso?SAMLRequest=x', [], 'Sam: AuthnRequest · 302', 'idp'],
] as const)
  test(`the message to ${url} of a product is named`, () => {
    const exchange = { at: 1, who: 'Sam', method: 'POST', url, status: 302, fields } as const;
    const [row] = sequenceRowsOf(scene, { exchanges: [exchange], mail: [], idp: [], responses: [], audit: [] });
    assert.deepEqual([row?.label, row?.to], [label, to]);
  });

test('a logout message is the browser’s row, and an ended session is a row of the IdP', () => {
  const events = [
    { event: 'request-received', app: product.url },
    { event: 'session-ended', username: 'Sam@acme.example' },
    { event: 'response-sent', app: product.url },
  ];
  const idp = events.map((one, on) => ({ at: '2026-03-01T12:00:00Z', kind: 'logout', on, ...one }));
  const rows = sequenceRowsOf(scene, { exchanges: [], mail: [], idp, responses: [], audit: [] });
  assert.deepEqual(
    rows.map(({ label }) => label),
    ['Sam signed out'],
  );
});
