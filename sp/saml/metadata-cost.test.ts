/** Reading metadata and certificates takes linear time, with any content. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CertificateError, readCertificates } from './certificates.ts';
import { ns } from './dom.ts';
import { readIdpMetadata } from './idp-metadata.ts';
import { MetadataError } from './metadata-error.ts';
import { spentMs } from './processor-time.fixture.ts';
import { metadataSamples, pemSamples } from './sample-metadata.fixture.ts';

const now = new Date('2026-03-01T12:00:00Z');
const honest = metadataSamples[0]!;
const [pem, base64] = [pemSamples[0]!, pemSamples[1]!];
const repeat = (count: number, one: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => one(index)).join('');
const role = /<md:IDPSSODescriptor[\s\S]*<\/md:IDPSSODescriptor>/.exec(honest)![0];
const key = /<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/.exec(honest)![0];
const before = (mark: string, added: string): string => honest.replace(mark, () => added + mark);

const costly: Readonly<Record<string, (count: number) => string>> = {
  roles: (count) =>
    before(
      '</md:EntityDescriptor>',
      repeat(count, () => role),
    ),
  'KeyDescriptors with the same certificate': (count) =>
    before(
      '<md:KeyDescriptor',
      repeat(count, () => key),
    ),
  'certificates in one KeyDescriptor': (count) =>
    before(
      '</ds:X509Data>',
      repeat(count, () => `<ds:X509Certificate>${base64}</ds:X509Certificate>`),
    ),
  endpoints: (count) =>
    before(
      '<md:SingleSignOnService',
      repeat(count, (n) => `<md:SingleSignOnService n="${n}"/>`),
    ),
  'providers in a group': (count) =>
    `<md:EntitiesDescriptor xmlns:md="${ns.md}">${repeat(count, () => honest)}</md:EntitiesDescriptor>`,
  comments: (count) => before('<md:KeyDescriptor', '<!-- x -->'.repeat(count)),
  'line separators': (count) => before('<md:KeyDescriptor', `${'x\u2028'.repeat(count * 10)}`),
  protocols: (count) => honest.replace('protocolSupportEnumeration="', `$&${'urn:x '.repeat(count)}`),
  'white space around the Location': (count) =>
    honest.replace('"https://idp.example/sso', () => `"${' '.repeat(count * 20)}https://idp.example/sso`),
  'declarations around elements': (count) =>
    before(
      '<md:KeyDescriptor',
      `<x ${repeat(60, (n) => ` xmlns:p${n}="urn:${n}"`)}>${'<y xmlns="urn:y"/>'.repeat(count)}</x>`,
    ),
};
for (const [name, write] of Object.entries(costly))
  test(`metadata with many ${name}`, () =>
    assertLinear((count) => {
      try {
        readIdpMetadata(write(count), { now });
      } catch (error) {
        assert.ok(error instanceof MetadataError, String(error));
      }
    }));

const pasted: Readonly<Record<string, (count: number) => string>> = {
  certificates: (count) => `${pem}\n`.repeat(count / 4),
  'certificates run together': (count) => base64.repeat(count / 4),
  hyphens: (count) => '-'.repeat(count * 50),
  'BEGIN lines': (count) => '-----BEGIN CERTIFICATE-----\n'.repeat(count * 4),
  'END lines': (count) => '-----END X-----'.repeat(count * 4),
  'half of BEGIN lines': (count) => '-- BEGIN A '.repeat(count * 4),
  'hexadecimal digits': (count) => '0a:'.repeat(count * 20),
  'white space': (count) => `${' '.repeat(count * 50)}x`,
  padding: (count) => 'MII='.repeat(count * 10),
  zeros: (count) => Buffer.alloc(count * 20).toString('base64'),
  'nested sequences': (count) => Buffer.from('3000'.repeat(count * 5), 'hex').toString('base64'),
};
for (const [name, write] of Object.entries(pasted))
  test(`pasted text with many ${name}`, () =>
    assertLinear((count) => {
      try {
        readCertificates(write(count));
      } catch (error) {
        assert.ok(error instanceof CertificateError, String(error));
      }
    }));

function assertLinear(act: (count: number) => void): void {
  const spent = (count: number): number =>
    Math.min(
      spentMs(() => act(count)),
      spentMs(() => act(count)),
    );
  spent(100);
  const [few, more] = [spent(250), spent(1_000)];
  assert.ok(more < 9 * few + 5, `${few.toFixed(1)} ms for 250, ${more.toFixed(1)} ms for 1,000`);
}
