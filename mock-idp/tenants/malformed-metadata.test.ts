/** 300 malformed variants of SP metadata and of certificates, by seed: read, or rejected in the IdP's own words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvalidXml } from '../sign-in/parse.ts';
import { createKeyPair } from './keys.ts';
import { bindings, readCertificate, readSpMetadata } from './metadata.ts';

const span = { notBefore: new Date('2026-01-01'), notAfter: new Date('2027-01-01') };
const { certificate } = await createKeyPair({ commonName: 'sp', algorithm: 'ecdsa-p256', ...span });
const base64 = certificate.replaceAll(/-----[^-]+-----|\s/g, '');
const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sp.example/">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" validUntil="2999-01-01T00:00:00Z">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
<X509Certificate>${base64}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<AssertionConsumerService Binding="${bindings.post}" Location="https://sp.example/acs" index="0"/>
</SPSSODescriptor></EntityDescriptor>`;

const awkward = fc.oneof(
  fc.constantFrom(
    '\0',
    '\uFEFF',
    '\uD800',
    '<!--',
    ']]>',
    '&',
    '&#0;',
    '&x;',
    '<?x?>',
    '<!DOCTYPE x>',
    '<',
    '"',
    '=',
    ' ',
  ),
  fc.constantFrom('-----BEGIN CERTIFICATE-----', 'validUntil="2020-01-01T00:00:00Z"', ' validUntil="x"', '\\n', base64),
  fc.constantFrom(
    'https://',
    'javascript:',
    '{x}',
    'xmlns=""',
    'x'.repeat(3_000),
    '<a>'.repeat(100),
    ' use="encryption"',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), dropped: fc.nat(60), added: awkward });
const variantOf = (text: string, edits: readonly { at: number; dropped: number; added: string }[]): string =>
  edits.reduce((sofar, { at, dropped, added }) => {
    const place = Math.floor(at * sofar.length);
    return sofar.slice(0, place) + added + sofar.slice(place + dropped);
  }, text);

for (const [what, text, read] of [
  ['metadata', metadata, readSpMetadata],
  ['a certificate', certificate, readCertificate],
] as const)
  test(`malformed variants of ${what}`, () => {
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        try {
          read(variantOf(text, edits));
        } catch (error) {
          assert.ok(error instanceof InvalidXml, String((error as Error).stack));
          assert.doesNotMatch(
            error.message.replaceAll(/“[^”]*”/g, '“”'),
            /error:[0-9A-F]{8}|routines|\bERR_|\bundefined\b|\bat .+:\d+:\d+|Unexpected|unclosed/,
          );
          const expired = /it expired on (\S+);/.exec(error.message)?.[1];
          if (expired !== undefined) assert.ok(Date.parse(expired) < Date.now(), error.message);
        }
      }),
      { seed, numRuns: 300 },
    );
  });
