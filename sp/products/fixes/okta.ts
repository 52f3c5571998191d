/** Okta: its Admin Console. */
import type { Fixes } from '../topics.ts';

const settings = 'Okta Admin Console → Applications → the app → General → SAML Settings → Edit';
const reference = {
  where: 'https://help.okta.com/oie/en-us/Content/Topics/Apps/aiw-saml-reference.htm',
  year: 'undated',
} as const;
const fields = {
  where:
    'https://support.okta.com/help/s/article/Replace-SP-Signing-Certificate-In-OKTA; ' +
    'https://wiki.smartsimple.com/index.php?title=Special:MobileDiff/40490 (a service provider’s guide)',
  year: 'undated',
} as const;

export const okta: Fixes = {
  'entity-id': { fix: `${settings}: enter the SP’s entity ID as Audience URI (SP Entity ID).`, source: reference },
  'acs-url': {
    fix:
      `${settings}: enter the SP’s ACS URL as Single sign-on URL, and keep “Use this for Recipient URL and ` +
      'Destination URL” selected.',
    source: reference,
  },
  certificate: {
    fix:
      'Okta Admin Console → Applications → the app → Sign On → SAML Signing Certificates: upload the metadata or the ' +
      'certificate with the status Active to the SSO profile. Okta never activates a new one by itself.',
    source: {
      where: 'https://support.okta.com/help/s/article/how-to-rotate-signing-certificate-for-custom-saml-applications',
      year: 'undated',
    },
  },
  'sign-response': { fix: `${settings} → Show Advanced Settings → Response: choose Signed.`, source: fields },
  'sign-assertion': {
    fix: `${settings} → Show Advanced Settings → Assertion Signature: choose Signed.`,
    source: fields,
  },
  algorithm: {
    fix: `${settings} → Show Advanced Settings: choose RSA-SHA256 as Signature Algorithm, SHA256 as Digest Algorithm.`,
    source: fields,
  },
  encryption: {
    fix: `${settings} → Show Advanced Settings → Assertion Encryption: choose Encrypted or Unencrypted.`,
    source: fields,
  },
  assignment: {
    fix:
      'Okta Admin Console → Applications → the app → Assignments: assign the user, and look there for an assignment ' +
      'with an error.',
    source: {
      where: 'https://support.okta.com/help/s/article/App-Sign-on-Error-403-User-attempted-unauthorized-access-to-app',
      year: 'undated',
    },
  },
  nameid: {
    fix: `${settings}: choose EmailAddress as Name ID format and Email as Application username.`,
    source: fields,
  },
  attribute: {
    fix: `${settings} → Attribute Statements: add the name that the SP expects, with a value such as user.email.`,
    source: {
      where: 'https://kb.aampe.com/developer-guide/sso/sso_okta (a service provider’s guide)',
      year: 'undated',
    },
  },
};
