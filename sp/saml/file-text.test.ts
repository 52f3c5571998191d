/** Files in every encoding that tools write are decoded, or named for what they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodingOf, otherEncodingOf, textOfFile } from './file-text.ts';
import { readIdpMetadata } from './idp-metadata.ts';
import { metadataSamples } from './sample-metadata.fixture.ts';

const text = '<a b="é😀"/>\n';

function utf32(content: string, isLittleEndian: boolean): Buffer {
  const codes = Array.from(content, (character) => character.codePointAt(0)!);
  const octets = Buffer.alloc(4 * codes.length);
  for (const [index, code] of codes.entries())
    if (isLittleEndian) octets.writeUInt32LE(code, 4 * index);
    else octets.writeUInt32BE(code, 4 * index);
  return octets;
}

const encoders: Readonly<Record<string, (content: string) => Buffer>> = {
  'utf-8': (content) => Buffer.from(content),
  'utf-16le': (content) => Buffer.from(content, 'utf16le'),
  'utf-16be': (content) => Buffer.from(content, 'utf16le').swap16(),
  'utf-32le': (content) => utf32(content, true),
  'utf-32be': (content) => utf32(content, false),
};
for (const [name, encode] of Object.entries(encoders))
  test(`${name}, with and without a byte order mark`, () => {
    for (const content of [text, `\uFEFF${text}`]) {
      assert.equal(encodingOf(encode(content)), name);
      assert.equal(textOfFile(encode(content)), text);
    }
    assert.equal(readIdpMetadata(textOfFile(encode(metadataSamples[0]!)), { now: new Date() }).ssoBinding, 'post');
  });

test('a number without a character, a cut file and an empty one are read', () => {
  assert.equal(textOfFile(Buffer.from([0x3c, 0, 0, 0, 0, 0, 0x11, 0])), '<\uFFFD');
  assert.equal(textOfFile(utf32(text, true).subarray(0, 9)), '<a');
  assert.equal(textOfFile(Buffer.alloc(0)), '');
  assert.equal(textOfFile(utf32('<\u{10FFFF}', true)), '<\u{10FFFF}');
});

test('zeros beside characters that are not ASCII are not an encoding', () => {
  for (const octets of [
    [0xe9, 0, 0x3c, 0],
    [0x3c, 0, 0x80, 0],
    [0, 0xe9, 0, 0x3c],
  ])
    assert.equal(encodingOf(Uint8Array.from(octets)), 'utf-8');
  assert.equal(encodingOf(Uint8Array.from([0x7f, 0, 0x3c, 0])), 'utf-16le');
});

test('only a file that begins like DER is read as octets', () => {
  const read = (...octets: number[]): string => textOfFile(Uint8Array.from(octets));
  assert.equal(read(0x30, 0x80, 0xe9), '0\x80é');
  assert.equal(read(0x30, 0x7f, 0xe9), '0\x7F\uFFFD');
  assert.equal(read(0x31, 0x80, 0xe9), '1\uFFFD\uFFFD');
});

/** As IBM037 has them. */
const ebcdic = (content: string): Buffer => {
  const others: Readonly<Record<string, number>> = { '<': 0x4c, '>': 0x6e, '?': 0x6f, ' ': 0x40, '{': 0xc0, '"': 0x7f };
  return Buffer.from(
    Array.from(content, (one) => {
      const letter = 'abcdefghi       jklmnopqr        stuvwxyz'.indexOf(one.toLowerCase());
      return others[one] ?? (letter < 0 ? 0x4b : 0x81 + letter - (one === one.toLowerCase() ? 0 : 0x40));
    }),
  );
};

test('other encodings are named', () => {
  assert.equal(otherEncodingOf(ebcdic('<?xml version')), 'EBCDIC');
  assert.equal(otherEncodingOf(ebcdic('{"log": {"version')), 'EBCDIC');
  assert.equal(otherEncodingOf(ebcdic('saml response')), 'EBCDIC');
  assert.equal(otherEncodingOf(ebcdic('<a')), undefined, 'only half of the octets are high');
  assert.equal(otherEncodingOf(Buffer.from('üüüü', 'latin1')), undefined);
  for (const start of ['+ADw-md:EntityDescriptor', '+ADw?xml', '+AHsAIg-log', 'SAMLResponse+AD0-PHN'])
    assert.equal(otherEncodingOf(Buffer.from(start)), 'UTF-7', start);
  for (const content of [text, '{"é": 1}', 'éééé üüüü', 'SAMLResponse=PHNhbWxw%2B', 'a+ADw=', '', 'LL'])
    assert.equal(otherEncodingOf(Buffer.from(content)), undefined, content);
  const lübeck = Buffer.from('Lübeck, SAMLResponse', 'latin1');
  for (const content of [Buffer.from([0x30, 0x82, 0x03, 0x90, 0x30, 0x82]), Buffer.from('Zoé', 'latin1'), lübeck])
    assert.equal(otherEncodingOf(content), undefined);
  const read = (octets: Buffer) => () => readIdpMetadata(textOfFile(octets), { now: new Date() });
  assert.throws(read(ebcdic('<?xml version=')), /The metadata is in EBCDIC, which is not read\. Save it in UTF-8\.$/);
  assert.throws(read(Buffer.from('+ADw-md:EntityDescriptor')), /is in UTF-7, which is not read\. Save it in UTF-8\.$/);
});
