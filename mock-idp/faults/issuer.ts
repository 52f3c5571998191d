/** Faults in the Issuer of the response and of the assertion. */
import type { Fault } from '../fault.ts';
import { assertionClaimsFault, claimsFault } from '../fault-builders.ts';
import { nameIdFormats } from '../response/saml-values.ts';

const otherIssuer = 'https://elsewhere.example/idp';
/** Replaces the tenant in an issuer such as https://idp.example/tenant/metadata; others get an end. */
function withAnotherTenant(issuer: string): string {
  const parts = issuer.split('/');
  return parts.length < 3 ? `${issuer}-another-tenant` : parts.with(-2, 'another-tenant').join('/');
}

const ofResponse = ['Response/Issuer'];
const ofAssertion = ['Assertion/Issuer'];
const ofBoth = ['Issuer'];

export const issuerFaults = {
  // SAML requires an Issuer here because the response is signed; an unsigned one may omit it.
  'a signed response without Issuer': claimsFault(
    {
      code: 'response-issuer-missing',
      sentence: 'The signed Response has no Issuer; its Assertion has one.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofResponse,
    },
    (claims) => ({ ...claims, responseIssuer: undefined }),
  ),
  'a response with an empty Issuer': claimsFault(
    {
      code: 'response-issuer-empty',
      sentence: 'The Issuer of the Response is empty.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofResponse,
    },
    (claims) => ({ ...claims, responseIssuer: { value: '' } }),
  ),
  'a response with a different Issuer': claimsFault(
    {
      code: 'response-issuer-wrong',
      sentence: 'The Issuer of the Response is another IdP; that of the Assertion is right.',
      rule: 'SAML profiles 4.1.4.3',
      touches: ofResponse,
    },
    (claims) => ({ ...claims, responseIssuer: { value: otherIssuer } }),
  ),
  'an assertion without Issuer': assertionClaimsFault(
    {
      code: 'assertion-issuer-missing',
      sentence: 'The Assertion has no Issuer.',
      rule: 'SAML core 2.3.3',
      touches: ofAssertion,
    },
    (claims) => ({ ...claims, assertionIssuer: undefined }),
  ),
  'an assertion with an empty Issuer': assertionClaimsFault(
    {
      code: 'assertion-issuer-empty',
      sentence: 'The Issuer of the Assertion is empty.',
      rule: 'SAML core 2.2.5 and 1.3.1',
      touches: ofAssertion,
    },
    (claims) => ({ ...claims, assertionIssuer: { value: '' } }),
  ),
  'an assertion with a different Issuer': assertionClaimsFault(
    {
      code: 'assertion-issuer-wrong',
      sentence: 'The Issuer of the Assertion is an unknown IdP.',
      rule: 'SAML profiles 4.1.4.3',
      touches: ofAssertion,
    },
    (claims) => ({ ...claims, assertionIssuer: { value: otherIssuer } }),
  ),
  'an assertion with the Issuer of another tenant': assertionClaimsFault(
    {
      code: 'issuer-response-assertion-differ',
      sentence: 'The Response has the right Issuer; that of the Assertion is another tenant of the same IdP.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofAssertion,
    },
    (claims, { issuer }) => ({
      ...claims,
      assertionIssuer: { value: withAnotherTenant(issuer) },
    }),
  ),
  'a response with a different Issuer signed with the right key': assertionClaimsFault(
    {
      code: 'issuer-known-key-of-other',
      sentence: 'Response and Assertion name another IdP as Issuer, but are signed with the key of the expected one.',
      rule: 'SAML profiles 4.1.4.3',
      touches: ofBoth,
    },
    (claims) => ({ ...claims, responseIssuer: { value: otherIssuer }, assertionIssuer: { value: otherIssuer } }),
  ),
  'a response with an Issuer in email format': claimsFault(
    {
      code: 'issuer-format-wrong',
      sentence: 'The Format of the Response’s Issuer is emailAddress.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofResponse,
    },
    (claims) => ({
      ...claims,
      responseIssuer: claims.responseIssuer && { ...claims.responseIssuer, format: nameIdFormats.emailAddress },
    }),
  ),
  'an assertion with an Issuer in email format': assertionClaimsFault(
    {
      code: 'assertion-issuer-format-wrong',
      sentence: 'The Format of the Assertion’s Issuer is emailAddress.',
      rule: 'SAML profiles 4.1.4.2',
      touches: ofAssertion,
    },
    (claims) => ({
      ...claims,
      assertionIssuer: claims.assertionIssuer && { ...claims.assertionIssuer, format: nameIdFormats.emailAddress },
    }),
  ),
  'Issuers with an explicit entity format': assertionClaimsFault(
    {
      code: 'issuer-format-entity',
      sentence: 'Both Issuers have the Format entity, which is the default.',
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
  // SAML leaves it open. Rejected: entity IDs are compared without trimming.
  'Issuers with surrounding whitespace': assertionClaimsFault(
    {
      code: 'issuer-whitespace',
      sentence: 'Both Issuers have line breaks before and after the entity ID.',
      rule: 'SAML core 1.3.2 (URIs are compared exactly)',
      touches: ofBoth,
    },
    (claims, { issuer }) => ({
      ...claims,
      responseIssuer: { value: `\n  ${issuer}\n` },
      assertionIssuer: { value: `\n  ${issuer}\n` },
    }),
  ),
  'Issuers in upper case': assertionClaimsFault(
    {
      code: 'issuer-case',
      sentence: 'Both Issuers are the entity ID in upper case.',
      rule: 'SAML core 1.3.2',
      touches: ofBoth,
    },
    (claims, { issuer }) => ({
      ...claims,
      responseIssuer: { value: issuer.toUpperCase() },
      assertionIssuer: { value: issuer.toUpperCase() },
    }),
  ),
  'Issuers with a trailing slash': assertionClaimsFault(
    {
      code: 'issuer-trailing-slash',
      sentence: 'Both Issuers end in a slash that the entity ID does not have.',
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
