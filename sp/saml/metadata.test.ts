/** The SP's own metadata. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderSpMetadata } from './metadata.ts';
import { parse } from './read.ts';

test('our own metadata has our URLs and keys', () => {
  const root = parse(
    renderSpMetadata({
      entityId: 'https://sp.example/a&b',
      homeUrl: 'https://sp.example/?a&b$$c',
      acsUrl: 'https://sp.example/acs',
      sloUrl: 'https://sp.example/slo',
      signRequests: true,
      wantAssertionsSigned: false,
      signingCertificate: 'AAAA',
      encryptionCertificate: 'BBBB',
    }),
  ).documentElement;
  assert.equal(
    root.getElementsByTagName('NameIDFormat')[0]?.textContent,
    'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  );
  const named = (name: string): Element[] => Array.from(root.getElementsByTagNameNS('*', name));
  assert.equal(root.getAttribute('entityID'), 'https://sp.example/a&b');
  assert.deepEqual(
    named('KeyDescriptor').map((one) => one.getAttribute('use')),
    ['signing', 'encryption'],
  );
  assert.deepEqual(
    named('AssertionConsumerService').map((one) => one.getAttribute('Location')),
    ['https://sp.example/acs'],
  );
  assert.deepEqual(
    named('AssertionConsumerService').map((one) => one.getAttribute('isDefault')),
    ['true'],
  );
  assert.equal(root.lastChild?.nodeName, 'Organization');
  assert.deepEqual(
    named('SingleLogoutService').map((one) => one.getAttribute('Location')),
    ['https://sp.example/slo'],
  );
  const organization = ['OrganizationName', 'OrganizationDisplayName', 'OrganizationURL'].map(
    (name) => named(name)[0]?.textContent,
  );
  assert.deepEqual(organization, ['Service provider', 'Service provider', 'https://sp.example/?a&b$$c']);
});
