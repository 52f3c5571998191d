/** Tests of decoding the posted form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { RejectionCode } from '../rejection-advice.ts';
import { decode, decodeField, fieldsOf, maxOctets, mostFields, type PostedForm } from './decode.ts';
import { assertQuick, spentMs } from './processor-time.fixture.ts';

const xml = '<a>grüße</a>';
const base64 = (text: string | Uint8Array): string => Buffer.from(text as string).toString('base64');
const form = (changes: Partial<PostedForm> = {}): PostedForm => ({
  method: 'POST',
  contentType: 'application/x-www-form-urlencoded',
  fields: [
    ['SAMLResponse', base64(xml)],
    ['RelayState', 'relay'],
  ],
  ...changes,
});
const field = (value: string): PostedForm => form({ fields: [['SAMLResponse', value]] });

const rejected: Readonly<Record<string, readonly [PostedForm, RejectionCode]>> = {
  'by redirect': [form({ method: 'GET' }), 'response-by-redirect'],
  'GET without anything': [form({ method: 'GET', fields: [] }), 'response-missing'],
  'as JSON': [form({ contentType: 'application/json' }), 'content-type-wrong'],
  'an artifact by GET': [form({ method: 'GET', fields: [['SAMLart', 'AAQ']] }), 'artifact-unsupported'],
  'an artifact by POST': [form({ fields: [['SAMLart', 'AAQ']] }), 'artifact-unsupported'],
  'no field': [form({ fields: [['RelayState', 'x']] }), 'response-missing'],
  'an empty field': [field(''), 'response-missing'],
  'only whitespace': [field(' \n'), 'response-missing'],
  'two responses': [
    form({
      fields: [
        ['SAMLResponse', base64(xml)],
        ['SAMLResponse', base64(xml)],
      ],
    }),
    'response-duplicated',
  ],
  'in the query string of a POST': [
    form({ fields: [], query: [['SAMLResponse', base64(xml)]] }),
    'response-by-redirect',
  ],
  'in the form and in the URL': [form({ query: [['SAMLResponse', base64(xml)]] }), 'response-duplicated'],
  'a duplicate RelayState': [
    form({
      fields: [
        ['SAMLResponse', base64(xml)],
        ['RelayState', 'a'],
        ['RelayState', 'a'],
      ],
    }),
    'response-duplicated',
  ],
  'one byte too many': [field(base64(`<a>${'x'.repeat(1024 * 1024 - 6)}</a>`)), 'response-too-large'],
  'endless whitespace': [field(`${' '.repeat(1_600_000)}${base64(xml)}`), 'response-too-large'],
  '20 MB of junk': [field('A'.repeat(20_000_000)), 'response-too-large'],
  base64url: [field(base64('<a>???>>>~~~</a>').replaceAll('+', '-').replaceAll('/', '_')), 'response-not-base64'],
  junk: [field('<<<<'), 'response-not-base64'],
  'one character of junk': [field(`${base64(xml)}*`), 'response-not-base64'],
  'text after the padding': [field(`${base64('<a>1</a>')}${base64('<b/>')}`), 'response-not-base64'],
  'no padding': [field(base64('<a>1</a>').replace(/=+$/, '')), 'response-not-base64'],
  'extra bits at the end': [field('PGE+PC9hPh=='), 'response-not-base64'],
  compressed: [field(base64(deflateRawSync('<samlp:Response>x</samlp:Response>'))), 'response-deflated'],
  'compressed and too large to inflate': [
    field(base64(deflateRawSync('<a>'.padEnd(20_000_000, 'x')))),
    'response-not-utf8',
  ],
  'blanks in place of plus signs': [
    field(base64('<a>???>>>~~~\u00e9\u00fb>>></a>').replaceAll('+', ' ')),
    'response-not-base64',
  ],
  'base64 twice': [field(base64(base64(xml))), 'response-encoded-twice'],
  'percent-encoded base64': [field(encodeURIComponent(base64('<a>1</a>'))), 'response-encoded-twice'],
  'ISO-8859-1': [field(base64(Buffer.from(xml, 'latin1'))), 'response-not-utf8'],
  'UTF-16 little-endian': [field(base64(Buffer.from(xml, 'utf16le'))), 'response-not-utf8'],
  'UTF-16 big-endian': [field(base64(Buffer.from('<a/>', 'utf16le').swap16())), 'response-not-utf8'],
  'UTF-16 with a byte order mark': [field(base64(Buffer.from(`\uFEFF${xml}`, 'utf16le'))), 'response-not-utf8'],
  'UTF-8 with a byte order mark': [field(base64(`\uFEFF${xml}`)), 'response-not-utf8'],
  'UTF-7': [field(base64('+ADw-a/+AD4-')), 'xml-malformed'],
};

for (const [name, [posted, code]] of Object.entries(rejected)) {
  test(`${name}: ${code}`, () => {
    const reading = (): void => {
      const outcome = decode(posted);
      assert.equal(outcome.ok ? 'taken' : outcome.finding.code, code);
    };
    assertQuick(spentMs(reading), 500);
  });
}

test('a valid form gives the text and the RelayState', () =>
  assert.deepEqual(decode(form()), { ok: true, xml, relayState: 'relay' }));
test('a Content-Type with a charset, and none, are accepted', () => {
  assert.ok(decode(form({ contentType: 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' })).ok);
  assert.ok(decode({ method: 'POST', fields: form().fields }).ok);
});
test('wrapped lines are accepted', () =>
  assert.deepEqual(decode(field(base64(xml).replace(/(.{4})/g, '$1\r\n'))), { ok: true, xml, relayState: undefined }));
test('a text of exactly the maximum length is accepted', () =>
  assert.ok(decode(field(base64(`<a>${'x'.repeat(1024 * 1024 - 7)}</a>`))).ok));

const factsOf = (posted: PostedForm): Record<string, unknown> => {
  const outcome = decode(posted);
  return outcome.ok ? { ok: true } : { ...outcome.finding };
};
const posted = (names: readonly string[], changes: Partial<PostedForm> = {}): PostedForm =>
  form({ fields: names.map((name) => [name, base64(xml)]), ...changes });
const response = 'a form posted with SAMLResponse';
const redirect = { query: [['SAMLResponse', 'x']] } as const;
const shown: Readonly<Record<string, readonly [PostedForm, Record<string, unknown>]>> = {
  'a response by GET': [
    posted(['SAMLResponse'], { method: 'GET' }),
    { code: 'response-by-redirect', expected: 'POST', received: 'GET' },
  ],
  'a response and an artifact by GET': [
    posted(['SAMLart', 'SAMLResponse'], { method: 'GET' }),
    { code: 'response-by-redirect', expected: 'POST', received: 'GET' },
  ],
  'nothing by PUT': [posted([], { method: 'PUT' }), { code: 'response-missing', expected: response, received: 'PUT' }],
  'a response by POST with an artifact': [posted(['SAMLart', 'SAMLResponse']), { ok: true }],
  'another parameter in the query string': [posted(['SAMLResponse'], { query: [['x', 'y']] }), { ok: true }],
  'an empty query string': [posted(['SAMLResponse'], { query: [] }), { ok: true }],
  'one of several parameters in the query string': [
    posted([], { query: [['x', 'y'], ...redirect.query] }),
    { code: 'response-by-redirect', expected: response, received: 'SAMLResponse in the URL' },
  ],
  'in the form and in the URL': [
    posted(['SAMLResponse'], redirect),
    { code: 'response-duplicated', expected: 'SAMLResponse once', received: 'in the form and in the URL' },
  ],
  'another type': [
    posted(['SAMLResponse'], { contentType: 'text/plain' }),
    { code: 'content-type-wrong', expected: 'application/x-www-form-urlencoded', received: 'text/plain' },
  ],
  'a type that only starts with the right one': [
    posted(['SAMLResponse'], { contentType: 'application/x-www-form-urlencoded2' }),
    {
      code: 'content-type-wrong',
      expected: 'application/x-www-form-urlencoded',
      received: 'application/x-www-form-urlencoded2',
    },
  ],
  'the type with surrounding spaces': [
    posted(['SAMLResponse'], { contentType: ' application/x-www-form-urlencoded ; a=b' }),
    { ok: true },
  ],
  'no field': [posted([]), { code: 'response-missing', received: 'fields: none' }],
  'other fields, each shown once': [
    posted(['RelayState', 'a', 'RelayState']),
    { code: 'response-missing', received: 'fields: RelayState, a' },
  ],
  'a field name in another case': [
    posted(['samlresponse']),
    { code: 'response-missing', received: 'fields: samlresponse' },
  ],
  'three responses': [
    posted(['SAMLResponse', 'SAMLResponse', 'SAMLResponse']),
    { code: 'response-duplicated', expected: 'SAMLResponse once', received: '3 times' },
  ],
  'a duplicate RelayState': [
    posted(['SAMLResponse', 'RelayState', 'RelayState']),
    { code: 'response-duplicated', expected: 'RelayState once', received: '2 times' },
  ],
  'the maximum number of fields': [
    posted(['SAMLResponse', ...Array.from({ length: mostFields - 1 }, (_, index) => `f${index}`)]),
    { ok: true },
  ],
  'one field more': [
    posted(['SAMLResponse', ...Array.from({ length: mostFields }, (_, index) => `f${index}`)]),
    { code: 'response-too-large', expected: `at most ${mostFields} form fields`, received: 'more' },
  ],
  'junk of 60 characters': [field('<'.repeat(60)), { code: 'response-not-base64', received: '<'.repeat(60) }],
  'junk of 61 characters': [field('<'.repeat(61)), { code: 'response-not-base64', received: `${'<'.repeat(60)}…` }],
  'an incomplete percent escape': [field('%4'), { code: 'response-not-base64', received: '%4' }],
  'surrounding whitespace of each kind': [
    field(`\t\r\n  ${base64(xml).slice(0, 4)}  \t\n${base64(xml).slice(4)} \n`),
    { ok: true },
  ],
  'non-ASCII whitespace': [
    field(`${base64('<a/>')}\u00A0`),
    { code: 'response-not-base64', received: `${base64('<a/>')}\u00A0` },
  ],
  'whitespace before the root': [field(base64(' \n<a/>')), { ok: true }],
  'a byte order mark inside the text': [field(base64('<a>\uFEFF</a>')), { ok: true }],
  'text that is not XML': [field(base64('hello, world')), { code: 'xml-malformed', received: 'hello, world' }],
  'text that only starts like base64 of XML': [
    field(base64(`${base64('<a/>')}*`)),
    { code: 'xml-malformed', received: `${base64('<a/>')}*` },
  ],
  'text that only ends like base64 of XML': [
    field(base64(`*${base64('<a/>')}`)),
    { code: 'xml-malformed', received: `*${base64('<a/>')}` },
  ],
  'base64 of something else': [field(base64(base64('hello'))), { code: 'xml-malformed', received: base64('hello') }],
  'base64 twice, with whitespace': [
    field(base64(` ${base64('\n <a/>')}\n`)),
    { code: 'response-encoded-twice', received: 'base64 inside base64' },
  ],
  'compressed, with leading whitespace': [field(base64(deflateRawSync(' \n<é/>'))), { code: 'response-deflated' }],
  'compressed text that is not XML': [
    field(base64(deflateRawSync('\u00e9\u00e8'))),
    { code: 'response-not-utf8', received: deflateRawSync('\u00e9\u00e8').subarray(0, 8).toString('hex') },
  ],
  'a NUL first': [
    field(base64('\0<a/>')),
    { code: 'response-not-utf8', received: Buffer.from('\0<a/>').toString('hex') },
  ],
  'a NUL as the third character': [field(base64('<a\0/>')), { ok: true }],
  'one byte too many': [
    field(base64(`<a>${'x'.repeat(maxOctets - 6)}</a>`)),
    { code: 'response-too-large', expected: `at most ${maxOctets} octets`, received: String(maxOctets + 1) },
  ],
};
for (const [name, [given, facts]] of Object.entries(shown))
  test(`the finding: ${name}`, () => assert.deepEqual(factsOf(given), facts));

test('a text longer than the limit with line breaks is not read', () => {
  const most = maxOctets * 1.5;
  const packed = base64('<a/>');
  assert.ok(decodeField(packed + ' '.repeat(most - packed.length)).ok);
  const outcome = decodeField(packed + ' '.repeat(most - packed.length + 1));
  assert.ok(!outcome.ok);
  assert.equal(outcome.finding.received, `${most + 1} characters of base64`);
});

test('fields are read in order, URL-decoded, and at most one above the limit', () => {
  assert.deepEqual(fieldsOf('a=1&b=%C3%BC+x&a='), [
    ['a', '1'],
    ['b', 'ü x'],
    ['a', ''],
  ]);
  for (const count of [mostFields, mostFields + 1, mostFields + 2])
    assert.equal(
      fieldsOf(Array.from({ length: count }, (_, index) => `f${index}=`).join('&')).length,
      Math.min(count, mostFields + 1),
    );
});
