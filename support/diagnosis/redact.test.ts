/** A redacted message shows no personal data, but every difference. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLinear } from '../../sp/saml/processor-time.fixture.ts';
import { createRedactor } from './redact.ts';

const namespaces = [
  'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"',
  'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"',
].join(' ');
const message = (inside: string): string => `<samlp:Response ${namespaces}>${inside}</samlp:Response>`;
const shown = (inside: string): string =>
  createRedactor()
    .xml(message(inside))
    .replace(/^<[^>]*>/, '')
    .replace('</samlp:Response>', '');

const secrets = [
  'sam.smith',
  'acme.example',
  'Sam Smith',
  'S-1-5-21',
  '_session77',
  'c2lnbmF0dXJl',
  'Y2lwaGVy',
  '192.0.2.7',
  'sams-laptop',
];
const personal = `<samlp:Status>
<samlp:StatusMessage>Sam Smith (sam.smith@acme.example) is locked, S-1-5-21.</samlp:StatusMessage>
</samlp:Status>
<saml:Assertion ID="_a">
<ds:Signature>
<ds:SignatureValue>c2lnbmF0dXJl</ds:SignatureValue><ds:X509Certificate>MIIC</ds:X509Certificate>
</ds:Signature>
<saml:Subject><saml:NameID>sam.smith@acme.example</saml:NameID>
<saml:SubjectConfirmation>
<saml:SubjectConfirmationData Address="192.0.2.7" Recipient="https://sp.example/acs"/>
</saml:SubjectConfirmation></saml:Subject>
<saml:AuthnStatement SessionIndex="_session77">
<saml:SubjectLocality Address="192.0.2.7" DNSName="sams-laptop"/>
</saml:AuthnStatement>
<saml:AttributeStatement>
<saml:Attribute Name="sid"><saml:AttributeValue>S-1-5-21</saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="name"><saml:AttributeValue><![CDATA[Sam Smith]]></saml:AttributeValue></saml:Attribute>
<saml:Attribute Name="mail"><saml:AttributeValue>sam.smith@acme.example</saml:AttributeValue></saml:Attribute>
</saml:AttributeStatement></saml:Assertion>
<saml:EncryptedAssertion><xenc:CipherValue>Y2lwaGVy</xenc:CipherValue></saml:EncryptedAssertion>`;

test('personal data and secrets are removed; names, server addresses and certificates are kept', () => {
  const text = shown(personal);
  assert.deepEqual(
    secrets.filter((secret) => text.includes(secret)),
    [],
  );
  for (const kept of ['Name="sid"', 'Name="mail"', 'ID="_a"', 'https://sp.example/acs', 'MIIC', 'is locked'])
    assert.ok(text.includes(kept), kept);
});

test('personal data is also removed from malformed XML', () => {
  const text = createRedactor().xml(message(personal).replace('</samlp:Response>', ''));
  assert.deepEqual(
    secrets.filter((secret) => !['Sam Smith', 'S-1-5-21'].includes(secret) && text.includes(secret)),
    [],
  );
  assert.ok(!/AttributeValue>(<!\[CDATA\[)?(Sam Smith|S-1-5)/.test(text));
});

test('equal values get equal replacements, in the message and in findings; different values do not', () => {
  const redactor = createRedactor();
  const text = redactor.xml(
    message(
      '<saml:NameID>sam@acme.example</saml:NameID>' +
        '<saml:AttributeValue>Sam@acme.example</saml:AttributeValue>' +
        '<saml:AttributeValue>sam@acme.example</saml:AttributeValue>',
    ),
  );
  assert.deepEqual(
    [...text.matchAll(/⟨[^⟩]*⟩/g)].map(([token]) => token),
    ['⟨address 1⟩', '⟨address 2⟩', '⟨address 1⟩'],
  );
  assert.deepEqual(
    redactor.finding({
      code: 'nameid-user-mismatch',
      expected: 'nora@acme.example',
      received: 'sam@acme.example',
      path: '/samlp:Response/saml:Assertion/saml:Subject/saml:NameID',
    }),
    {
      code: 'nameid-user-mismatch',
      expected: '⟨address 3⟩',
      received: '⟨address 1⟩',
      path: '/samlp:Response/saml:Assertion/saml:Subject/saml:NameID',
    },
  );
});

test('a value from an encrypted assertion is replaced, although it is not visible in the message', () => {
  const { received } = createRedactor().finding({
    code: 'nameid-not-email',
    expected: 'an email address',
    received: 'sam.smith',
    path: '/samlp:Response/saml:EncryptedAssertion/saml:Assertion/saml:Subject/saml:NameID',
  });
  assert.equal(received, '⟨NameID 1⟩');
});

test('a comment that splits a NameID stays visible', () => {
  assert.equal(
    shown('<saml:NameID>ada@acme.example<!----></saml:NameID>'),
    '<saml:NameID>⟨address 1⟩<!----></saml:NameID>',
  );
  assert.match(
    shown('<saml:NameID>ada@acme.example<!---->.evil.example</saml:NameID>'),
    /<saml:NameID>⟨address \d⟩<!---->⟨NameID \d⟩<\/saml:NameID>/,
  );
});

test('attribute values that also occur in URLs are not replaced there', () => {
  assert.match(
    shown(
      '<saml:Issuer>https://idp.acme.example/acme</saml:Issuer>' +
        '<saml:AttributeValue>acme</saml:AttributeValue><saml:AttributeValue>true</saml:AttributeValue>',
    ),
    /https:\/\/idp\.acme\.example\/acme</,
  );
});

test('secrets are shown on request', () => {
  const redactor = createRedactor({ showSecrets: true });
  assert.equal(redactor.xml(message(personal)), message(personal));
});

for (const [name, text] of [
  ['of at signs', (size: number) => 'a@'.repeat(size)],
  ['ending with an at sign', (size: number) => `${'a'.repeat(2 * size)}@`],
] as const)
  test(`a text ${name} takes linear time`, () =>
    assertLinear(
      name,
      (size) => message(`<saml:Issuer>${text(size)}</saml:Issuer>`),
      (xml) => createRedactor().xml(xml),
      { size: 16_384 },
    ));
