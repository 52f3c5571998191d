/** The SSO test. */
import { noLink, noProfile, setUp, type World, wrongAudience } from './row.ts';

export const worlds: readonly World[] = [
  {
    given: [setUp],
    fails: {
      'Ada has sent Nora an SSO test':
        'Ada could not send an SSO test to nora@…. Ada sees “Acme: Test” at …/test: “This email must belong ' +
        'to a managed user of your o…',
      'Sam opens the test link': noLink,
      'Ada is watching the result of the SSO test':
        'Ada could not read the result of the test. Ada sees “Acme: Result” at …/result…',
      'Ada marks the test as failed':
        'Ada could not mark the test as failed. Ada is not on the page of the result: it has no button “Mark ' +
        'as failed”. Ada sees “Acme: Result” at …/result…',
      'Ada tries to mark the test as passed':
        'Ada could not mark the test as passed. Ada is not on the page of the result: it has no button “Mark ' +
        'as passed”. Ada sees “Acme: Result” at …/result…',
    },
  },
  {
    given: ['Acme has no SSO profile'],
    fails: {
      'Ada is about to send an SSO test': noProfile,
      'Ada tries to send an SSO test to an unknown user': noProfile,
      'Ada tries to send an SSO test to a malformed email': noProfile,
    },
  },
  {
    given: [setUp, "Ada's account is deactivated"],
    fails: {
      'Ada tries to send Sam an SSO test':
        'Ada could not sign in with the password of ada@…. Ada sees “Enter your password” at …/password: “The ' +
        'email or the password is wrong…',
    },
  },
  {
    given: [setUp, 'Ada has sent Sam an SSO test', 'Ada has edited the SSO profile'],
    fails: {
      'Sam has opened the test link':
        'Sam could not open the test link. Sam sees “This link is superseded” at …: “The SSO profile has ' +
        'changed since the email was sent…',
    },
  },
  {
    given: [setUp, 'Ada has sent Grace an SSO test'],
    fails: {
      'Sam opens the first test link': noLink,
    },
  },
  {
    given: [setUp, "the SSO profile's sign-on URL points to the SP"],
    fails: {
      'Sam has taken the SSO test':
        'Sam could not take the SSO test. No response to the test has reached the SP. Sam sees “Sign in” at ' +
        '…/login: “Connection test.…',
    },
  },
  {
    given: [setUp, 'the mail server rejects email to Sam'],
    fails: {
      'Sam takes the SSO test':
        'Ada could not send an SSO test to sam@…. Ada sees “Acme: Test” at …/test: “The email to Sam could ' +
        'not be sent…',
    },
  },
  {
    given: [setUp, 'Sam is not assigned to the app'],
    fails: {
      "Ada has marked Sam's SSO test as passed":
        'Sam could not take the SSO test. No response to the test has reached the SP. Sam sees “Not assigned” ' +
        'at …/login: …',
    },
  },
  {
    given: [setUp, 'Ada has sent Sam an SSO test'],
    fails: {
      'Ada sees that Sam has opened the test link':
        'Expected Ada to see that Sam has opened the test link, received none. Ada has no page open.',
      'Ada marks the test as passed':
        'Ada could not mark the test as passed. The button “Mark as passed” is disabled. Ada sees “Acme: Result” at ' +
        '…/result: …',
    },
  },
  {
    given: [setUp, 'Sam is on the IdP login page'],
    fails: {
      'the test passes': 'Expected the test to pass, received “at-idp”.',
    },
  },
  {
    given: [setUp, 'Sam takes the SSO test'],
    fails: {
      'the SP rejects the response as audience-mismatch':
        'Expected the SP to reject the newest response as audience-mismatch, and no session, received ' +
        'verdict: “success”, sessions: “sam@…”.',
      'the test fails':
        'Expected the test to fail with the newest response, and no session, received test: “success”, ' +
        'response: “success”, sessions: “sam@…”.',
      'Ada sees the troubleshooting entry for the rejection':
        'Expected a test that failed with the newest response, received the test success and the response success.',
    },
  },
  {
    given: [setUp, 'Sam is not assigned to the app', 'Sam takes the SSO test'],
    fails: {
      'the test is unanswered, and the likely cause is app-not-assigned':
        'Expected an unanswered test with the likely cause app-not-assigned, received verdict: “at-idp”, ' +
        'likeliest: none.',
    },
  },
  {
    given: [setUp, 'Sam takes the SSO test', 'Ada marks the test as passed'],
    fails: {
      'Ada sees the troubleshooting entries about the test email':
        'Expected Ada to see the entries about the test email, received another page. Ada sees “Acme: Enforce” at ' +
        '…/enforce…',
      'Ada sees the troubleshooting entries about the IdP':
        'Expected Ada to see the entries about the IdP, received another page. Ada sees “Acme: Enforce” at …/enforce…',
      'Ada sees the troubleshooting entries':
        'Expected Ada to see the troubleshooting entries, received another page. Ada sees “Acme: Enforce” at ' +
        '…/enforce…',
    },
  },
  {
    given: [setUp, 'Ada tries to send Sam an SSO test'],
    fails: {
      'no test email is sent: the user cannot be tested':
        'Expected no test email, because the user cannot be tested, received reason: none, messages: 1. Ada ' +
        'sees “Acme: Test” at …/test…',
      'no test email is sent: the email is malformed':
        'Expected no test email, because the email is malformed, received reason: none, messages: 1. Ada sees ' +
        '“Acme: Test” at …/test…',
      "no test email is sent: the email is Ada's own":
        "Expected no test email, because the email is Ada's own, received reason: none, messages: 1. Ada sees " +
        '“Acme: Test” at …/test…',
      'no test email is sent: the user has another SSO profile':
        'Expected no test email, because the user has another SSO profile, received reason: none, messages: ' +
        '1. Ada sees “Acme: Test” at …/test…',
      'no test email is sent: the SSO profile is incomplete':
        'Expected no test email, because the SSO profile is incomplete, received reason: none, messages: 1. ' +
        'Ada sees “Acme: Test” at …/test…',
    },
  },
  {
    given: [setUp, 'the mail server strips the HTML from email to Sam', 'Ada has sent Sam an SSO test'],
    fails: {
      'Sam receives the test email from Ada':
        'Expected the test email from Ada to Sam, received to: “sam@…”, subject: “Ada asks you to test single ' +
        'sign-on for Acme”, names Ada: false, names Acme: false, says what to do: false, link: true.',
    },
  },
  {
    given: [setUp, 'Ada has sent Sam an SSO test', 'Sam opens the test link'],
    fails: {
      'Sam sees that the test worked':
        'Expected Sam to see that the test worked, received another page. Sam sees “Sign in” at …/login: ' +
        '“Connection test.…',
      "Ada sees Sam's reference number": 'Could not do “{step}”. Sam sees no reference number. …',
      'Sam sees that a newer test link was sent':
        'Expected Sam to see that a newer test link was sent, received another page. Sam sees “Sign in” at ' +
        '…/login: “Connection test.…',
      'Sam sees that the test link is for an older revision':
        'Expected Sam to see that the test link is for an older revision, received another page. Sam sees ' +
        '“Sign in” at …/login: “Connection test.…',
      'Sam sees that the test is for another user':
        'Expected Sam to see that the test is for another user, received another page. Sam sees “Sign in” at ' +
        '…/login: “Connection test.…',
    },
  },
  {
    given: [setUp, 'Sam takes the SSO test', 'Ada tries to mark the test as passed'],
    fails: {
      'Ada cannot mark the test as passed: no sign-in was observed':
        'Expected Ada to see that no sign-in was observed, received none. Ada sees “Acme: Enforce” at …/enforce…',
      'Ada cannot mark the test as passed: the SSO profile has changed':
        'Expected Ada to see that the SSO profile has changed, received none. Ada sees “Acme: Enforce” at …/enforce…',
    },
  },
  {
    given: [setUp, wrongAudience, 'Sam takes the SSO test', 'Sam opens the test link'],
    fails: {
      'Sam sees the title of the troubleshooting entry':
        'Expected Sam to see the title of the troubleshooting entry, received another page. Sam sees “Sign ' +
        'in” at …/login: “Connection test.…',
    },
  },
  {
    given: [setUp, 'Sam is enrolled in another SSO profile'],
    fails: {
      'Ada sends Sam an SSO test':
        'Ada could not send an SSO test to sam@…. Ada sees “Acme: Test” at …/test: “This user already signs ' +
        'in through another SSO profile…',
    },
  },
];
