/** Tests of decoding the posted form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import type { RejectionCode } from '../rejection-advice.ts';
import { decode, type PostedForm } from './decode.ts';

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

const refused: Readonly<Record<string, readonly [PostedForm, RejectionCode]>> = {
  'by redirect': [form({ method: 'GET' }), 'response-by-redirect'],
  'GET without anything': [form({ method: 'GET', fields: [] }), 'response-missing'],
  'as JSON': [form({ contentType: 'application/json' }), 'content-type-wrong'],
  'an artifact by GET': [form({ method: 'GET', fields: [['SAMLart', 'AAQ']] }), 'artifact-unsupported'],
  'an artifact by POST': [form({ fields: [['SAMLart', 'AAQ']] }), 'artifact-unsupported'],
  'no field': [form({ fields: [['RelayState', 'x']] }), 'response-missing'],
  'an empty field': [field(''), 'response-missing'],
  'white space only': [field(' \n'), 'response-missing'],
  'two responses': [
    form({
      fields: [
        ['SAMLResponse', base64(xml)],
        ['SAMLResponse', base64(xml)],
      ],
    }),
    'response-duplicated',
  ],
  'in the address of a post': [form({ fields: [], query: [['SAMLResponse', base64(xml)]] }), 'response-by-redirect'],
  'in the form and in the address': [form({ query: [['SAMLResponse', base64(xml)]] }), 'response-duplicated'],
  'two relay states': [
    form({
      fields: [
        ['SAMLResponse', base64(xml)],
        ['RelayState', 'a'],
        ['RelayState', 'a'],
      ],
    }),
    'response-duplicated',
  ],
  'one octet too many': [field(base64(`<a>${'x'.repeat(1024 * 1024 - 6)}</a>`)), 'response-too-large'],
  'white space without an end': [field(`${' '.repeat(1_600_000)}${base64(xml)}`), 'response-too-large'],
  '20 MB of junk': [field('A'.repeat(20_000_000)), 'response-too-large'],
  'the alphabet for addresses': [
    field(base64('<a>???>>>~~~</a>').replaceAll('+', '-').replaceAll('/', '_')),
    'response-not-base64',
  ],
  junk: [field('<<<<'), 'response-not-base64'],
  'one character of junk': [field(`${base64(xml)}*`), 'response-not-base64'],
  'more behind the padding': [field(`${base64('<a>1</a>')}${base64('<b/>')}`), 'response-not-base64'],
  'no padding': [field(base64('<a>1</a>').replace(/=+$/, '')), 'response-not-base64'],
  'bits beyond the end': [field('PGE+PC9hPh=='), 'response-not-base64'],
  compressed: [field(base64(deflateRawSync('<samlp:Response>x</samlp:Response>'))), 'response-deflated'],
  'compressed, and gigantic, so that nobody looks into it': [
    field(base64(deflateRawSync('<a>'.padEnd(20_000_000, 'x')))),
    'response-not-utf8',
  ],
  'base64 twice': [field(base64(base64(xml))), 'response-encoded-twice'],
  'percent signs': [field(encodeURIComponent(base64('<a>1</a>'))), 'response-encoded-twice'],
  'latin 1': [field(base64(Buffer.from(xml, 'latin1'))), 'response-not-utf8'],
  'UTF-16, little end first': [field(base64(Buffer.from(xml, 'utf16le'))), 'response-not-utf8'],
  'UTF-16, big end first': [field(base64(Buffer.from('<a/>', 'utf16le').swap16())), 'response-not-utf8'],
  'UTF-16 with a mark': [field(base64(Buffer.from(`\uFEFF${xml}`, 'utf16le'))), 'response-not-utf8'],
  'UTF-8 with a mark': [field(base64(`\uFEFF${xml}`)), 'response-not-utf8'],
  'UTF-7': [field(base64('+ADw-a/+AD4-')), 'xml-malformed'],
};

for (const [name, [posted, code]] of Object.entries(refused)) {
  test(`${name}: ${code}`, () => {
    const started = process.cpuUsage();
    const outcome = decode(posted);
    assert.equal(outcome.ok ? 'taken' : outcome.finding.code, code);
    assert.ok(spentMs(started) < 500);
  });
}

test('a sound form gives the text and the relay state', () =>
  assert.deepEqual(decode(form()), { ok: true, xml, relayState: 'relay' }));
test('a charset beside the type, and no type at all, are taken', () => {
  assert.ok(decode(form({ contentType: 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' })).ok);
  assert.ok(decode({ method: 'POST', fields: form().fields }).ok);
});
test('wrapped lines are taken', () =>
  assert.deepEqual(decode(field(base64(xml).replace(/(.{4})/g, '$1\r\n'))), { ok: true, xml, relayState: undefined }));
test('exactly the largest text is taken', () =>
  assert.ok(decode(field(base64(`<a>${'x'.repeat(1024 * 1024 - 7)}</a>`))).ok));

/** Processor time, which does not grow when others keep the machine busy. */
function spentMs(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
