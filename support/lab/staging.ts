/** How each case is staged: plain values, performed by stage-case.ts. A case without an entry has no button. */
import type { FaultPhrase } from '../../mock-idp/faults.ts';
import type { CaseCode } from '../../sp/troubleshooting.ts';
import type { MailProblemName } from '../catalogue/mail-problems.ts';

/** A phrase with a number in the place of its unit. */
type FilledIn<Phrase extends string> = Phrase extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${number}${After}`
  : Phrase;

/** One change on either side. */
export type Action =
  /** A fault of the IdP, with its amount filled in. */
  | { fault: FilledIn<FaultPhrase> }
  /** Sam's assignment to the app is removed. */
  | { unassign: 'Sam' }
  /** Changes to Sam's account at the IdP. */
  | { idpUser: { locked?: boolean; nameId?: string } }
  /** Changes to Sam's account at the SP. */
  | { spUser: { deactivated?: boolean } }
  /** Offset of Acme's clock at the SP, in milliseconds. */
  | { spClock: number }
  /** Changes to Acme's SSO profile; each creates a revision. */
  | { profile: Readonly<Record<string, unknown>> }
  /** A wrong sign-on URL in the profile: the IdP's own, with another path or host name. */
  | { signOnUrl: { path: string } | { hostname: string } }
  /** Changes to the tenant: switched off, another clock, signed requests required, a new key. */
  | { tenant: Readonly<Record<string, unknown>> }
  /** A problem with email to Sam. */
  | { mail: MailProblemName }
  /** Registration of the app: none, with an upper-case entity ID, with another ACS URL, or once more. */
  | { app: 'none' | 'upper-case' | 'other-acs' | 'again' };

export interface Staging {
  actions: readonly Action[];
  /** Where a test ends: rejected by the SP, or at the IdP. For `by-hand` see `next`. */
  ends: 'rejected' | 'stuck' | 'by-hand';
  /** The next step for the user. Default: Ada sends Sam a test as usual. */
  next?: string;
}

/** The IdP sends this, and the SP rejects it. */
const sends = (...phrases: Extract<Action, { fault: unknown }>['fault'][]): Staging => ({
  ends: 'rejected',
  actions: phrases.map((fault) => ({ fault })),
});
const rejected = (...actions: Action[]): Staging => ({ ends: 'rejected', actions });
const stuck = (...actions: Action[]): Staging => ({ ends: 'stuck', actions });
const byHand = (next: string, ...actions: Action[]): Staging => ({ ends: 'by-hand', actions, next });

const hour = 3_600_000;
const asUsual =
  'In the Admin Center, send Sam an SSO test; open the link from the mailbox in another browser, and sign in as Sam.';
const testFirst = 'Let Sam take the SSO test, mark it as passed, and enforce SSO.';
const turnOffAfterwards = 'Afterwards, turn off SSO enforcement in the Enforce step.';

export const stagings: Partial<Record<CaseCode, Staging>> = {
  // Setting up
  'metadata-unparseable': byHand('In the Profile step of the Admin Center, upload any text file as metadata.'),
  'metadata-entity-missing': byHand(
    'Download the service provider’s own metadata from the URL in the Profile step of the Admin Center, and ' +
      'upload that file there.',
  ),
  'sso-connection-disabled': byHand(
    'Let Sam take the SSO test and mark it as passed, but do not enforce SSO. Then sign in ' +
      'as Sam without a test link: the login page asks for a password.',
  ),
  'local-login-blocked': byHand(
    `${testFirst} Name only Ada as a recovery administrator. Then try to sign in as Grace with the ` +
      `password, and also through the recovery sign-in. ${turnOffAfterwards}`,
  ),
  'idp-certificate-absent': byHand(
    'The SSO profile has no certificates. In the Admin Center, send Sam a test and see what is missing.',
    { profile: { certificates: [] } },
  ),
  'metadata-expired': byHand(
    'The identity provider’s metadata expired in 2020. Download it from its page, and upload it in the ' +
      'Profile step of the Admin Center.',
    { tenant: { validUntil: '2020-01-01T00:00:00Z' } },
  ),
  'certificate-text-corrupted': byHand(
    'In the Profile step of the Admin Center, delete a few characters in the middle of the certificate and save.',
  ),

  // The test email
  'test-user-unknown': byHand('In the Admin Center, send a test to unknown@acme.example.'),
  'test-user-domain-unverified': byHand('In the Admin Center, send a test to sam@elsewhere.example.'),
  'test-user-is-self': byHand('In the Admin Center, as Ada, send a test to ada@acme.example.'),
  'enforce-before-test': byHand(
    'The SSO profile has a new, untested revision. In the Admin Center, open the Enforce step.',
    { profile: { forceAuthn: true } },
  ),
  'test-mail-missing': byHand(
    'The mail server rejects every email to Sam. In the Admin Center, send Sam a test and see what ' +
      'happened to the email.',
    { mail: 'rejects' },
  ),
  'test-link-expired': byHand(
    'Acme’s clock at the service provider is two days ahead. A link sent before that has expired: ' +
      'put everything right, send Sam a test, stage this case again, and open the link.',
    { spClock: 48 * hour },
  ),
  'test-superseded': byHand('Send Sam a test twice, and open the link in the first email.'),

  // The login page
  'org-not-found': byHand('Open the login page of the service provider and enter user@unknown.example.'),
  'login-no-redirect': byHand(
    'In a browser that has not opened a test link, enter sam@acme.example on the login page: SSO is not ' +
      'enforced, so the page asks for a password.',
  ),
  'login-user-unknown': byHand(
    'Open the login page of the service provider, enter unknown@acme.example, and try any password.',
  ),
  'sso-not-enabled-for-user': byHand(
    'Let Sam take the SSO test, mark it as passed, and enforce SSO only for Sam. ' +
      'Then sign in as Grace, who is asked for a password. ' +
      turnOffAfterwards,
  ),
  'password-after-enforcement': byHand(
    'Open the login page in a second window as Sam, up to the password. In the first one: ' +
      `${testFirst.charAt(0).toLowerCase()}${testFirst.slice(1)} Then enter Sam’s password in the second. ` +
      `${turnOffAfterwards}`,
  ),
  'login-email-malformed': byHand('Open the login page of the service provider and enter “sam at acme”.'),
  'stale-sp-session': byHand(
    'Sign in at the service provider as Grace, send Sam a test as Ada in another browser, and open Sam’s ' +
      'link in Grace’s browser: her session there ends.',
  ),

  // At the identity provider
  'request-missing': byHand(
    'Open the identity provider, and add /sso to its URL: this is the sign-on URL without a request.',
  ),
  'idp-page-not-found': stuck({ signOnUrl: { path: '/acme/no-such-page' } }),
  'app-not-assigned': stuck({ unassign: 'Sam' }),
  'app-unknown': stuck({ app: 'none' }),
  'request-issuer-case': stuck({ app: 'upper-case' }),
  'acs-not-registered': stuck({ app: 'other-acs' }),
  'request-destination-wrong': stuck({ signOnUrl: { hostname: 'localhost' } }),
  'request-unsigned': stuck({ tenant: { wantAuthnRequestsSigned: true } }),
  'request-signature-bad': stuck({ profile: { signRequests: true } }, { tenant: { wantAuthnRequestsSigned: true } }),
  'request-expired': stuck({ tenant: { clockOffsetMs: hour } }),
  'idp-user-locked': stuck({ idpUser: { locked: true } }),
  'idp-realm-disabled': stuck({ tenant: { disabled: true } }),
  'idp-unreachable': stuck({ fault: 'no response: the IdP is down' }),
  'bad-credentials': byHand('Send Sam a test, open the link, and enter a wrong password on the IdP login page.'),
  'user-cancelled': byHand('Send Sam a test, open the link, and press Cancel on the IdP login page.'),
  'authn-context-unmet': rejected({
    profile: { requestedAuthnContext: ['urn:oasis:names:tc:SAML:2.0:ac:classes:X509'] },
  }),
  'nameid-policy-unmet': sends('an InvalidNameIDPolicy status'),
  'consent-denied': sends('a consent-denied status'),
  'idp-login-timeout': sends('a login-timeout status'),
  'assurance-too-low': sends('an insufficient-credentials status'),
  'idp-initiated-disabled': byHand(
    'As Sam, open the identity provider and choose the app there instead of starting at the service provider.',
  ),

  // The response
  'response-missing': sends('a form without SAMLResponse'),
  'response-unparseable': sends('a truncated response'),
  'status-not-success': sends('a Responder status'),
  'message-not-signed': sends('an unsigned response with a signed assertion'),
  'assertion-not-signed': rejected(
    { profile: { policies: { requireSignedMessage: false, requireSignedAssertion: true } } },
    { fault: 'a signed response with an unsigned assertion' },
  ),
  'nothing-signed': sends('an unsigned response with an unsigned assertion'),
  'signature-invalid': sends('a corrupted SignatureValue'),
  'signing-cert-mismatch': rejected({ tenant: { rollKey: true } }),
  'signature-algorithm-refused': sends('RSA-SHA1 signatures'),
  'altered-in-transit': sends('a NameID altered after signing'),
  'encryption-unsupported': sends('an encrypted assertion for an SP without an encryption certificate'),
  'encryption-required': rejected({ profile: { acceptEncryption: true, policies: { requireEncryption: true } } }),
  'decryption-failed': rejected(
    { profile: { acceptEncryption: true } },
    { app: 'again' },
    { fault: 'corrupted ciphertext' },
  ),
  'audience-mismatch': sends('an assertion with a different Audience'),
  'issuer-mismatch': sends('a response with a different Issuer'),
  'issuer-missing': sends('an assertion without Issuer'),
  'destination-mismatch': sends('a response with a different Destination'),
  'recipient-blank': sends('a SubjectConfirmationData without Recipient'),
  'recipient-mismatch': sends('a SubjectConfirmationData with a different Recipient'),
  'not-yet-valid': sends('an assertion that is not valid for another 10 minutes'),
  'assertion-expired': sends('an assertion that expired 10 minutes ago'),
  'replay-detected': sends('a replayed response'),
  'request-id-lost': byHand(
    'Send Sam a test, open the link, and continue to the IdP login page. Copy the URL ' +
      'of that page into another browser, and sign in as Sam there.',
  ),
  'in-response-to-missing': sends('a response without InResponseTo'),
  'in-response-to-mismatch': sends('a response to an unknown request'),
  'relay-state-missing': sends('a response without RelayState'),
  'subject-missing': sends('an assertion without Subject'),
  'nameid-missing': sends('a Subject without NameID'),
  'nameid-not-email': sends('a NameID that is not an email'),
  'subject-confirmation-error': sends('a SubjectConfirmation with an unknown Method'),
  'assertion-missing': sends('a success status without an assertion'),
  'authn-statement-missing': sends('an assertion without AuthnStatement'),
  'saml-version-unsupported': sends('a response with Version 1.1'),

  // After a valid response
  'nameid-not-stable': byHand(`${asUsual} Do so twice, and compare the two responses in the network log.`, {
    fault: 'a transient NameID',
  }),
  'nameid-changed-owner': byHand(
    `Sam has a new email at the identity provider, and the old one at the service provider. ${asUsual}`,
    { idpUser: { nameId: 'sam.new@acme.example' } },
  ),
  'mailbox-switched': byHand(
    'In the browser that you use for Sam, sign in at the identity provider as Grace. Then send Sam a ' +
      'test, and open the link in that browser: the identity provider responds at once, for Grace.',
  ),
  'email-missing': byHand(
    asUsual,
    { profile: { policies: { requiredAttributes: ['email'] } } },
    { fault: 'an assertion without the email Attribute' },
  ),
  'role-not-authorised': byHand('Sign in at the service provider as Sam, and open the Admin Center.'),
  'nameid-user-mismatch': rejected({ idpUser: { nameId: 'grace@acme.example' } }),
  'email-domain-refused': sends('a NameID in the domain of another organization'),
  'required-attribute-missing': rejected({ profile: { policies: { requiredAttributes: ['department'] } } }),
  'user-deactivated': byHand(
    'Sam’s account is deactivated, so Sam can no longer be sent a test. A link from before still ' +
      'leads here: put everything right, send Sam a test, stage this case again, and open the link.',
    { spUser: { deactivated: true } },
  ),
};

export function nextStep({ ends, next }: Staging): string {
  if (next !== undefined) return next;
  return ends === 'rejected'
    ? `${asUsual} The service provider rejects the response, and Ada sees why in the result.`
    : `${asUsual} Sam is stuck at the identity provider, and Ada sees no response.`;
}
