/** Signing in. */
import { enforced, setUp, type World } from './row.ts';

export const worlds: readonly World[] = [
  {
    given: [setUp, 'the SP is down'],
    fails: {
      "Sam enters Sam's email in upper case":
        'Sam could not enter the email SAM@…. Sam is not on the SP login page: it has no field labelled ' +
        '“Email”. Sam sees a page at …/login: “The page could not be opened…',
      "Grace enters Sam's email in another browser":
        'Grace could not enter the email sam@…. Grace is not on the SP login page: it has no field labelled ' +
        '“Email”. Grace sees a page at …/login: “The page could not be opened…',
      'Mallory has tried ten wrong passwords for Ada':
        'Mallory could not get back in with the recovery sign-in. Mallory is not on the page of the recovery ' +
        'sign-in: it has no field labelled “Email”. Mallory sees a page at …/recovery: “The page could not be ' +
        'opened…',
      'Sam tries to sign in as a recovery administrator':
        'Sam could not get back in with the recovery sign-in. Sam is not on the page of the recovery sign-in: ' +
        'it has no field labelled “Email”. Sam sees a page at …/recovery: “The page could not be opened…',
      "Sam enters Sam's email":
        'Sam could not enter the email sam@…. Sam is not on the SP login page: it has no field labelled ' +
        '“Email”. Sam sees a page at …/login: “The page could not be opened…',
    },
  },
  {
    given: [setUp],
    fails: {
      'Sam signs in as a recovery administrator':
        'Sam could not get back in with the recovery sign-in. Sam sees “Recovery sign-in” at …/recovery: “The ' +
        'email or the password is wrong, or this accoun…',
      'Sam can sign in only through the IdP': 'Expected Sam to sign in only through the IdP, received “password”.',
    },
  },
  {
    given: [setUp, 'Sam is on the IdP login page'],
    fails: {
      'Sam is signed in through the IdP':
        'Expected Sam to be signed in through the IdP, received none. Sam sees “Sign in” at …/sso: “Acme ' +
        'identity provider Sign in to continue…',
    },
  },
  {
    given: enforced,
    fails: {
      'Ada is signed in as a recovery administrator':
        'Expected Ada to be signed in as a recovery administrator, received address: “ada@…”, method: ' +
        '“password”. Ada has no page open.',
      'Sam can sign in only with a password':
        'Expected Sam to sign in only with a password, received “identity provider”.',
    },
  },
  {
    given: [setUp, 'Sam is signed in with a password', '13 hours pass'],
    fails: {
      'Sam is still signed in':
        'Expected Sam to be still signed in, received none. Sam sees “Console” at …/console: “Signed in as ' +
        'Sam of Acme, with a password…',
    },
  },
  {
    given: [setUp, 'Sam is signed in with a password'],
    fails: {
      'Sam is not signed in':
        'Expected Sam not to be signed in, received address: “sam@…”, method: “password”. Sam sees “Console” ' +
        'at …/console: “Signed in as Sam of Acme, with a password…',
      "Sam's earlier session is closed": 'Expected one session of Sam, which is closed, received closed: 0, alive: 1.',
    },
  },
  {
    given: [setUp, "Grace is signed in with a password in Sam's browser"],
    fails: {
      "Grace's session in Sam's browser is closed":
        "Expected one session in Sam's browser, which is Grace's and closed, received closed: none, alive: " +
        '“grace@…”.',
    },
  },
  {
    given: [...enforced, "Grace enters Grace's email"],
    fails: {
      'Grace is asked for the SP password':
        'Expected Grace to be asked for the SP password, received “identity provider”. Grace sees “Sign in” ' +
        'at …/sso: “Acme identity provider Sign in to continue…',
    },
  },
  {
    given: [setUp, "Sam enters Sam's email"],
    fails: {
      'Sam sees that the organization is unknown':
        'Expected Sam to see that the organization is unknown, received another page. Sam sees “Enter your ' +
        'password” at …/login: “Email Password Sign in Use another email…',
    },
  },
  {
    given: [
      setUp,
      'the SSO profile requires reauthentication',
      'Sam is already signed in at the IdP',
      'Sam takes the SSO test',
    ],
    fails: {
      'the IdP does not ask Sam to sign in again': 'Expected Sam to enter the IdP password once, received 2.',
    },
  },
];
