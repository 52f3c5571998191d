/** Certificates as people paste and save them. */
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import * as x509 from '@peculiar/x509';
import { CertificateError, readCertificates, readOneCertificate } from './certificates.ts';
import { longestCertificate } from './trust-key.ts';

const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const keys = (await webcrypto.subtle.generateKey(curve, true, ['sign', 'verify'])) as CryptoKeyPair;
/** Names of different lengths, because base64 ends with =, == or neither. */
const make = async (name: string): Promise<string> => {
  const options = { serialNumber: '01', name: `CN=${name}`, notBefore: new Date(0), notAfter: new Date(1), keys };
  return (await x509.X509CertificateGenerator.createSelfSigned(options, webcrypto as Crypto)).toString('pem');
};
const tidy = (pem: string): string => new X509Certificate(pem).toString().trim();
const [one, two, three] = [await make('a'), await make('bb'), await make('ccc')] as const;
const base64 = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
const der = (pem: string): string => Buffer.from(base64(pem), 'base64').toString('latin1');
const framed = (label: string, content: string): string =>
  `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;
const pkcs7 = Buffer.from('301206092a864886f70d010702a0063004020100', 'hex').toString('base64');

const taken: Readonly<Record<string, readonly [text: string, certificates: readonly string[]]>> = {
  'a blank text': [' \n', []],
  'two in PEM': [`${one}\n${two}`, [one, two]],
  'base64 in lines of any length': [base64(one).replace(/.{9}/g, '$& \t'), [one]],
  'two in base64, one below the other': [`${base64(one)}\n${base64(two)}\n`, [one, two]],
  'three in base64, run together': [base64(one) + base64(two) + base64(three), [one, two, three]],
  'PEM and base64': [`${base64(one)}\n${two}${base64(three)}`, [one, two, three]],
  DER: [der(one), [one]],
  'two in DER': [der(one) + der(two), [one, two]],
  'two in one base64 text': [Buffer.from(der(one) + der(two), 'latin1').toString('base64'), [one, two]],
  'attributes before BEGIN': [
    `Bag Attributes\n  localKeyID: 01\nsubject=/CN=a\n${one}Thumbprint: AB\n${two}`,
    [one, two],
  ],
  'line breaks written as \\n, as in JSON': [`"x509cert": "${one.replaceAll('\n', '\\n')}",`, [one]],
  'line breaks as character references': [one.replaceAll('\n', '&#13;\n'), [one]],
  'line breaks as hexadecimal references': [one.replaceAll('\n', '&#xD;&#xA;'), [one]],
  'the frame of an old OpenSSL': [framed('X509 CERTIFICATE', base64(one)), [one]],
  'a trusted certificate, with what OpenSSL adds': [
    framed('TRUSTED CERTIFICATE', Buffer.from(`${der(one)}\x30\x02\x05\x00`, 'latin1').toString('base64')),
    [one],
  ],
  'dashes of a word processor': [one.replaceAll('-----', '—–'), [one]],
  'invisible characters': [`\uFEFF${one.replace('BEGIN', '\u200BBEGIN')}`, [one]],
  'no END': [one.slice(0, one.indexOf('-----END')), [one]],
  'no BEGIN': [one.slice(one.indexOf('MII')), [one]],
  'spaces in the frame': [one.replaceAll(' CERTIFICATE', '  CERTIFICATE '), [one]],
  'a frame in small letters': [one.replaceAll(/BEGIN|END|CERTIFICATE/g, (word) => word.toLowerCase()), [one]],
  'a request beside it': [`${framed('CERTIFICATE REQUEST', 'AAAA')}${one}`, [one]],
};
for (const [name, [text, certificates]] of Object.entries(taken))
  test(`read: ${name}`, () => assert.deepEqual(new Set(readCertificates(text)), new Set(certificates.map(tidy))));

const rejected: Readonly<Record<string, readonly [text: string, says: RegExp]>> = {
  'a fingerprint': ['AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01', /^This is a fingerprint/],
  'a fingerprint as OpenSSL prints it': [`sha256 Fingerprint=${'AB:'.repeat(31)}CD`, /^This is a fingerprint/],
  'a fingerprint without colons': ['0123456789abcdef0123456789abcdef01234567', /^This is a fingerprint/],
  'an address': ['https://idp.example/cert.pem', /^This is an address/],
  metadata: ['<md:EntityDescriptor xmlns:md="x"/>', /^This is metadata/],
  'an element': [`<ds:X509Certificate>${base64(one)}</ds:X509Certificate>`, /^This is XML\. Paste only/],
  'a private key': [`${one}${framed('EC PRIVATE KEY', 'AAAA')}`, /private key, which belongs only to its owner/],
  'a public key': [framed('PUBLIC KEY', 'AAAA'), /^It contains a PUBLIC KEY, not a certificate/],
  'PKCS #7': [pkcs7, /^This is a PKCS #7 container/],
  words: ['no certificate', /^This is not an X\.509 certificate/],
  'words after the last one': [`${one}\nnot one`, /^After the last END CERTIFICATE .*: “not one”/],
  'words with a hyphen after it': [`${one}not-one`, /there is text that is not a certificate: “not-one”/],
  'an invisible character': [base64(one).replace('M', 'M\u001F'), /^It contains the character U\+001F,/],
  'an address without TLS': ['http://idp.example/cert.pem', /^This is an address/],
  'words with an address': ['see https://idp.example/', /^It contains the character “:”/],
  'two octets with a colon': ['AB:CD', /^It contains the character “:”/],
  'another value after it': [
    framed('CERTIFICATE', Buffer.from(`${der(one)}\x31\x00`, 'latin1').toString('base64')),
    /2 octets that do not belong to it/,
  ],
  'a foreign character': [base64(one).replace('M', 'M!'), /^It contains the character “!”/],
  'half of it': [base64(one).slice(0, 200), /^The certificate is cut off: it has 150 of \d+ octets/],
  'the second of two is cut off': [
    one + framed('CERTIFICATE', base64(two).slice(0, 200)),
    /^Certificate 2: The certificate is cut off/,
  ],
  'without its start': [base64(one).slice(8), /^This is not an X\.509 certificate/],
  damage: [base64(one).replace(/^.{80}/, (start) => `${start.slice(0, 8)}${'A'.repeat(72)}`), /or it is damaged/],
  'rubbish after it': [framed('CERTIFICATE', Buffer.from(`${der(one)}xyz`, 'latin1').toString('base64')), /3 octets/],
  'nothing in the frame': [framed('CERTIFICATE', ''), /^There is nothing between BEGIN and END/],
  'too many =': [`${base64(one)}=====`, /“=” in the wrong place/],
  'only =': [`${framed('CERTIFICATE', '==')}`, /nothing between|wrong place/],
};
const [notOne, cutOff] = [/^This is not an X\.509 certificate/, /^The certificate is cut off: it has/];
const lengths: readonly (readonly [octets: readonly number[], says: RegExp])[] = [
  [[0x30], notOne],
  [[0x30, 0], notOne],
  [[0x30, 0x7f, 0, 0], cutOff],
  [[0x30, 0x80, 0, 0], notOne],
  [[0x30, 0x81], notOne],
  [[0x30, 0x81, 0xff], /^The certificate is cut off: it has 3 of 258 octets/],
  [[0x30, 0x82, 1], notOne],
  [[0x30, 0x84, 0, 0, 1, 0], /^The certificate is cut off: it has 6 of 262 octets/],
  [[0x30, 0x85, 0, 0, 0, 1, 0], notOne],
];
for (const [octets, says] of lengths)
  test(`rejected: the octets ${octets.join(' ')}`, () =>
    assert.throws(
      () => readCertificates(framed('CERTIFICATE', Buffer.from(octets).toString('base64'))),
      (error) => error instanceof CertificateError && says.test(error.message),
    ));

for (const [name, [text, says]] of Object.entries(rejected))
  test(`rejected: ${name}`, () =>
    assert.throws(
      () => readCertificates(text),
      (error) => error instanceof CertificateError && says.test(error.message),
    ));

test('a certificate that is too long to keep is rejected with the limit', async () => {
  const long = await make('x'.repeat(longestCertificate));
  assert.throws(() => readCertificates(long), /has \d+ characters; at most 20000 can be kept/);
});

test('of several certificates, those that can be read are, and each of the others is named', () => {
  const problems: string[] = [];
  const read = (text: string): string[] =>
    readCertificates(text, { onUnreadable: (problem) => void problems.push(problem) });
  const damaged = framed('CERTIFICATE', 'AAAA');
  assert.deepEqual(read(damaged + one + damaged), [tidy(one)]);
  assert.deepEqual(
    problems.map((problem) => problem.slice(0, 27)),
    ['Certificate 1: This is not ', 'Certificate 3: This is not '],
  );
  assert.throws(() => read(damaged + damaged), /^Error: Certificate 1: This is not an X\.509/);
  assert.equal(problems.length, 2);
});

test('where only one belongs, none and two are rejected', () => {
  assert.equal(readOneCertificate(one), tidy(one));
  assert.throws(() => readOneCertificate(' '), /^Error: It is empty\. Paste all of it/);
  assert.throws(() => readOneCertificate(one + two), /^Error: It contains 2 certificates run together/);
});
