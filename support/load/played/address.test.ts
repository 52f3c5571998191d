/** The addresses that k6 uses are those of the URL standard, for what the pages of products contain. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Address, Parameters } from './address.ts';

const base = 'http://sp.localhost:8080/a/b/login?next=%2F#top';
const texts = [
  'http://sp.localhost:8080/x',
  'HTTPS://Example.COM:443/A?b=c#d',
  'https://example.com',
  'https://example.com?x=1',
  'http://127.0.0.1:80/',
  'http://[::1]:81/x',
  'http://user:secret@example.com/x',
  '/x/y?z=ä b',
  'x',
  './x',
  '../x/',
  '../../../x',
  'x/../y/.',
  'x/..',
  '?only=query',
  '#part',
  '',
  '//other.example:81/p',
  '/x?SAMLRequest=fZ%2B%3D&RelayState=a+b',
  'mailto:sam@acme.example',
  'javascript:void(0)',
  'http://',
  'http://bad host/',
  '  /blank  ',
  '/ä/"<>',
];

test('an address is read as by the URL standard', () => {
  for (const text of texts) {
    const real = URL.canParse(text, base) ? new URL(text, base) : undefined;
    const isWeb = real !== undefined && /^https?:$/.test(real.protocol);
    assert.equal(Address.canParse(text, base), isWeb, text);
    if (!isWeb) continue;
    real.username = real.password = '';
    const own = new Address(text, base);
    for (const part of ['href', 'origin', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search'] as const)
      assert.equal(own[part], real[part], `${part} of ${text}`);
  }
});

test('a relative address needs a base', () => {
  assert.equal(Address.canParse('/x'), false);
  assert.throws(() => new Address('/x'), TypeError);
});

test('a query can be replaced', () => {
  const own = new Address('http://a.example/x?y');
  own.search = new Parameters([['q', 'a b']]).toString();
  assert.equal(own.href, 'http://a.example/x?q=a+b');
});

test('fields are encoded as by the URL standard', () => {
  const pairs: [string, string][] = [
    ['SAMLResponse', 'aB+/='],
    ['RelayState', "ä ~!'()*-._&%\n"],
  ];
  assert.equal(new Parameters(pairs).toString(), new URLSearchParams(pairs).toString());
});
