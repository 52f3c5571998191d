/** How each case is put on stage: plain values, done by put-on-stage.ts. A case without an entry has no button. */
import type { FaultPhrase } from '../../mock-idp/faults.ts';
import type { CaseCode } from '../../sp/troubleshooting.ts';
import type { MailProblemName } from '../catalogue/mail-problems.ts';

/** A phrase with its amount, where the catalogue has the unit. */
type FilledIn<Phrase extends string> = Phrase extends `${infer Before}{${string}}${infer After}`
  ? `${Before}${number}${After}`
  : Phrase;

/** One thing to do to either side. */
export type Action =
  /** A fault of the identity provider; an amount stands in the phrase. */
  | { fault: FilledIn<FaultPhrase> }
  /** Sam no longer has the app. */
  | { unassign: 'Sam' }
  /** Changes of Sam's account at the identity provider. */
  | { idpUser: { locked?: boolean; nameId?: string } }
  /** Changes of Sam's account at the service provider. */
  | { spUser: { deactivated?: boolean } }
  /** How far Acme's clock at the service provider is ahead, in milliseconds. */
  | { spClock: number }
  /** Changes of Acme's SSO profile; every change is a new revision. */
  | { profile: Readonly<Record<string, unknown>> }
  /** The sign-on URL in the profile, as the identity provider's own address changed in one part. */
  | { signOnUrl: { path: string } | { hostname: string } }
  /** Changes of the tenant: switched off, another clock, signed requests demanded, a new key. */
  | { tenant: Readonly<Record<string, unknown>> }
  /** What happens to mail to Sam. */
  | { mail: MailProblemName }
  /** How the app is registered: not at all, with an upper-case entity ID, with another ACS URL, or anew. */
  | { app: 'none' | 'in-capitals' | 'other-acs' | 'anew' };

export interface Staging {
  actions: readonly Action[];
  /** Where a test ends: rejected by the service provider, or at the identity provider. For `by-hand` see `next`. */
  ends: 'refused' | 'stuck' | 'by-hand';
  /** What the visitor does now; where it is missing, Ada asks Sam for a test as usual. */
  next?: string;
}

/** The identity provider sends this, and the service provider refuses it. */
const sends = (...phrases: Extract<Action, { fault: unknown }>['fault'][]): Staging => ({
  ends: 'refused',
  actions: phrases.map((fault) => ({ fault })),
});
const refused = (...actions: Action[]): Staging => ({ ends: 'refused', actions });
const stuck = (...actions: Action[]): Staging => ({ ends: 'stuck', actions });
const byHand = (next: string, ...actions: Action[]): Staging => ({ ends: 'by-hand', actions, next });

const hour = 3_600_000;
const asUsual =
  'In the Admin Center, ask Sam to test the connection; open the link from the mailbox in another browser, ' +
  'and sign in as Sam.';
const proveFirst = 'Let Sam try the connection, mark the test as a success, and enforce single sign-on.';
const liftAfterwards = 'Afterwards, lift single sign-on in the step Enforce.';

