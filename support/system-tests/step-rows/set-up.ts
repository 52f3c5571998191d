/** Setup. */
import { enforced, noProfile, notSetUp, setUp, setUpAlready, type World, wrongAudience } from './row.ts';

export const worlds: readonly World[] = [
  {
    given: [setUp],
    fails: {
      "Acme's SSO profile is set up": setUpAlready,
      "Acme's SSO profile is set up by hand": setUpAlready,
      "Acme's SSO profile is set up from metadata": setUpAlready,
      'Nora is enrolled in another SSO profile':
        'Could not do “{step}”. The SP says: nora@… is not a managed user of …; its users are ada@…, grace@…, ' +
        'sam@….',
      'the IdP sends an assertion that expired 99999999 minutes ago':
        'Could not do “{step}”. The IdP says: the amount of “an assertion that expired 99999999 minutes ago” ' +
        'is more than 52560000 minutes.',
      'Acme\'s identity provider writes as in "none.json"': 'Could not do “{step}”. There is no file none.json in ….',
      'Sam has no value for the attribute department at the IdP':
        'Could not do “{step}”. Sam has no value for the attribute department anyway.',
      'Nora is in 5 groups at the IdP': 'Could not do “{step}”. The IdP has no user for Nora.',
      'Nora is a guest at the IdP': 'Could not do “{step}”. The IdP has no user for Nora.',
      'Nora has no email at the IdP': 'Could not do “{step}”. The IdP says: unknown user “nora@…”.',
      'the response contains "x"': 'Could not do “{step}”. The SP has received no response.',
      "the response's SessionIndex is the ID of its request": 'Could not do “{step}”. The SP has received no response.',
      'the IdP leaves out the attribute department':
        'Could not do “{step}”. The IdP does not send the attribute department, so it cannot leave it out.',
    },
  },
  {
    given: ['Acme has no SSO profile'],
    fails: {
      'requests are signed and sent by POST': noProfile,
      'requests are signed and sent by redirect': noProfile,
      'the SSO profile has no certificate': noProfile,
      "Ada has added the IdP's next certificate": noProfile,
    },
  },
  {
    given: [setUp, 'the app is not registered at the IdP'],
    fails: {
      'Sam is not assigned to the app': 'Could not do “{step}”. The IdP says: unknown app “…/metadata”.',
    },
  },
  {
    given: [],
    fails: {
      'the IdP sends the attribute department': notSetUp,
      'the IdP is down': notSetUp,
      'the IdP rolls over its signing key': notSetUp,
      '5 minutes pass': notSetUp,
    },
  },
  {
    given: [setUp, "Acme's identity provider is Okta"],
    fails: {
      "Acme's identity provider is Okta": "Acme's identity provider is Okta already.",
    },
  },
  {
    given: [setUp, wrongAudience],
    fails: {
      'the IdP behaves correctly again':
        'Could not do “{step}”. The IdP has not sent this yet: an assertion with a different Audience.',
    },
  },
  {
    given: enforced,
    fails: {
      'Sam is signed in with a password':
        'Sam could not sign in with a password. Sam is covered, and is signed in through the IdP already. ' +
        'Sam sees “Console” at …/console: “Signed in as Sam of Acme, through the identity provider…',
      "Grace is signed in with a password in Sam's browser":
        'Sam could not enter the SP password. Sam is not on the SP password page: it has no field labelled ' +
        '“Password”. Sam sees “Sign-in failed” at …/acs: “The sign-in could not be completed…',
    },
  },
  {
    given: [setUp, 'the IdP is down'],
    fails: {
      'Sam is already signed in at the IdP':
        'Sam could not sign in at the IdP. Sam is not on the IdP login page. Sam sees a page at …: “The page ' +
        'could not be opened…',
    },
  },
  {
    given: [setUp, "Acme's tenant at the IdP is disabled"],
    fails: {
      "Grace is already signed in at the IdP in Sam's browser":
        'Sam could not sign in at the IdP. Sam is not on the IdP login page. Sam sees “Sign-in disabled” at ' +
        '…: “Sign-in is disabled for this organization…',
    },
  },
  {
    given: [setUp, "Ada has added the IdP's next certificate"],
    fails: {
      'the IdP has announced its next certificate':
        'Could not do “{step}”. The IdP has announced its next certificate already.',
    },
  },
];
