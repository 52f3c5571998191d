/** Troubleshooting of the set-up: metadata, certificates, profiles, domains and ways to sign in. Words only. */
import type { CaseWords } from './case.ts';

export const adminSetup = {
  'metadata-unparseable': {
    title: 'The metadata file cannot be read',
    stage: 'admin-setup',
    symptom: 'The administrator uploads the identity provider’s metadata and is told that it is not readable XML.',
    cause:
      'The file is damaged, cut off, saved by a word processor, ' +
      'or is the web page around the metadata instead of the metadata itself.',
    fixedBy: ['sp-admin'],
    fix:
      'Download the metadata again straight from the identity provider and upload it without opening it in an ' +
      'editor. The first element of the file must be EntityDescriptor.',
    staging: { staged: true },
  },
  'metadata-entity-missing': {
    title: 'The metadata does not describe the identity provider',
    stage: 'admin-setup',
    symptom: 'The upload is refused because no identity provider with an entity ID is found in the file.',
    cause: 'The file is somebody else’s metadata, often the service provider’s own, or its entityID is empty.',
    fixedBy: ['sp-admin'],
    fix:
      'Look into the file: EntityDescriptor needs an entityID, and inside it an IDPSSODescriptor. ' +
      'If there is only an SPSSODescriptor, you hold the service provider’s file; ' +
      'get the other one from the identity provider.',
    staging: { staged: true },
  },
  'metadata-expired': {
    title: 'The metadata has expired',
    stage: 'admin-setup',
    symptom: 'A metadata file that used to be taken is refused, and the message names a date that has gone by.',
    cause: 'The metadata says in validUntil how long it may be relied on, and that time is over.',
    fixedBy: ['idp-admin'],
    fix:
      'Publish fresh metadata at the identity provider and upload that file. ' +
      'If it was published today and still counts as expired, compare the two clocks.',
    staging: { staged: true },
  },
  'metadata-wrong-root': {
    title: 'The metadata holds a whole collection of providers',
    stage: 'admin-setup',
    symptom: 'The upload is refused because the file begins with another element than EntityDescriptor.',
    cause:
      'A federation’s file, with many providers inside an EntitiesDescriptor, ' +
      'was uploaded instead of one provider’s own file.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Ask the identity provider for the EntityDescriptor of this one connection, or ' +
      'cut it out of the collection, and upload that alone.',
    staging: { staged: true },
  },
  'sso-binding-missing': {
    title: 'The identity provider offers no sign-on address that can be used',
    stage: 'admin-setup',
    symptom: 'The upload is refused although the metadata is sound and names the right identity provider.',
    cause:
      'The metadata lists single sign-on only by bindings such as SOAP or HTTP-Artifact, ' +
      'and this service provider asks by HTTP-Redirect or HTTP-POST.',
    fixedBy: ['idp-admin'],
    fix:
      'Enable HTTP-Redirect or HTTP-POST for single sign-on at the identity provider and export the metadata again. ' +
      'SingleSignOnService must then name that binding.',
    staging: { staged: true },
  },
  'idp-certificate-absent': {
    title: 'The signing certificate of the identity provider is missing',
    stage: 'admin-setup',
    symptom:
      'The metadata is refused for want of a signing certificate, ' +
      'or the test e-mail cannot be sent because the profile is incomplete.',
    cause:
      'The metadata has no certificate for signing, or the SSO profile was ' +
      'filled in by hand and its certificate was left out.',
    fixedBy: ['sp-admin'],
    fix: 'Upload metadata that has a signing KeyDescriptor, or paste the certificate into the SSO profile in PEM form.',
    staging: { staged: true },
  },
  'cert-and-fingerprint-conflict': {
    title: 'Certificate and fingerprint contradict each other',
    stage: 'admin-setup',
    symptom: 'Sign-in ends in an error for everybody after the certificate settings were edited.',
    cause:
      'Both a certificate and a fingerprint are configured and do not match, ' +
      'or the fingerprint was made with another hash than expected.',
    fixedBy: ['sp-admin'],
    fix:
      'Keep one of the two settings, preferably the whole certificate. ' +
      'If only a fingerprint is possible, compute it with the hash that the product asks for.',
    staging: {
      staged: false,
      reason: 'This service provider takes whole certificates only and has no setting for a fingerprint.',
    },
  },
  'certificate-text-corrupted': {
    title: 'The pasted certificate cannot be read',
    stage: 'admin-setup',
    symptom: 'Saving the SSO profile is refused, and the message names the certificate that is not readable.',
    cause:
      'Copying changed the text: the first or last line is missing, or invisible characters, quotes or spaces came in.',
    fixedBy: ['sp-admin'],
    fix:
      'Copy the certificate again from a plain text view, from BEGIN CERTIFICATE up to END CERTIFICATE, ' +
      'both lines included. Uploading the metadata avoids copying altogether.',
    staging: { staged: true },
  },
  'duplicate-entity-id': {
    title: 'The entity ID is in use twice',
    stage: 'admin-setup',
    symptom: 'The connection cannot be created, or sign-ins end up with the settings of another application.',
    cause:
      'Two applications at the identity provider, or two SSO profiles here, carry the same entity ID; ' +
      'one of them is often left over from an earlier attempt.',
    fixedBy: ['idp-admin', 'sp-admin'],
    fix:
      'Search the applications at the identity provider for the service provider’s entity ID, ' +
      'and the SSO profiles here for the identity provider’s. Keep the one that is in use and delete the other.',
    staging: {
      staged: false,
      reason:
        'The mock identity provider replaces an application that comes with the same entity ID, ' +
        'so a second one cannot arise.',
    },
  },
  'idp-console-unavailable': {
    title: 'The console of the identity provider is out of order',
    stage: 'admin-setup',
    symptom:
      'The identity provider’s administration pages answer with a server ' +
      'error when metadata or a certificate is downloaded.',
    cause: 'The vendor of the identity provider has an outage.',
    fixedBy: ['vendor'],
    fix:
      'Look at the vendor’s status page and try again later. ' +
      'Do not fill the gap with an old copy of the certificate.',
    staging: {
      staged: false,
      reason: 'It is an outage at a vendor’s administration pages, which the mock identity provider does not have.',
    },
  },
  'sso-profile-missing': {
    title: 'The organization has no SSO profile',
    stage: 'admin-setup',
    symptom:
      'Users are asked for their password although their identity provider is ready, ' +
      'and what it sends on its own is refused.',
    cause: 'Nobody has created an SSO profile in this organization, or it was created in another one.',
    fixedBy: ['sp-admin'],
    fix:
      'Open Single sign-on in the Admin Center of the organization to which the users’ domain belongs, ' +
      'and create a profile there. Compare the organization’s name in the metadata address.',
    staging: { staged: true },
  },
  'sso-connection-disabled': {
    title: 'Single sign-on is set up but not switched on',
    stage: 'admin-setup',
    symptom: 'The connection test succeeds, yet everybody is still asked for a password at the login page.',
    cause: 'The SSO profile was tested but never enforced, or enforcement was lifted again.',
    fixedBy: ['sp-admin'],
    fix:
      'Mark the successful test, go on to the step Enforce and choose the users. ' +
      'The profile’s page shows which revision is enforced.',
    staging: { staged: true },
  },
  'domain-unverified': {
    title: 'The e-mail domain is not verified',
    stage: 'admin-setup',
    symptom: 'Users of one domain cannot be tested or found at the login page, while those of another domain can.',
    cause: 'The organization has not proven that it owns the domain of these addresses.',
    fixedBy: ['sp-admin'],
    fix:
      'Compare the addresses with the list under Domains in the Admin Center. ' +
      'Have every domain verified that occurs in them, subdomains and regional ones included.',
    staging: { staged: true },
  },
  'sso-plan-lapsed': {
    title: 'The plan no longer includes single sign-on',
    stage: 'admin-setup',
    symptom: 'From one day to the next nobody can sign in through the identity provider, and nothing was changed.',
    cause: 'Single sign-on is a paid feature of the product, and the subscription or trial has run out.',
    fixedBy: ['sp-admin'],
    fix: 'Check the subscription and renew it. Let a recovery administrator sign in meanwhile.',
    staging: { staged: false, reason: 'This service provider has no plans or subscriptions that could run out.' },
  },
  'api-access-lost-on-sso': {
    title: 'Scripts and API clients stop working after single sign-on starts',
    stage: 'admin-setup',
    symptom: 'Integrations that sign in with a user’s password are refused as soon as single sign-on is on.',
    cause:
      'The integration used the account of a person who now signs in through the identity provider, ' +
      'and it cannot follow there.',
    fixedBy: ['sp-admin'],
    fix: 'Give the integration an access token or an account of its own that is not covered by single sign-on.',
    staging: {
      staged: false,
      reason: 'This service provider has no programming interface for its users, so there is none to lose.',
    },
  },
  'local-login-blocked': {
    title: 'An administrator is locked out with everybody else',
    stage: 'admin-setup',
    symptom: 'The identity provider fails, and the administrator’s own password is not taken either.',
    cause: 'Single sign-on covers the administrator too, and this person was not named as a recovery administrator.',
    fixedBy: ['sp-admin'],
    fix:
      'Let a recovery administrator use Recovery sign-in on the login page and lift enforcement. ' +
      'Afterwards name at least two recovery administrators. ' +
      'If it speaks of too many wrong passwords, use a browser in which that administrator has signed in before, ' +
      'or the recovery key.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
