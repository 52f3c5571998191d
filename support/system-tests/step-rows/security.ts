/** Test links and responses in the wrong hands. */
import { noLink, setUp, type World, wrongAudience } from './row.ts';

export const worlds: readonly World[] = [
  {
    given: [setUp],
    fails: {
      "Sam's email client checks the test link": noLink,
      "Sam's browser prefetches the test link": noLink,
      "an email scanner opens Sam's test link": noLink,
      'Sam opens a truncated test link': noLink,
      'Sam opens an altered test link': noLink,
      "Sam enters Sam's email in the test":
        'Sam could not enter the email sam@…. Sam is not on the SP login page. Sam has no page open.',
      'Sam enters a wrong password at the IdP': 'Sam could not get to the IdP login page. Sam has no page open.',
      'Mallory posts a forged response':
        'Could not do “{step}”. The SP has sent no request yet, so Mallory has none to forge a response to.',
      'Sam has opened the test link in another browser': noLink,
    },
  },
  {
    given: [setUp, 'Ada has sent Sam an SSO test', '25 hours pass'],
    fails: {
      'Sam signs in through the test link':
        'Sam could not open the test link. Sam sees “This link has expired” at …: “A link is valid for 24 hours…',
    },
  },
  {
    given: [setUp, 'Ada has sent Sam an SSO test', 'Ada has edited the SSO profile'],
    fails: {
      "Grace has opened Sam's test link":
        'Grace could not open the test link. Grace sees “This link is superseded” at …: “The SSO profile has ' +
        'changed since the email was sent…',
    },
  },
  {
    given: [setUp, 'the IdP is down'],
    fails: {
      'Sam is on the IdP login page':
        'Sam could not get to the IdP login page. Sam sees a page at …/sso: “The page could not be opened…',
    },
  },
  {
    given: [setUp, 'Sam is not assigned to the app'],
    fails: {
      'the IdP has issued a response for Sam':
        'Could not do “{step}”. The IdP issued no response for Sam: …is not assigned to sam@…',
    },
  },
  {
    given: [setUp, 'the IdP has issued a response for Sam'],
    fails: {
      "Mallory's browser posts Nora's response":
        'Could not do “{step}”. There is no response for Nora to post. Put “the IdP has issued a response for ' +
        'Nora” first.',
      "Sam's browser posts Sam's response to the other organization":
        'Could not do “{step}”. There is no other organization. Put “another organization trusts the same ' +
        'IdP” first.',
    },
  },
  {
    given: [setUp, wrongAudience, 'Sam takes the SSO test'],
    fails: {
      "Sam's browser posts the same response again":
        'Could not do “{step}”. The SP has accepted no response yet, so none can be posted again. Sam sees ' +
        '“The SSO test failed” at …/acs: “The assertion is meant for another service provider…',
    },
  },
  {
    given: [setUp, 'Sam takes the SSO test'],
    fails: {
      'Sam goes back in the browser':
        'Sam acts over HTTP here, and only a browser can go back in its history. Remove @scripted from the ' +
        'scenario.',
      'Sam reloads the error page':
        'Sam could not reload the error page. Sam is not on an error page. Sam sees “The test worked” at …/console: ' +
        '“You may close this page…',
      'the test is still pending': 'Expected the test to be still pending, received “success”.',
      "Sam's test is still pending": "Expected Sam's test to be still pending, received “success”.",
    },
  },
  {
    given: ['Acme has no SSO profile'],
    fails: {
      'another organization trusts the same IdP':
        'Could not do “{step}”. Acme has no SSO profile from which its IdP could be copied.',
    },
  },
  {
    given: [setUp, 'another organization trusts the same IdP', 'the IdP has issued a response for Sam'],
    fails: {
      'the other organization rejects the response, with destination-mismatch among its findings':
        'Expected the other organization to reject the response, with destination-mismatch among its ' +
        'findings, and no session, received verdict: none, has the finding: false, sessions: 0.',
    },
  },
  {
    given: [setUp, 'Ada has sent Sam an SSO test', 'Sam opens the test link'],
    fails: {
      'the test link is still unopened': 'Expected an unopened test link, received “opened”.',
      'Sam sees that the test link has expired':
        'Expected Sam to see that the test link has expired, received another page. Sam sees “Sign in” at ' +
        '…/login: “Connection test.…',
      'Sam sees that the test is finished':
        'Expected Sam to see that the test is finished, received another page. Sam sees “Sign in” at …/login: ' +
        '“Connection test.…',
      'Sam sees that the test link is truncated':
        'Expected Sam to see that the test link is truncated, received another page. Sam sees “Sign in” at ' +
        '…/login: “Connection test.…',
      'Sam sees that the test link was altered':
        'Expected Sam to see that the test link was altered, received another page. Sam sees “Sign in” at ' +
        '…/login: “Connection test.…',
    },
  },
  {
    given: [setUp, 'Ada has sent Grace an SSO test', 'Sam takes the SSO test'],
    fails: {
      "Grace's test passes": "Expected Grace's test to pass, received “waiting”.",
    },
  },
  {
    given: [setUp, 'Sam has taken the SSO test'],
    fails: {
      'Sam continues on the phone':
        'Sam could not open the test link. Sam sees “This test has passed” at …: “You have signed in successfully…',
    },
  },
  {
    given: [setUp, 'Sam is not assigned to the app', 'Sam takes the SSO test'],
    fails: {
      'Sam signs in at the IdP':
        'Sam could not sign in at the IdP. Sam is not on the IdP login page. Sam sees “Not assigned” at …/login: …',
    },
  },
];
