/**
 * For each family of published holes (docs/conformance/advisories.md) a weak service provider, which the conformance
 * test must call critical under the faults of the family, and a repaired one, which passes them all.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { FaultCode } from '../../mock-idp/faults.ts';
import { certificateFor } from '../idp/certificates.ts';
import { sample } from '../stack/sample.fixture.ts';
import { readConfig } from './config.ts';
import type { Row } from './examination.ts';
import { examine } from './examine.ts';
import { startGullible } from './gullible-sp.fixture.ts';
import { type Stand, startStand } from './stand.ts';
import { readName, type Weakness } from './weak-reader.fixture.ts';

const faultsOf: Record<Weakness, readonly FaultCode[]> = {
  'reads the first name': ['xsw3', 'xsw4', 'xsw5', 'xsw7', 'assertion-read-from-unsigned'],
  'reads the last name': ['xsw1', 'xsw8', 'multiple-assertions', 'xsw-signed-in-extensions'],
  'reads a name before the root': ['xsw-nameid-prefix'],
  'verifies another text than it reads': [
    'xsw-doctype-differential',
    'xsw-entity-id',
    'xsw-namespace-differential',
    'entity-hides-nameid',
  ],
  'skips text that it verified': ['pi-hides-nameid', 'comment-hides-nameid', 'cdata-hides-nameid'],
  'stops at a comment': ['comment-in-nameid'],
  'reads attributes anywhere': ['attributes-read-from-unsigned'],
  'looks for digests anywhere': ['digestvalue-smuggled', 'digestvalue-comment'],
  'allows two SignedInfo elements': ['signedinfo-multiple', 'signedinfo-multiple-last'],
  'compares the digest of any Reference': ['reference-two-forged'],
  'excludes every signature from the digest': ['xsw-second-signature'],
  'finds IDs by local name': ['xsw-attribute-pollution'],
  'takes failed canonicalization for empty text': ['void-canonicalisation'],
  'trusts the key in the response': ['signature-other-key'],
  'verifies only what is signed': ['unsigned-all'],
  'trusts what is encrypted': ['encrypted-unsigned', 'xsw-encrypted'],
  'verifies another parameter than it reads': ['redirect-request-and-response', 'redirect-two-responses'],
};

const folder = mkdtempSync(join(tmpdir(), 'weak-twins-'));
const { publicKey, privateKey: decryptionKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
let stand: Stand;
let encryptionCertificate: string;
before(async () => {
  stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
  encryptionCertificate = await certificateFor(publicKey);
});
after(async () => {
  await stand[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const metadataOf = (entityId: string, acs: string): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:SPSSODescriptor ` +
  'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="encryption">' +
  '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>' +
  `${encryptionCertificate.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>` +
  '</md:KeyDescriptor><md:AssertionConsumerService index="0" ' +
  `Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acs}"/></md:SPSSODescriptor>` +
  '</md:EntityDescriptor>';

/** The rows of these faults, without others whose code contains one of them. */
async function rowsOf(weakness: Weakness | undefined, codes: readonly string[]): Promise<Row[]> {
  const { ssoUrl, certificates } = stand.connection;
  const options = { weakness, certificate: certificates[0]!, decryptionKey };
  await using sp = await startGullible({ ssoUrl, readName: (received) => readName(received, options) });
  const { entityId, acs, ...config } = sp.config;
  const [metadata, file] = [join(folder, 'metadata.xml'), join(folder, 'config.json')];
  writeFileSync(metadata, metadataOf(entityId, acs));
  writeFileSync(file, JSON.stringify({ ...config, metadata }));
  const { rows } = await examine({ config: await readConfig(file), stand, only: codes.map((code) => ` ${code}`) });
  return rows.filter(({ code }) => codes.includes(code));
}

const outcomes = (rows: readonly Row[]): string[] =>
  rows.map(({ code, result, severity, why }) => `${code}: ${severity ?? result} (${why})`);

describe('a service provider is critical if it', () => {
  for (const [weakness, codes] of sample(Object.entries(faultsOf) as [Weakness, readonly FaultCode[]][], 3))
    test(weakness, async () => {
      const rows = await rowsOf(weakness, codes);
      assert.equal(rows.length, codes.length);
      assert.deepEqual(outcomes(rows.filter(({ severity }) => severity !== 'critical')), []);
    });
});

test('without these weaknesses, it passes', async () => {
  const codes = sample(Object.values(faultsOf).flat(), 8);
  const rows = await rowsOf(undefined, codes);
  assert.equal(rows.length, codes.length);
  assert.deepEqual(outcomes(rows.filter(({ result }) => result !== 'pass' && result !== 'policy')), []);
});
