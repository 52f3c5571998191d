/** Troubleshooting entries for the setup: metadata, certificates, SSO profiles and domains. */
import type { CaseWords } from './case.ts';

export const adminSetup = {
  'metadata-unparseable': {
    title: 'The metadata file cannot be read',
    stage: 'admin-setup',
    symptom: 'The administrator uploads the IdP’s metadata and sees that it is not readable XML.',
    cause:
      'The file is damaged or incomplete, was saved by a word processor, or is the web page around the metadata ' +
      'rather than the metadata itself.',
    fixedBy: ['sp-admin'],
    fix:
      'Download the metadata again from the IdP and upload it without opening it in an editor. The first element of ' +
      'the file must be EntityDescriptor.',
    staging: { staged: true },
  },
  'metadata-entity-missing': {
    title: 'The metadata does not describe an identity provider',
    stage: 'admin-setup',
    symptom: 'The upload fails because the file contains no IdP for SAML 2.0 with an entity ID.',
    cause:
      'The file is other metadata, often the SP’s own, its entityID is empty or surrounded by spaces, or the IdP ' +
      'offers only SAML 1.1.',
    fixedBy: ['sp-admin'],
    fix:
      'Open the file: EntityDescriptor needs an entityID and must contain an IDPSSODescriptor. If it contains only ' +
      'an SPSSODescriptor, it is the SP’s metadata: download the IdP’s instead. The protocolSupportEnumeration must ' +
      'name SAML 2.0.',
    staging: { staged: true },
  },
  'metadata-expired': {
    title: 'The metadata has expired',
    stage: 'admin-setup',
    symptom: 'A metadata file that worked before is rejected, and the error shows a date in the past.',
    cause: 'The validUntil date in the metadata, of the whole or of its IDPSSODescriptor, has passed.',
    fixedBy: ['idp-admin'],
    fix:
      'Publish new metadata at the IdP and upload that file. If it was published today and still counts as expired, ' +
      'compare the clocks of both sides.',
    staging: { staged: true },
  },
  'metadata-wrong-root': {
    title: 'The metadata file contains several providers',
    stage: 'admin-setup',
    symptom: 'The upload fails, and the error lists the entity IDs in the file or names another first element.',
    cause:
      'The file is a federation’s metadata, with many IdPs inside an EntitiesDescriptor, rather than the metadata of ' +
      'one IdP.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Enter the entity ID of the right IdP beside the file and upload it again. Or ask for the EntityDescriptor of ' +
      'this one IdP and upload only that.',
    staging: { staged: true },
  },
  'sso-binding-missing': {
    title: 'The metadata has no supported sign-on URL',
    stage: 'admin-setup',
    symptom: 'The upload fails although the metadata is valid and belongs to the right IdP.',
    cause:
      'The metadata lists SingleSignOnService only with bindings such as SOAP or HTTP-Artifact. This SP supports ' +
      'HTTP-Redirect and HTTP-POST. Or the Location of the SingleSignOnService is not a URL.',
    fixedBy: ['idp-admin'],
    fix:
      'Enable HTTP-Redirect or HTTP-POST for SSO at the IdP and export the metadata again. A SingleSignOnService ' +
      'must have that binding.',
    staging: { staged: true },
  },
  'idp-certificate-absent': {
    title: 'The identity provider’s signing certificate is missing',
    stage: 'admin-setup',
    symptom:
      'The metadata is rejected because it has no signing certificate, or the test email cannot be sent because the ' +
      'SSO profile is incomplete.',
    cause: 'The metadata contains no signing certificate, or the SSO profile was filled in by hand without one.',
    fixedBy: ['sp-admin'],
    fix: 'Upload metadata with a signing KeyDescriptor, or paste the certificate into the SSO profile in PEM format.',
    staging: { staged: true },
  },
  'cert-and-fingerprint-conflict': {
    title: 'The certificate and the fingerprint do not match',
    stage: 'admin-setup',
    symptom: 'Sign-in fails for all users after the certificate settings were edited.',
    cause:
      'A certificate and a fingerprint are both configured and differ, or the fingerprint uses a different hash from ' +
      'the one expected.',
    fixedBy: ['sp-admin'],
    fix:
      'Keep only one of the two settings, preferably the certificate. If only a fingerprint is possible, compute it ' +
      'with the hash that the product expects.',
    staging: {
      staged: false,
      reason: 'This SP accepts only whole certificates and has no setting for a fingerprint.',
    },
  },
  'certificate-text-corrupted': {
    title: 'The pasted certificate cannot be read',
    stage: 'admin-setup',
    symptom: 'The SSO profile cannot be saved, and the error shows which certificate is unreadable.',
    cause:
      'Copying changed the text: the first or last line is missing, or it gained invisible characters, quotes or ' +
      'spaces.',
    fixedBy: ['sp-admin'],
    fix:
      'Copy the certificate again from a plain text view, including the lines BEGIN CERTIFICATE and END CERTIFICATE. ' +
      'Or upload the IdP’s metadata instead.',
    staging: { staged: true },
  },
  'duplicate-entity-id': {
    title: 'The entity ID is used twice',
    stage: 'admin-setup',
    symptom: 'The app or SSO profile cannot be created, or sign-ins use the settings of another app.',
    cause:
      'Two apps at the IdP, or two SSO profiles here, have the same entity ID. One is often left over from an ' +
      'earlier attempt.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Search the apps at the IdP for the SP’s entity ID, and the SSO profiles here for the IdP’s. Keep the one in ' +
      'use and delete the other.',
    staging: {
      staged: false,
      reason: 'The mock IdP replaces an app that has the same entity ID, so there is never a second one.',
    },
  },
  'idp-console-unavailable': {
    title: 'The identity provider’s admin console is down',
    stage: 'admin-setup',
    symptom:
      'The IdP’s admin console returns a server error when the administrator downloads metadata or a certificate.',
    cause: 'The IdP’s vendor has an outage.',
    fixedBy: ['vendor'],
    fix: 'Check the vendor’s status page and try again later. Do not use an old copy of the certificate meanwhile.',
    staging: {
      staged: false,
      reason: 'This is an outage of a vendor’s admin console, which the mock IdP does not have.',
    },
  },
  'sso-profile-missing': {
    title: 'The organization has no SSO profile',
    stage: 'admin-setup',
    symptom: 'Users are asked for a password although their IdP is ready, and IdP-initiated sign-ins are rejected.',
    cause: 'The organization has no SSO profile, or the profile was created in another organization.',
    fixedBy: ['sp-admin'],
    fix:
      'In the Admin Center of the organization that owns the users’ domain, open Single sign-on and create an SSO ' +
      'profile. Compare the organization’s name in the metadata URL.',
    staging: { staged: true },
  },
  'sso-connection-disabled': {
    title: 'Single sign-on is set up but not enforced',
    stage: 'admin-setup',
    symptom: 'The test passes, but all users are still asked for a password on the login page.',
    cause: 'The SSO profile was tested but never enforced, or enforcement was turned off.',
    fixedBy: ['sp-admin'],
    fix:
      'Mark the test as passed, go to the Enforce step and choose the users. The profile’s page shows which revision ' +
      'is enforced.',
    staging: { staged: true },
  },
  'domain-unverified': {
    title: 'The email domain is not verified',
    stage: 'admin-setup',
    symptom: 'Users in one domain cannot be tested or found on the login page, while users in another domain can.',
    cause: 'The organization has not verified the domain of these emails.',
    fixedBy: ['sp-admin'],
    fix:
      'Compare the emails with the list under Domains in the Admin Center. Have every missing domain verified, ' +
      'including subdomains and regional domains.',
    staging: { staged: true },
  },
  'sso-plan-lapsed': {
    title: 'The plan no longer includes single sign-on',
    stage: 'admin-setup',
    symptom: 'From one day to the next, no user can sign in through the IdP although nothing was changed.',
    cause: 'Single sign-on is a paid feature of the product, and the subscription or trial has ended.',
    fixedBy: ['sp-admin'],
    fix: 'Check the subscription and renew it. Until then, a recovery administrator can sign in.',
    staging: { staged: false, reason: 'This SP has no plans or subscriptions that could expire.' },
  },
  'api-access-lost-on-sso': {
    title: 'Scripts and API clients stop working after SSO is enforced',
    stage: 'admin-setup',
    symptom: 'Integrations that sign in with a user’s password fail as soon as SSO is enforced.',
    cause:
      'The integration used the account of a user who must now sign in through the IdP, and a script cannot do that.',
    fixedBy: ['sp-admin'],
    fix: 'Give the integration an access token, or its own account that is not covered by SSO.',
    staging: {
      staged: false,
      reason: 'This SP has no API for its users.',
    },
  },
  'local-login-blocked': {
    title: 'An administrator is locked out with all other users',
    stage: 'admin-setup',
    symptom: 'The IdP is down, and the administrator’s password is not accepted either.',
    cause: 'The administrator is covered by SSO and was not chosen as a recovery administrator.',
    fixedBy: ['sp-admin'],
    fix:
      'Ask a recovery administrator to use Recovery sign-in on the login page, turn off SSO enforcement, and ' +
      'afterwards choose at least two recovery administrators. If the page reports too many wrong passwords, use a ' +
      'browser in which that administrator has signed in before, or the recovery key.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
