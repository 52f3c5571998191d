/** Enforcing SSO. */
import { enforced, noProfile, setUp, verified, type World } from './row.ts';

export const worlds: readonly World[] = [
  {
    given: [setUp],
    fails: {
      'Ada has enforced SSO':
        'Ada could not enforce SSO. The button “Enforce SSO” is disabled. Ada sees “Acme: Enforce” at …/enforce: …',
    },
  },
  {
    given: ['Acme has no SSO profile'],
    fails: {
      'Ada tries to enforce SSO': noProfile,
      'Ada has edited the SSO profile': noProfile,
      'Ada enters a wrong sign-on URL': noProfile,
      'Ada enforces SSO': noProfile,
    },
  },
  {
    given: verified,
    fails: {
      'Ada makes Grace a recovery administrator':
        'Ada could not add a recovery administrator. Ada is not on the page that enforces SSO: it has no button ' +
        '“Update enforcement”. Ada sees “Acme: Enforce” at …/enforce…',
      'Ada turns off SSO enforcement':
        'Ada could not turn off SSO enforcement. Ada is not on the page that enforces SSO: it has no button ' +
        '“Turn off SSO enforcement”. Ada sees “Acme: Enforce” at …/enforce…',
    },
  },
  {
    given: enforced,
    fails: {
      'SSO is not enforced': 'Expected no enforced revision, received 1.',
      'Ada cannot enforce SSO: the revision is not verified':
        'Expected Ada to see that the revision is not verified, received no page. Ada has no page open.',
    },
  },
];
