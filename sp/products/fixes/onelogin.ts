/** OneLogin: its Administration, for a SAML Custom Connector (Advanced). */
import type { Fixes } from '../topics.ts';

const app = 'OneLogin Administration → Applications → the app';
const workstars = {
  where:
    'https://support.workstars.com/hc/en-gb/articles/8166534041873; ' +
    'https://support.workiva.com/hc/en-us/articles/4416672149396-OneLogin-for-OneCloud (a service provider’s guide)',
  year: 'undated',
} as const;
const aampe = {
  where: 'https://kb.aampe.com/developer-guide/sso/sso_onelogin (a service provider’s guide)',
  year: 'undated',
} as const;

export const onelogin: Fixes = {
  'entity-id': { fix: `${app} → Configuration: enter the SP’s entity ID as Audience (EntityID).`, source: workstars },
  'acs-url': {
    fix:
      `${app} → Configuration: enter the SP’s ACS URL as Recipient and as ACS (Consumer) URL, and a ` +
      'regular expression ' +
      'that it matches as ACS (Consumer) URL Validator.',
    source: workstars,
  },
  certificate: {
    fix: `${app} → SSO → X.509 Certificate → View Details: download it, and upload it to the SSO profile.`,
    source: workstars,
  },
  'sign-response': {
    fix: `${app} → Configuration → SAML signature element: choose one that includes the response.`,
    source: workstars,
  },
  'sign-assertion': {
    fix: `${app} → Configuration → SAML signature element: choose Assertion, or one that includes it.`,
    source: workstars,
  },
  algorithm: { fix: `${app} → SSO → SAML Signature Algorithm: choose SHA-256.`, source: workstars },
  assignment: {
    fix:
      'OneLogin Administration → Users → the user → Applications → +: choose the app; or give the user a role that ' +
      'has the app.',
    source: { where: 'https://onelogin.service-now.com/kb_view_customer.do?sysparm_article=KB0010641', year: 2020 },
  },
  nameid: {
    fix: `${app} → Configuration → SAML nameID format: choose Email.`,
    source: {
      where: 'https://help.ally.io/en/articles/3078853-onelogin-saml-setup (a service provider’s guide)',
      year: 'undated',
    },
  },
  attribute: {
    fix:
      `${app} → Parameters → +: enter the name that the SP expects, tick “Include in SAML ` +
      'assertion”, choose the value.',
    source: aampe,
  },
  'idp-initiated': {
    fix: `${app} → Configuration → SAML initiator: choose Service Provider.`,
    source: aampe,
  },
};
