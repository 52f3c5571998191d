/** The identity provider to judge by, from malformed metadata and certificates: settings, or a sentence of our own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textOfFile } from '../../sp/saml/file-text.ts';
import { assertOwnWords, fuzzSeed, malformed } from '../../sp/saml/malformed-inputs.fixture.ts';
import { metadataSamples, pemSamples } from '../../sp/saml/sample-metadata.fixture.ts';
import { idpOfCertificates, idpOfMetadata, idpOfText } from './identity-provider.ts';
import { Unreadable } from './unreadable.ts';

const now = new Date('2026-03-01T12:00:00Z');

async function assertReads(read: () => Promise<unknown>, input: string): Promise<void> {
  const about = `FUZZ_SEED=${fuzzSeed}: ${JSON.stringify(input.slice(0, 300))}`;
  try {
    await read();
  } catch (error) {
    assert.ok(error instanceof Unreadable, `${about}: ${(error as Error).stack}`);
    assertOwnWords(error.message, { now, about });
  }
}

for (const [option, samples, read] of [
  ['--idp-metadata', metadataSamples, (text: string) => idpOfMetadata(text, { now, entityId: 'urn:b' })],
  ['--idp-cert', pemSamples, (text: string) => idpOfCertificates(text)],
  ['the lab’s page', [...metadataSamples, ...pemSamples], (text: string) => idpOfText(text, { now })],
] as const)
  test(`300 malformed variants by ${option}`, async () => {
    for (const text of malformed(samples, { seed: fuzzSeed, count: 300 })) await assertReads(() => read(text), text);
  });

test('300 malformed files, decoded as UTF-8 or UTF-16', async () => {
  for (const [index, text] of malformed(metadataSamples, { seed: fuzzSeed, count: 300 }).entries()) {
    const octets = Buffer.from(text, index % 2 === 0 ? 'utf16le' : 'latin1').subarray(index % 3);
    await assertReads(() => idpOfMetadata(textOfFile(octets), { now }), text);
  }
});

test('blank text gives nothing, and other text is metadata or certificates by its start', async () => {
  assert.deepEqual(await idpOfText(' \n', { now }), {});
  assert.equal((await idpOfText(metadataSamples[0]!, { now })).entityId, 'https://idp.example/metadata');
  assert.equal((await idpOfText(pemSamples[0]!, { now })).certificates?.length, 1);
  await assert.rejects(idpOfText('<ds:X509Certificate>MII</ds:X509Certificate>', { now }), /This is XML\. Paste only/);
});

test('of several identity providers the entity ID chooses', async () => {
  const several = metadataSamples[2]!;
  assert.equal((await idpOfMetadata(several, { now, entityId: 'urn:b' })).entityId, 'urn:b');
  await assert.rejects(idpOfMetadata(several, { now }), /: https:\/\/idp\.example\/metadata, urn:b\. Choose one/);
});

test('one unreadable certificate of several is skipped and named; one alone is an error', async () => {
  const [pem = '', base64 = ''] = pemSamples;
  const skipped: string[] = [];
  const options = { now, onUnreadable: (problem: string) => void skipped.push(problem) };
  const damaged = pem.replace(base64.slice(10, 20), '!');
  assert.equal((await idpOfCertificates(`${damaged}\n${pem}`, options)).certificates?.length, 1);
  assert.match(skipped.pop()!, /^Certificate 1: It contains the character “!”/);
  await assert.rejects(idpOfCertificates(`${damaged}\n${pem}`), /Certificate 1: /);
  await assert.rejects(idpOfCertificates(damaged, options), /“!”/);
  const key = /<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/.exec(metadataSamples[0]!)![0];
  const two = metadataSamples[0]!.replace(key, key + key.replace(base64, base64.slice(0, 100)));
  assert.equal((await idpOfMetadata(two, options)).certificates?.length, 1);
  assert.match(skipped.pop()!, /X509Certificate, line \d+\) cannot be read\. The certificate is cut off/);
  await assert.rejects(idpOfMetadata(two, { now }), Unreadable);
  assert.deepEqual(skipped, []);
});
