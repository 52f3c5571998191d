/** The forms of a page, and where it goes on by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formsIn, refreshIn } from './forms.ts';

const at = 'https://sp.example/a/b?c=d';

test('each form has its address, its method and what the page fills in', () => {
  const page = `
    <input name="outside" value="1">
    <form action="../post" method="POST"><input name="a" value="1"><input name="b"><input value="3"></form>
    <input name="between" value="2">
    <form><meta name="c" value="4"><select name="d" value="5"></select></form>
    <form action="https://other.example/" method="dialog"></form>`;
  assert.deepEqual(formsIn(page, at), [
    { action: 'https://sp.example/post', method: 'post', fields: { a: '1', b: '' } },
    { action: at, method: 'get', fields: {} },
    { action: 'https://other.example/', method: 'get', fields: {} },
  ]);
});

test('a form without an address that can be read is left out, with its fields', () => {
  const page = '<form action="http://a b/"><input name="a"></form><form action="/x" method="post"></form>';
  assert.deepEqual(formsIn(page, at), [{ action: 'https://sp.example/x', method: 'post', fields: {} }]);
  assert.deepEqual(formsIn('<form action="/x"></form>', ''), []);
  assert.deepEqual(formsIn('<form action="https://sp.example/x"></form>', ''), [
    { action: 'https://sp.example/x', method: 'get', fields: {} },
  ]);
});

const refreshes: readonly (readonly [content: string, address: string | undefined])[] = [
  ['0; url=/next', 'https://sp.example/next'],
  ['0;/next', 'https://sp.example/next'],
  [' 10 , URL = "/next" ', 'https://sp.example/next'],
  ["0;url='https://other.example/'", 'https://other.example/'],
  ['0; url=/with space ', 'https://sp.example/with%20space'],
  ['10', undefined],
  ['0;', undefined],
  ['soon 0; url=/next', undefined],
  ['url=/next', undefined],
  ['0; url=http://a b/', undefined],
];
for (const [content, address] of refreshes)
  test(`a refresh “${content}” leads to ${address ?? 'no page'}`, () =>
    assert.equal(
      refreshIn(`<meta http-equiv="Refresh" content="${content.replaceAll('"', '&quot;')}">`, at)?.href,
      address,
    ));

test('the first refresh counts, and nothing else is one', () => {
  const refresh = (path: string): string => `<meta http-equiv="refresh" content="0;${path}">`;
  assert.equal(refreshIn(refresh('/one') + refresh('/two'), at)?.pathname, '/one');
  assert.equal(refreshIn(refresh('/one'), '')?.pathname, undefined);
  for (const page of [
    '<meta name="refresh" content="0;/one">',
    '<meta http-equiv="refresh">',
    '<p http-equiv="refresh" content="0;/one">',
    '<meta http-equiv="content-type" content="0;/one">',
    '<meta content="0;/one">',
  ])
    assert.equal(refreshIn(page, at), undefined, page);
});
