/** Where an entry sends people: to the setting of a product that solves it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CaseCode } from '../troubleshooting.ts';
import { fixesFor } from './fixes.ts';
import type { ProductId } from './product.ts';

/** Entries, and the setting that the product names. */
const rows: readonly (readonly [product: ProductId, setting: RegExp, ...entries: CaseCode[]])[] = [
  ['okta', /Audience URI \(SP Entity ID\)/, 'audience-mismatch', 'app-unknown', 'request-issuer-case'],
  ['okta', /Single sign-on URL/, 'recipient-mismatch', 'recipient-blank', 'destination-mismatch'],
  ['okta', /Single sign-on URL/, 'acs-not-registered', 'acs-url-wrong'],
  ['keycloak', /Force POST Binding/, 'response-missing'],
  ['okta', /SAML Signing Certificates/, 'signing-cert-mismatch', 'signature-invalid', 'idp-certificate-absent'],
  ['okta', /Response: choose Signed/, 'message-not-signed', 'nothing-signed'],
  ['okta', /Assertion Signature: choose Signed/, 'assertion-not-signed'],
  ['okta', /RSA-SHA256 as Signature Algorithm/, 'signature-algorithm-refused'],
  ['okta', /Assertion Encryption/, 'encryption-required', 'decryption-failed'],
  ['okta', /Assignments: assign the user/, 'app-not-assigned'],
  ['okta', /Name ID format/, 'nameid-not-email', 'nameid-missing', 'nameid-policy-unmet', 'subject-missing'],
  ['okta', /Name ID format/, 'nameid-user-mismatch'],
  ['okta', /Attribute Statements/, 'required-attribute-missing', 'email-missing'],
  ['google', /Group membership/, 'too-many-groups', 'group-format-wrong', 'role-not-authorised'],
  ['adfs', /-NotBeforeSkew/, 'not-yet-valid', 'assertion-expired'],
  ['onelogin', /SAML initiator/, 'idp-initiated-disabled', 'in-response-to-missing'],
  ['entra', /RequestedAuthnContext/, 'authn-context-unmet'],
  ['keycloak', /Client Signature Required/, 'request-unsigned', 'request-signature-bad'],
];
for (const [product, setting, ...entries] of rows)
  for (const entry of entries)
    test(`${entry} is solved in ${product}: ${setting.source}`, () => {
      const found = fixesFor(entry, { candidates: [product] });
      assert.equal(found.length, 1);
      assert.match(found[0]!.fix, setting);
    });
