/** Ordinary sign-ins through the IdP. */
import { setUp, setUpAlready, type World, wrongAudience } from './row.ts';

const usesSso = 'Acme uses SSO';
const noResponse = 'Could not do “{step}”. No response has reached the SP yet…';

export const worlds: readonly World[] = [
  {
    given: [setUp],
    fails: {
      'Acme uses SSO': setUpAlready,
      'Acme uses SSO and accepts IdP-initiated sign-ins': setUpAlready,
      'Acme uses SSO and rejects IdP-initiated sign-ins': setUpAlready,
      "Acme uses SSO with the IdP's current and next certificates": setUpAlready,
      'the SP rejects the response': noResponse,
    },
  },
  {
    given: ["Acme uses SSO with the IdP's current and next certificates"],
    fails: {
      "Acme's SP has only the IdP's current certificate":
        "Could not do “{step}”. Acme's SP has 2 certificates of the IdP.",
    },
  },
  {
    given: [usesSso],
    fails: {
      'Sam signs out': 'Sam could not sign out. Sam is not signed in. Sam has no page open.',
      'Sam signs out at the IdP':
        "Sam could not sign out at the IdP. Sam is not on the IdP's page for signed-in users: it has no button " +
        '“Sign out”. Sam sees “Sign in” at …',
      'Sam is sent to the IdP': 'Could not do “{step}”. Sam has not started to sign in yet.',
      'Sam is not sent to the IdP': 'Could not do “{step}”. Sam has not started to sign in yet.',
      "Sam's browser is signed in as Grace, or not at all": noResponse,
      'the SP rejects the response':
        'Expected the SP to reject the newest response, and no session, received verdict: “accepted”, ' +
        'sessions: “grace@…”.',
      'Sam sees "Console"': 'Expected Sam to see “Console”, received no page. Sam has no page open.',
    },
  },
  {
    given: [usesSso, 'the IdP is down'],
    fails: {
      'Sam has signed in through the IdP':
        'Sam could not sign in through the IdP. Sam sees a page at …: “The page could not be opened…',
      'Ada signs out at the IdP':
        'Ada could not sign out at the IdP. Ada sees a page at …: “The page could not be opened…',
    },
  },
  {
    given: [usesSso, wrongAudience],
    fails: {
      'Sam signs in through the IdP':
        'Sam could not sign in through the IdP. Sam sees “Sign-in failed” at …/acs: “The sign-in could not be ' +
        'completed…',
    },
  },
  {
    given: [usesSso, 'the SP is down'],
    fails: {
      'Sam starts to sign in':
        'Sam could not start to sign in. Sam is not on the SP login page: it has no field labelled “Email”. Sam sees ' +
        'a page at …/login: “The page could not be opened…',
      'Sam tries to sign in through the IdP':
        'Sam could not try to sign in through the IdP. Sam is not on the SP login page: it has no field labelled ' +
        '“Email”. Sam sees a page at …/login: “The page could not be opened…',
    },
  },
  {
    given: [usesSso, 'Ada turns off SSO enforcement'],
    fails: {
      'Grace tries to sign in through the IdP':
        'Grace could not try to sign in through the IdP. The SP did not send Grace to the IdP. Grace sees “Enter ' +
        'your password” at …/login: “…',
    },
  },
  {
    given: [usesSso, 'Nora starts to sign in'],
    fails: {
      'Nora is sent to the IdP':
        'Expected Nora to be sent to the IdP, received “another page”. Nora sees “…” at …/login: “…',
    },
  },
  {
    given: [usesSso, 'Sam starts to sign in'],
    fails: {
      'Sam is not sent to the IdP':
        'Expected Sam not to be sent to the IdP, received “the IdP”. Sam sees “Sign in” at …/sso: “Acme ' +
        'identity provider Sign in to continue…',
      'Sam sees ""': 'Could not do “{step}”. The text is empty: every page has it. Sam sees “Sign in” at …',
    },
  },
  {
    given: [usesSso, 'Sam is already signed in at the IdP', 'Sam starts to sign in'],
    fails: {
      'Sam is not sent to the IdP':
        'Expected Sam not to be sent to the IdP, received “the IdP”. Sam sees “Console” at …/console: “…',
    },
  },
  {
    given: [usesSso, 'Sam has signed in through the IdP'],
    fails: {
      "Sam's browser is signed in as Grace, or not at all":
        "Expected Sam's browser to be signed in as Grace, or not at all, received “sam@…”.",
      'the SP rejects the response':
        'Expected the SP to reject the newest response, and no session, received verdict: “accepted”, ' +
        'sessions: “sam@…”.',
      'Sam sees "Sign-in failed"':
        'Expected Sam to see “Sign-in failed”, received another page. Sam sees “Console” at …/console: “Signed in as ' +
        'Sam of Acme, through the identity provider…',
    },
  },
];
