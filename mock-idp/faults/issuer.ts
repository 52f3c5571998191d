/** Faults in who issued the response and the assertion. */
import type { Fault } from '../fault.ts';
import { assertionClaimsFault, claimsFault } from '../fault-builders.ts';
import { nameIdFormats } from '../response/saml-values.ts';

const otherIssuer = 'https://elsewhere.example/idp';
/** Of an issuer such as https://idp.example/tenant/metadata. */
function withAnotherTenant(issuer: string): string {
  const parts = issuer.split('/');
  return parts.length < 3 ? issuer : parts.with(-2, 'another-tenant').join('/');
}

const ofResponse = ['Response/Issuer'];
const ofAssertion = ['Assertion/Issuer'];
const ofBoth = ['Issuer'];

export const issuerFaults = {
  // SAML lets an unsigned response leave its issuer out; the message here is signed, so it must have one.
  'a signed response without an issuer': claimsFault(
    {
      code: 'response-issuer-missing',
      sentence: 'The signed response does not say who issued it; its assertion does.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofResponse,
    },
    (claims) => ({ ...claims, responseIssuer: undefined }),
  ),
  'a response with an empty issuer': claimsFault(
    {
      code: 'response-issuer-empty',
      sentence: 'The Issuer of the response is empty.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofResponse,
    },
    (claims) => ({ ...claims, responseIssuer: { value: '' } }),
  ),
  'a response of another issuer': claimsFault(
    {
      code: 'response-issuer-wrong',
      sentence: 'The Issuer of the response is another identity provider; that of the assertion is right.',
      rule: 'SAML profiles 4.1.4.3',
      touches: ofResponse,
    },
    (claims) => ({ ...claims, responseIssuer: { value: otherIssuer } }),
  ),
  'an assertion without an issuer': assertionClaimsFault(
    {
      code: 'assertion-issuer-missing',
      sentence: 'The assertion does not say who issued it.',
      rule: 'SAML core 2.3.3',
      touches: ofAssertion,
    },
    (claims) => ({ ...claims, assertionIssuer: undefined }),
  ),
  'an assertion with an empty issuer': assertionClaimsFault(
    {
      code: 'assertion-issuer-empty',
      sentence: 'The Issuer of the assertion is empty.',
      rule: 'SAML core 2.2.5 and 1.3.1',
      touches: ofAssertion,
    },
    (claims) => ({ ...claims, assertionIssuer: { value: '' } }),
  ),
  'an assertion of another issuer': assertionClaimsFault(
    {
      code: 'assertion-issuer-wrong',
      sentence: 'The Issuer of the assertion is an identity provider that nobody knows.',
      rule: 'SAML profiles 4.1.4.3',
      touches: ofAssertion,
    },
    (claims) => ({ ...claims, assertionIssuer: { value: otherIssuer } }),
  ),
  'an assertion of another tenant in a response of the right one': assertionClaimsFault(
    {
      code: 'issuer-response-assertion-differ',
      sentence: 'Response and assertion name two tenants of the same identity provider as their issuers.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofAssertion,
    },
    (claims, { issuer }) => ({
      ...claims,
      assertionIssuer: { value: withAnotherTenant(issuer) },
    }),
  ),
  'a message of another issuer signed with the right key': assertionClaimsFault(
    {
      code: 'issuer-known-key-of-other',
      sentence: 'Response and assertion name another identity provider, but the key is that of the expected one.',
      rule: 'SAML profiles 4.1.4.3',
      touches: ofBoth,
    },
    (claims) => ({ ...claims, responseIssuer: { value: otherIssuer }, assertionIssuer: { value: otherIssuer } }),
  ),
  'an issuer of the wrong format': claimsFault(
    {
      code: 'issuer-format-wrong',
      sentence: 'The Issuer of the response says that it is a mail address.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofResponse,
    },
    (claims) => ({
      ...claims,
      responseIssuer: claims.responseIssuer && { ...claims.responseIssuer, format: nameIdFormats.emailAddress },
    }),
  ),
  'an assertion issuer of the wrong format': assertionClaimsFault(
    {
      code: 'assertion-issuer-format-wrong',
      sentence: 'The Issuer of the assertion says that it is a mail address.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofAssertion,
    },
    (claims) => ({
      ...claims,
      assertionIssuer: claims.assertionIssuer && { ...claims.assertionIssuer, format: nameIdFormats.emailAddress },
    }),
  ),
  'issuers that spell out the format of entity IDs': assertionClaimsFault(
    {
      code: 'issuer-format-entity',
      sentence: 'Both issuers say that they are entity IDs, which goes without saying.',
      rule: 'SAML core 2.2.5 and 8.3.6',
      verdict: 'accept',
      touches: ofBoth,
    },
    (claims, { issuer }) => ({
      ...claims,
      responseIssuer: { value: issuer, format: nameIdFormats.entity },
      assertionIssuer: { value: issuer, format: nameIdFormats.entity },
    }),
  ),
  // Left open by the catalogue. Rejected: entity IDs are compared without trimming, the same by every SP.
  'issuers with white space around': assertionClaimsFault(
    {
      code: 'issuer-whitespace',
      sentence: 'Both issuers stand on a line of their own.',
      rule: 'SAML core 1.3.2 (URIs are compared as they stand)',
      touches: ofBoth,
    },
    (claims, { issuer }) => ({
      ...claims,
      responseIssuer: { value: `\n  ${issuer}\n` },
      assertionIssuer: { value: `\n  ${issuer}\n` },
    }),
  ),
  'issuers in capitals': assertionClaimsFault(
    {
      code: 'issuer-case',
      sentence: 'Both issuers differ from the entity ID in case.',
      rule: 'SAML core 1.3.2',
      touches: ofBoth,
    },
    (claims, { issuer }) => ({
      ...claims,
      responseIssuer: { value: issuer.toUpperCase() },
      assertionIssuer: { value: issuer.toUpperCase() },
    }),
  ),
  'issuers with a slash at the end': assertionClaimsFault(
    {
      code: 'issuer-trailing-slash',
      sentence: 'Both issuers end in a slash that the entity ID does not have.',
      rule: 'SAML core 1.3.2',
      touches: ofBoth,
    },
    (claims, { issuer }) => ({
      ...claims,
      responseIssuer: { value: `${issuer}/` },
      assertionIssuer: { value: `${issuer}/` },
    }),
  ),
} satisfies Record<string, Fault>;
