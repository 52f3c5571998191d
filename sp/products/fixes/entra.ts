/** Microsoft Entra ID: its admin center. */
import type { Fixes } from '../topics.ts';

const docs = 'github.com/MicrosoftDocs/entra-docs: docs/identity';
const support = 'github.com/MicrosoftDocs/SupportArticles-docs: support/entra/entra-id/app-integration';
const signOn = 'Entra admin center → Entra ID → Enterprise apps → the app → Single sign-on';

export const entra: Fixes = {
  'entity-id': {
    fix:
      `${signOn} → Basic SAML Configuration → Edit: enter the SP’s entity ID as Identifier (Entity ID), with or ` +
      'without the slash at its end, as the SP writes it.',
    source: { where: `${support}/error-code-AADSTS70001-app-not-found-in-directory.md`, year: 2022 },
  },
  'acs-url': {
    fix:
      `${signOn} → Basic SAML Configuration → Edit: enter the SP’s ACS URL as Reply URL (Assertion Consumer Service ` +
      'URL). It must equal the AssertionConsumerServiceURL of the request.',
    source: { where: `${support}/error-code-AADSTS50011-reply-url-mismatch.md`, year: 2023 },
  },
  certificate: {
    fix:
      `${signOn} → SAML Signing Certificate: download the active certificate, and upload it to the ` +
      'SSO profile. A new ' +
      'certificate is used as soon as it is made active, or by itself once the old one has expired.',
    source: {
      where: `${docs}/enterprise-apps/tutorial-manage-certificates-for-federated-single-sign-on.md`,
      year: 2024,
    },
  },
  'sign-response': {
    fix: `${signOn} → SAML Signing Certificate → Edit → Signing Option: choose “Sign SAML response and assertion”.`,
    source: { where: `${docs}/enterprise-apps/certificate-signing-options.md`, year: 2024 },
  },
  'sign-assertion': {
    fix: `${signOn} → SAML Signing Certificate → Edit → Signing Option: choose “Sign SAML response and assertion”.`,
    source: { where: `${docs}/enterprise-apps/certificate-signing-options.md`, year: 2024 },
  },
  algorithm: {
    fix: `${signOn} → SAML Signing Certificate → Edit → Signing Algorithm: choose SHA-256.`,
    source: { where: `${docs}/enterprise-apps/certificate-signing-options.md`, year: 2024 },
  },
  encryption: {
    fix:
      'Entra admin center → Enterprise applications → the app → Token encryption: import the SP’s certificate and ' +
      'choose “Activate token encryption” beside it, or “Deactivate token encryption”.',
    source: { where: `${docs}/enterprise-apps/howto-saml-token-encryption.md`, year: 2024 },
  },
  assignment: {
    fix:
      'Entra admin center → Entra ID → Enterprise apps → the app → Users and groups → Add user/group: assign the ' +
      'user, or a group of which the user is a direct member: nested groups do not count.',
    source: { where: `${docs}/enterprise-apps/assign-user-or-group-access-portal.md`, year: 2025 },
  },
  nameid: {
    fix:
      `${signOn} → Attributes & Claims → Edit → Name identifier value: choose the email as source ` +
      'and “Email address” ' +
      'as name identifier format. A format in the request’s NameIDPolicy comes first.',
    source: {
      where: 'github.com/MicrosoftDocs/entra-docs: docs/identity-platform/saml-claims-customization.md',
      year: 2023,
    },
  },
  attribute: {
    fix: `${signOn} → Attributes & Claims → Edit → Add new claim: enter the name that the SP expects, and its source.`,
    source: {
      where: 'github.com/MicrosoftDocs/entra-docs: docs/identity-platform/saml-claims-customization.md',
      year: 2023,
    },
  },
  groups: {
    fix:
      'Enterprise Applications → the app → Single sign-on → User Attributes & Claims → Add a group claim: choose ' +
      '“Groups assigned to the application”. For a user in more than 150 groups, Entra sends a link instead of them.',
    source: { where: `${docs}/hybrid/connect/how-to-connect-fed-group-claims.md`, year: 2025 },
  },
  'authn-context': {
    fix:
      'Send no RequestedAuthnContext, or send it with ForceAuthn: Entra does not authenticate again a user who is ' +
      'signed in by another method.',
    source: { where: `${support}/error-code-AADSTS75011-auth-method-mismatch.md`, year: 2022 },
  },
  'request-signature': {
    fix:
      'Sign the request where its binding puts the signature: in the query string for HTTP-Redirect, inside the XML ' +
      `for HTTP-POST. ${signOn} shows what the app expects.`,
    source: { where: `${support}/error-code-aadsts76021-request-not-signed.md`, year: 2026 },
  },
};
