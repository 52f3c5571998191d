/** Google Workspace: its Admin console. */
import type { Fixes } from '../topics.ts';

const app = 'Google Admin console → Apps → Web and mobile apps → the app';
const details = `${app} → Service provider details`;
const errors = { where: 'https://support.google.com/a/answer/6301076', year: 'undated' } as const;

export const google: Fixes = {
  'entity-id': {
    fix: `${details}: enter the SP’s entity ID as Entity ID. It must equal the Issuer of the request, in case, too.`,
    source: errors,
  },
  'acs-url': {
    fix: `${details}: enter the SP’s ACS URL as ACS URL.`,
    source: { where: 'https://v2.docs.nocobase.com/auth-verification/auth-saml/examples/google', year: 'undated' },
  },
  certificate: {
    fix:
      `${details}: the list of certificates shows which one is used; Manage certificates adds ` +
      'another. Upload the new ' +
      'metadata or certificate to the SSO profile as soon as the app uses it.',
    source: { where: 'https://support.google.com/a/answer/7394709', year: 'undated' },
  },
  'sign-response': {
    fix: `${details}: tick “Signed response”. Google then signs the response, and no longer the assertion.`,
    source: { where: 'https://v2.docs.nocobase.com/auth-verification/auth-saml/examples/google', year: 'undated' },
  },
  'sign-assertion': {
    fix: `${details}: clear “Signed response”. Google then signs the assertion, and no longer the response.`,
    source: {
      where: 'https://support.trackops.com/hc/en-us/articles/4445235745677-SSO-Identity-Provider-Guide-Google',
      year: 'undated',
    },
  },
  assignment: {
    fix: `${app} → User access: turn the app ON for everyone, or for the user’s organizational unit.`,
    source: errors,
  },
  nameid: {
    fix: `${details}: choose EMAIL as Name ID format and “Basic Information > Primary email” as Name ID.`,
    source: { where: 'gitlab.com/gitlab-org/gitlab commit c4428076 (documentation)', year: 2022 },
  },
  attribute: {
    fix:
      `${app} → Attribute mapping → Add new mapping: choose the user’s field and enter the name ` +
      'that the SP expects.',
    source: {
      where:
        'https://support.chartrequest.com/article/111-set-up-your-own-custom-saml-app (a service provider’s guide)',
      year: 'undated',
    },
  },
  groups: {
    fix:
      `${app} → Attribute mapping → Group membership: enter the groups and the name of the attribute. Google sends ` +
      'at most 75 groups; after renaming a group, enter it again.',
    source: {
      where: 'https://knowledge.workspace.google.com/admin/apps/about-group-membership-mapping',
      year: 'undated',
    },
  },
};
