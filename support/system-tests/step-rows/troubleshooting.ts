/** Troubleshooting. */
import { enforced, noProfile, notSetUp, setUp, setUpAlready, verified, type World, wrongAudience } from './row.ts';

export const worlds: readonly World[] = [
  {
    given: [setUp, wrongAudience, 'Sam takes the SSO test'],
    fails: {
      'Ada sees where Entra ID fixes audience-mismatch':
        'Expected Ada to see where Entra ID fixes audience-mismatch, received the page “…',
    },
  },
  {
    given: [setUp],
    fails: {
      "Sam sees the identity provider's error AADSTS50105":
        'Expected Sam to see the error AADSTS50105, received no page. Sam has no page open.',
      'Ada has started to set up SSO for Acme': setUpAlready,
      'Acme has no SSO profile': setUpAlready,
      "Nora's email at the IdP is different": 'Could not do “{step}”. The IdP says: unknown user “nora@…”.',
      "Nora's account is deactivated":
        'Could not do “{step}”. The SP says: nora@… is not a managed user of …; its users are ada@…, grace@…, ' +
        'sam@….',
      'Sam cannot sign in and reports a locked account':
        'Sam could not report what the tester saw. Sam signed in, so the test is finished. Sam sees “The test ' +
        'worked” at …',
    },
  },
  {
    given: ['Acme has no SSO profile'],
    fails: {
      'the SSO profile requires reauthentication': noProfile,
      "the SSO profile's sign-on URL does not exist": noProfile,
      "the SSO profile's sign-on URL points to the SP": noProfile,
      "the SSO profile's sign-on URL has a different host name": noProfile,
      "the app's certificate at the IdP is wrong": noProfile,
      'Ada uploads metadata that is truncated': noProfile,
      'Ada pastes a corrupted certificate': noProfile,
      'Ada has opened the SSO profile': noProfile,
      'Ada saves the outdated form of the SSO profile': noProfile,
    },
  },
  {
    given: [setUp, 'Ada has opened the SSO profile'],
    fails: {
      'Ada sees that the SSO profile has changed meanwhile':
        'Expected Ada to see that the SSO profile has changed, received another page. Ada sees “Acme: Profile” at ' +
        '…/profile…',
      'the corrupted certificate is still in the form':
        'Expected the corrupted certificate to be in the form, received “-----BEGIN CERTIFICATE-----…',
    },
  },
  {
    given: [],
    fails: {
      'the IdP requires signed requests': notSetUp,
      "the IdP's clock is 20 minutes ahead": notSetUp,
      "Acme's tenant at the IdP is disabled": notSetUp,
      'a deleted app is still registered at the IdP': notSetUp,
      'the app is not registered at the IdP': notSetUp,
      "the app's entity ID at the IdP is in upper case": notSetUp,
      "the app's entity ID at the IdP is a plain name": notSetUp,
      "the app's ACS URL at the IdP is wrong": notSetUp,
      'Acme no longer has a verified domain': notSetUp,
    },
  },
  {
    given: [setUp, 'the SP is down'],
    fails: {
      'Sam enters a malformed email':
        'Sam could not enter the email sam at acme. Sam is not on the SP login page: it has no field labelled ' +
        '“Email”. Sam sees a page at …/login: “The page could not be opened…',
      'Sam enters an unknown Acme email':
        'Sam could not enter the email unknown@…. Sam is not on the SP login page: it has no field labelled ' +
        '“Email”. Sam sees a page at …/login: “The page could not be opened…',
      'Sam continues in the Console': 'Sam has not been signed in yet, so Sam cannot continue in the Console.',
      'Ada tries to sign in with a password':
        'Ada could not enter the email ada@…. Ada is not on the SP login page: it has no field labelled ' +
        '“Email”. Ada sees a page at …/login: “The page could not be opened…',
    },
  },
  {
    given: [setUp, 'the app is not registered at the IdP'],
    fails: {
      "Sam signs in from the IdP's app portal":
        'Could not do “{step}”. The IdP has no app with the entity ID …/metadata.',
    },
  },
  {
    given: enforced,
    fails: {
      'Grace tries to open the Admin Center':
        'Grace could not enter the SP password. Grace is not on the SP password page. Grace sees “Sign in” at …/sso…',
    },
  },
  {
    given: [setUp, wrongAudience, 'Sam takes the SSO test'],
    fails: {
      'Ada sees the troubleshooting entry issuer-mismatch':
        'Expected Ada to see the troubleshooting entry issuer-mismatch, received “audience-mismatch”. Ada has ' +
        'no page open.',
    },
  },
  {
    given: [setUp, 'Ada pastes a corrupted certificate'],
    fails: {
      'Ada sees the title of the troubleshooting entry metadata-expired':
        'Expected Ada to see the title of the troubleshooting entry metadata-expired, received another page. ' +
        'Ada sees “Acme: Profile” at …/profile: “The pasted certificate cannot be read…',
    },
  },
  {
    given: [setUp, 'Sam takes the SSO test'],
    fails: {
      'the IdP rejects the request as app-unknown':
        'Expected the IdP to reject the newest request as app-unknown, received none.',
    },
  },
  {
    given: [setUp, 'Sam is signed in with a password', 'Sam continues in the Console'],
    fails: {
      'Sam is back on the SP login page':
        'Expected Sam to be back on the SP login page, received “another page”. Sam sees “Console” at ' +
        '…/console: “Signed in as Sam of Acme, with a password…',
    },
  },
  {
    given: [setUp, "Sam enters Sam's email"],
    fails: {
      'Sam sees that the email is malformed':
        'Expected Sam to see that the email is malformed, received another page. Sam sees “Enter your ' +
        'password” at …/login: “Email Password Sign in Use another email…',
      'Sam is asked to start the sign-in again':
        'Expected Sam to see that the sign-in must be started again, received another page. Sam sees “Enter ' +
        'your password” at …/login: “Email Password Sign in Use another email…',
      'Sam sees that sign-in is disabled':
        'Expected Sam to see that sign-in is disabled, received another page. Sam sees “Enter your password” ' +
        'at …/login: “Email Password Sign in Use another email…',
      'Sam sees that the SP is unknown':
        'Expected Sam to see that the SP is unknown, received another page. Sam sees “Enter your password” at ' +
        '…/login: “Email Password Sign in Use another email…',
    },
  },
  {
    given: [setUp, 'Ada tries to open the Admin Center'],
    fails: {
      'Ada sees that only administrators have access':
        'Expected Ada to see that only administrators have access, received another page. Ada sees “Admin ' +
        'Center” at …/admin…',
    },
  },
  {
    given: [setUp, 'Ada has sent Sam an SSO test'],
    fails: {
      'no email reaches Sam': 'Expected no email to Sam, received 1.',
    },
  },
  {
    given: [...verified, "Grace's account is deactivated"],
    fails: {
      'Ada has enforced SSO for Grace only':
        'Ada could not enforce SSO. Ada is not on the page that enforces SSO: it has no box “grace@…”. Ada ' +
        'sees “Acme: Enforce” at …/enforce…',
    },
  },
  {
    given: [setUp, 'the IdP is down'],
    fails: {
      'Sam reaches the IdP without a request':
        'Sam could not reach the IdP without a request. Sam sees a page at …/sso: “The page could not be opened…',
      'Sam reaches the IdP with a malformed request':
        'Sam could not reach the IdP with a request. Sam sees a page at …/sso: “The page could not be opened…',
      'Sam goes back to an old IdP login page':
        'Sam could not go back to the IdP login page. Sam sees a page at …/long-gone: “The page could not be ' +
        'opened…',
    },
  },
];
