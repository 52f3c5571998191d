/**
 * For each family of published holes (docs/conformance/advisories.md) a weak service provider, which the conformance
 * test must call critical under the faults of the family, and a repaired one, which passes them all.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { FaultCode, LogoutFaultCode } from '../../mock-idp/faults.ts';
import { certificateFor } from '../idp/certificates.ts';
import { sample } from '../stack/sample.fixture.ts';
import { BaselineFailed } from './baseline.ts';
import { readConfig } from './config.ts';
import type { Row } from './examination.ts';
import { examine } from './examine.ts';
import { type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { reportPage } from './report-page.ts';
import { standForTests } from './stand.fixture.ts';
import { createLogoutReader, type LogoutWeakness } from './weak-logout.fixture.ts';
import { readName, type Weakness } from './weak-reader.fixture.ts';

const faultsOf: Record<Weakness, readonly FaultCode[]> = {
  'reads the first name': ['xsw3', 'xsw4', 'xsw5', 'xsw7', 'assertion-read-from-unsigned'],
  'reads the last name': ['xsw1', 'xsw8', 'multiple-assertions', 'xsw-signed-in-extensions'],
  'reads a name before the root': ['xsw-nameid-prefix'],
  'verifies another text than it reads': [
    'xsw-doctype-differential',
    'xsw-doctype-entity',
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
  'verifies the first parameter, reads the last': ['redirect-two-responses-last'],
  'verifies a query only if it is signed': ['redirect-unsigned'],
  'trusts any signature of a query': ['redirect-other-key'],
  'verifies another field than it reads': ['simplesign-two-responses'],
  'verifies the first field, reads the last': ['simplesign-two-responses-last'],
  'trusts any form signature': ['simplesign-other-key'],
  'takes an error for success': ['error-as-success', 'error-as-success-key-type'],
};

const { stand, folder } = await standForTests();
const { publicKey, privateKey: decryptionKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encryptionCertificate = await certificateFor(publicKey);

const bindingOf = (name: string): string => `Binding="urn:oasis:names:tc:SAML:2.0:bindings:${name}"`;
const metadataOf = (entityId: string, acs: string): string =>
  `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}"><md:SPSSODescriptor ` +
  'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="encryption">' +
  '<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>' +
  `${encryptionCertificate.replace(/-----[^-]+-----|\s/g, '')}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>` +
  '</md:KeyDescriptor>' +
  `<md:SingleLogoutService ${bindingOf('HTTP-Redirect')} Location="${entityId}/slo"/>` +
  '<md:AssertionConsumerService index="0" ' +
  `${bindingOf('HTTP-POST')} Location="${acs}"/></md:SPSSODescriptor>` +
  '</md:EntityDescriptor>';

/** The rows of these faults, without others whose code contains one of them. */
function rowsOf(weakness: Weakness | undefined, codes: readonly string[]): Promise<Row[]> {
  const options = { weakness, certificate: stand.connection.certificates[0]!, decryptionKey };
  return rowsFrom({ readName: (received) => readName(received, options) }, codes);
}

/** Without a weakness at sign-in. */
function logoutRowsOf(weakness: LogoutWeakness | undefined, codes: readonly string[]): Promise<Row[]> {
  const { entityId, certificates } = stand.connection;
  return rowsFrom({ readLogout: createLogoutReader({ weakness, entityId, certificate: certificates[0]! }) }, codes);
}

async function rowsFrom(options: Omit<GullibleOptions, 'ssoUrl'>, codes: readonly string[]): Promise<Row[]> {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...options });
  const { entityId, acs, name, signIn, signedIn } = sp.config;
  const [metadata, file] = ['metadata.xml', join(folder, 'config.json')];
  writeFileSync(join(folder, metadata), metadataOf(entityId, acs));
  const people = { Sam: { email: 'alice@example.org' } };
  const recipe = { name, metadata, signIn: { page: signIn }, signedIn, people, signOut: { page: '/sign-out' } };
  writeFileSync(file, JSON.stringify(recipe));
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

test('an encrypted assertion is tried if a service provider rejects a plain one', async () => {
  const options = { weakness: undefined, certificate: stand.connection.certificates[0]!, decryptionKey };
  const isPlain = (field: string): boolean => Buffer.from(field, 'base64').includes('<saml:Assertion ');
  const insisting = rowsFrom(
    { readName: (received) => (isPlain(received.field) ? undefined : readName(received, options)) },
    ['audience-wrong'],
  );
  await assert.rejects(insisting, (error) => {
    assert.ok(error instanceof BaselineFailed);
    assert.match(error.clues.join(), /only encrypted assertions: add "encryption" to conformance\.demands/);
    return true;
  });
  let responses = 0;
  const once = rowsFrom({ readName: (received) => (++responses === 1 ? undefined : readName(received, options)) }, [
    'audience-wrong',
  ]);
  await assert.rejects(once, (error) => error instanceof BaselineFailed && error.clues.length === 0);
  const other = rowsFrom({ readName: () => undefined }, ['audience-wrong']);
  await assert.rejects(other, (error) => error instanceof BaselineFailed && error.clues.length === 0);
});