export const stagings: Partial<Record<CaseCode, Staging>> = {
  // Setting up
  'metadata-unparseable': byHand('In the Profile step of the Admin Center, upload any text file as metadata.'),
  'metadata-entity-missing': byHand(
    'Save the service provider’s own metadata from the address in the Profile step of the Admin Center, and ' +
      'upload that very file there.',
  ),
  'sso-connection-disabled': byHand(
    'Let Sam try the connection and mark the test as a success, but do not enforce anything. Then sign in ' +
      'as Sam without a test link: a password is asked for.',
  ),
  'local-login-blocked': byHand(
    `${proveFirst} Name only Ada as a recovery administrator. Then try to sign in as Grace with the ` +
      `password, also by the recovery sign-in. ${liftAfterwards}`,
  ),
  'idp-certificate-absent': byHand(
    'The profile has lost its certificates. In the Admin Center, ask Sam for a test and read what is missing.',
    { profile: { certificates: [] } },
  ),
  'metadata-expired': byHand(
    'The metadata of the identity provider ended in 2020. Save the file from its page, and upload it in the ' +
      'Profile step of the Admin Center.',
    { tenant: { validUntil: '2020-01-01T00:00:00Z' } },
  ),
  'certificate-text-corrupted': byHand(
    'In the Profile step of the Admin Center, delete a few letters in the middle of the certificate and save.',
  ),

  // The test e-mail
  'test-user-unknown': byHand('In the Admin Center, ask nobody@acme.example for a test.'),
  'test-user-domain-unverified': byHand('In the Admin Center, ask sam@elsewhere.example for a test.'),
  'test-user-is-self': byHand('In the Admin Center, as Ada, ask ada@acme.example for a test.'),
  'enforce-before-test': byHand(
    'The profile has a new revision that nobody has tried. In the Admin Center, open the step Enforce.',
    { profile: { forceAuthn: true } },
  ),
  'test-mail-missing': byHand(
    'The mail server refuses every message to Sam. In the Admin Center, ask Sam for a test and read what ' +
      'became of the e-mail.',
    { mail: 'rejects' },
  ),
  'test-link-expired': byHand(
    'Acme’s clock at the service provider stands two days ahead. A link that was sent before has expired: ' +
      'put right, ask Sam for a test, stage this case again, and open the link.',
    { spClock: 48 * hour },
  ),
  'test-superseded': byHand('Ask Sam for a test twice, and open the link of the first message.'),

  // The login page
  'org-not-found': byHand('Open the login page of the service provider and give somebody@unheard-of.example.'),
  'login-no-redirect': byHand(
    'In a browser that has opened no test link, give sam@acme.example at the login page: nothing is ' +
      'enforced, so a password is asked for.',
  ),
  'login-user-unknown': byHand(
    'Open the login page of the service provider, give nobody@acme.example, and try any password.',
  ),
  'sso-not-enabled-for-user': byHand(
    'Let Sam try the connection, mark the test as a success, and enforce single sign-on for Sam alone. ' +
      'Then sign in as Grace, who is asked for a password. ' +
      liftAfterwards,
  ),
  'password-after-enforcement': byHand(
    'Open the login page in a second window as Sam, up to the password. In the first one: ' +
      `${proveFirst.charAt(0).toLowerCase()}${proveFirst.slice(1)} Then give Sam’s password in the second. ` +
      `${liftAfterwards}`,
  ),
  'login-email-malformed': byHand('Open the login page of the service provider and give “sam at acme”.'),
  'stale-sp-session': byHand(
    'Sign in at the service provider as Grace, ask Sam for a test as Ada in another browser, and open Sam’s ' +
      'link in Grace’s browser: her session there ends.',
  ),

  // At the identity provider
  'request-missing': byHand(
    'Open the identity provider, and put /sso after its address: the sign-on address without a request.',
  ),
  'idp-page-not-found': stuck({ signOnUrl: { path: '/acme/no-such-page' } }),
  'app-not-assigned': stuck({ unassign: 'Sam' }),
  'app-unknown': stuck({ app: 'none' }),
  'request-issuer-case': stuck({ app: 'in-capitals' }),
  'acs-not-registered': stuck({ app: 'other-acs' }),
  'request-destination-wrong': stuck({ signOnUrl: { hostname: 'localhost' } }),
  'request-unsigned': stuck({ tenant: { wantAuthnRequestsSigned: true } }),
  'request-signature-bad': stuck({ profile: { signRequests: true } }, { tenant: { wantAuthnRequestsSigned: true } }),
  'request-expired': stuck({ tenant: { clockOffsetMs: hour } }),
  'idp-user-locked': stuck({ idpUser: { locked: true } }),
  'idp-realm-disabled': stuck({ tenant: { disabled: true } }),
  'idp-unreachable': stuck({ fault: 'no response: the IdP is down' }),
  'bad-credentials': byHand('Ask Sam for a test, open the link, and give a wrong password at the identity provider.'),
  'user-cancelled': byHand('Ask Sam for a test, open the link, and press Cancel at the identity provider.'),
  'authn-context-unmet': refused({
    profile: { requestedAuthnContext: ['urn:oasis:names:tc:SAML:2.0:ac:classes:X509'] },
  }),
  'nameid-policy-unmet': sends('an InvalidNameIDPolicy status'),
  'consent-denied': sends('a consent-denied status'),
  'idp-login-timeout': sends('a login-timeout status'),
  'assurance-too-low': sends('an insufficient-credentials status'),
  'idp-initiated-disabled': byHand(
    'As Sam, open the identity provider and choose the app there instead of beginning at the service provider.',
  ),

  // The answer
  'response-missing': sends('a form without SAMLResponse'),
  'response-unparseable': sends('a truncated response'),
  'status-not-success': sends('a Responder status'),
  'message-not-signed': sends('an unsigned response with a signed assertion'),
  'assertion-not-signed': refused(
    { profile: { policies: { requireSignedMessage: false, requireSignedAssertion: true } } },
    { fault: 'a signed response with an unsigned assertion' },
  ),
  'nothing-signed': sends('an unsigned response with an unsigned assertion'),
  'signature-invalid': sends('a corrupted SignatureValue'),
  'signing-cert-mismatch': refused({ tenant: { rollKey: true } }),
  'signature-algorithm-refused': sends('RSA-SHA1 signatures'),
  'altered-in-transit': sends('a NameID altered after signing'),
  'encryption-unsupported': sends('an encrypted assertion for an SP without an encryption certificate'),
  'encryption-required': refused({ profile: { acceptEncryption: true, policies: { requireEncryption: true } } }),
  'decryption-failed': refused(
    { profile: { acceptEncryption: true } },
    { app: 'anew' },
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
    'Ask Sam for a test, open the link and go on up to the identity provider’s login page. Copy the address ' +
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

  // After a valid answer
  'nameid-not-stable': byHand(`${asUsual} Do so twice, and compare the two responses on the wire page.`, {
    fault: 'a transient NameID',
  }),
  'nameid-changed-owner': byHand(
    `Sam has a new address at the identity provider, and the old one at the service provider. ${asUsual}`,
    { idpUser: { nameId: 'sam.new@acme.example' } },
  ),
  'mailbox-switched': byHand(
    'In the browser that you use for Sam, sign in at the identity provider as Grace. Then ask Sam for a ' +
      'test, and open the link in that browser: the identity provider answers at once, for Grace.',
  ),
  'email-missing': byHand(
    asUsual,
    { profile: { policies: { requiredAttributes: ['email'] } } },
    { fault: 'an assertion without the email Attribute' },
  ),
  'role-not-authorised': byHand('Sign in at the service provider as Sam, and open the Admin Center.'),
  'nameid-user-mismatch': refused({ idpUser: { nameId: 'grace@acme.example' } }),
  'email-domain-refused': sends('a NameID in the domain of another organization'),
  'required-attribute-missing': refused({ profile: { policies: { requiredAttributes: ['department'] } } }),
  'user-deactivated': byHand(
    'Sam’s account is deactivated, and nobody can ask Sam for a test now. A link that was sent before still ' +
      'leads here: put right, ask Sam for a test, stage this case again, and open the link.',
    { spUser: { deactivated: true } },
  ),
};

export function sayNext({ ends, next }: Staging): string {
  if (next !== undefined) return next;
  return ends === 'refused'
    ? `${asUsual} The service provider refuses the sign-in, and Ada reads why in the result.`
    : `${asUsual} Sam is stuck at the identity provider, and to Ada it looks as if nothing came back.`;
}
