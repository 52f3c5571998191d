/** Reads from metadata what an administrator would type; missing parts are reported. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMetadata } from './read-metadata.ts';

const saml2 = 'urn:oasis:names:tc:SAML:2.0';
const key = (use: string, text: string): string =>
  `<md:KeyDescriptor${use}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>` +
  `<ds:X509Certificate>${text}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;
const good = `<md:EntityDescriptor xmlns:md="${saml2}:metadata" entityID="https://idp.example/metadata">
<md:IDPSSODescriptor protocolSupportEnumeration="${saml2}:protocol">
  ${key(' use="signing"', `\n  ${'A'.repeat(64)}\n  BBBB`)}${key('', 'CCCC')}${key(' use="encryption"', 'DDDD')}
  <md:SingleSignOnService Binding="${saml2}:bindings:HTTP-POST" Location="https://idp.example/post"/>
  <md:SingleSignOnService Binding="${saml2}:bindings:HTTP-Redirect" Location="https://idp.example/redirect"/>
</md:IDPSSODescriptor></md:EntityDescriptor>`;
const pem = (...lines: string[]): string =>
  `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;

test('entity ID, sign-on URL and every signing certificate are read', () => {
  assert.deepEqual(readMetadata(good, 'there'), {
    entityId: 'https://idp.example/metadata',
    metadataUrl: 'there',
    ssoUrl: 'https://idp.example/redirect',
    certificates: [pem('A'.repeat(64), 'BBBB'), pem('CCCC')],
  });
});

test('missing parts are reported', () => {
  assert.throws(() => readMetadata(good.replaceAll('IDPSSO', 'SPSSO')), /no identity provider/);
  assert.throws(() => readMetadata(good.replace('HTTP-Redirect', 'SOAP')), /no HTTP-Redirect sign-on URL/);
  assert.throws(() => readMetadata(good.replaceAll('KeyDescriptor', 'Nothing')), /no signing certificate/);
  assert.throws(() => readMetadata('<html><p></html>'), /not XML|no identity provider/);
});

test('the role for SAML 2.0 is read, wherever it is', () => {
  const old = /<md:IDPSSODescriptor[\s\S]*<\/md:IDPSSODescriptor>/
    .exec(good)![0]
    .replace(`${saml2}:protocol"`, 'urn:oasis:names:tc:SAML:1.1:protocol"')
    .replace('/redirect', '/old');
  const both = good.replace('<md:IDPSSODescriptor', `${old}<md:IDPSSODescriptor`);
  assert.equal(readMetadata(both).ssoUrl, 'https://idp.example/redirect');
  const onlyOld = good.replace(/<md:IDPSSODescriptor[\s\S]*<\/md:IDPSSODescriptor>/, old);
  assert.throws(() => readMetadata(onlyOld), /no identity provider for SAML 2\.0/);
});

test('a KeyDescriptor gives one certificate, without the frame that some products write', () => {
  const more = good.replace(
    'CCCC</ds:X509Certificate>',
    `${pem('CCCC')}</ds:X509Certificate><ds:X509Certificate>EEEE$&`,
  );
  const chain = more.replace('EEEECCCC</ds:X509Certificate>', 'EEEE</ds:X509Certificate>');
  assert.deepEqual(readMetadata(chain).certificates, [pem('A'.repeat(64), 'BBBB'), pem('CCCC')]);
});

test('white space around the sign-on URL is dropped', () => {
  const spaced = good.replace('"https://idp.example/redirect"', '" https://idp.example/redirect "');
  assert.equal(readMetadata(spaced).ssoUrl, 'https://idp.example/redirect');
});