type LogoutCode = LogoutFaultCode | `${LogoutFaultCode}-elsewhere`;

const logoutFaultsOf: Record<LogoutWeakness, readonly LogoutCode[]> = {
  'verifies no logout message': [
    'logout-request-unsigned',
    'logout-request-unsigned-elsewhere',
    'logout-request-other-key',
    'logout-request-other-key-elsewhere',
    'logout-request-altered',
    'logout-request-altered-elsewhere',
    'logout-response-unsigned',
    'logout-response-other-key',
    'logout-response-altered',
  ],
  'verifies only logout messages that are signed': [
    'logout-request-unsigned',
    'logout-request-unsigned-elsewhere',
    'logout-response-unsigned',
  ],
  'verifies logout messages by one binding only': [
    'logout-request-binding-other-unsigned',
    'logout-request-binding-other-unsigned-elsewhere',
  ],
  'takes a logout message again': ['logout-request-replayed'],
  'ends the session of the browser, whichever is named': [
    'logout-request-nameid-other',
    'logout-request-sessionindex-other',
  ],
  'ends all sessions of the user': ['logout-request-sessionindex-other'],
  'ignores the Issuer': ['logout-request-issuer-wrong', 'logout-response-issuer-wrong'],
  'ignores the Destination': [
    'logout-request-destination-wrong',
    'logout-request-destination-missing',
    'logout-response-destination-wrong',
  ],
  'ignores InResponseTo': ['logout-response-in-response-to-unknown', 'logout-response-in-response-to-missing'],
  'ignores NotOnOrAfter': ['logout-request-expired'],
  'takes a signed message by either binding': ['logout-request-binding-other'],
  'takes any valid signature in a logout message': [
    'logout-request-signed-assertion',
    'logout-request-signed-assertion-elsewhere',
  ],
  'takes only unsigned logout messages': [
    'logout-request-unsigned',
    'logout-request-unsigned-elsewhere',
    'logout-response-unsigned',
  ],
};
const forgedLogout = /request-.*(unsigned|other-key|altered|replayed|signed-assertion)/;

describe('single logout is a finding if a service provider', () => {
  for (const [weakness, codes] of sample(Object.entries(logoutFaultsOf) as [LogoutWeakness, LogoutCode[]][], 3))
    test(weakness, async () => {
      const rows = await logoutRowsOf(weakness, codes);
      assert.deepEqual(
        rows.map(({ code, severity }) => [code, severity]).toSorted(),
        codes.map((code) => [code, forgedLogout.test(code) ? 'medium' : 'low']).toSorted(),
        outcomes(rows).join('\n'),
      );
    });
});

test('without these weaknesses, only valid logout messages end a session', async () => {
  const codes = [
    'logout-request-ok',
    'logout-request-sessionindex-missing',
    'logout-response-ok',
    ...sample([...new Set(Object.values(logoutFaultsOf).flat())], 6),
  ];
  const rows = await logoutRowsOf(undefined, codes);
  assert.equal(rows.length, codes.length);
  assert.deepEqual(outcomes(rows.filter(({ result }) => result !== 'pass')), []);
});

test('sign-ins in the second of a logout are not judged: some products date sessions to the second', async () => {
  const { entityId, certificates } = stand.connection;
  const readLogout = createLogoutReader({ weakness: undefined, entityId, certificate: certificates[0]! });
  const codes = ['encrypted-ok', 'logout-request-ok'];
  const rows = await rowsFrom({ readLogout, datesToTheSecond: true }, codes);
  assert.deepEqual(outcomes(rows.filter(({ code, result }) => code.startsWith('logout') && result !== 'pass')), []);
  assert.deepEqual(outcomes(rows.filter(({ cause }) => cause === 'goes out of service')), []);
  assert.equal(rows.length, codes.length);
});

test('the report shows logout messages, and what was expected of them', async () => {
  const rows = await logoutRowsOf('ignores NotOnOrAfter', ['logout-request-expired', 'logout-request-ok']);
  const page = reportPage({ name: 'SP', entityId: 'x', acs: [], at: new Date().toISOString(), tookMs: 1, rows });
  for (const words of ['the user stays signed in', 'the session ends', 'The message that was sent', 'NotOnOrAfter'])
    assert.ok(page.includes(words), words);
});

test('without a logout URL, no logout message is tried', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl });
  const file = join(folder, 'without-logout.json');
  writeFileSync(file, JSON.stringify(sp.config));
  const { rows } = await examine({ config: await readConfig(file), stand, only: ['a valid LogoutRequest'] });
  assert.deepEqual(
    rows.map(({ result, isInapplicable }) => [result, isInapplicable]),
    [['not verified', true]],
  );
});
