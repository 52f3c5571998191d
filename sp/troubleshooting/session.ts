/** Troubleshooting of sessions and cookies around a sign-in. Words only. */
import type { CaseWords } from './case.ts';

export const session = {
  'session-not-found': {
    title: 'The service provider does not find the session',
    stage: 'session',
    symptom: 'The user reloads or goes back in the console and lands on the login page.',
    cause:
      'The session was ended elsewhere, for instance by an opened test link, by signing in again or by enforcement, ' +
      'or the cookies were deleted.',
    fixedBy: ['user'],
    fix:
      'Sign in again from the login page instead of an old tab. ' +
      'The audit log of the organization shows an opened test link, a sign-out, ' +
      'a new sign-in or an enforcement at that time; sessions that ran out and deleted cookies leave nothing there.',
    staging: { staged: true },
  },
  'cookie-samesite-blocked': {
    title: 'The browser withholds the cookie when the answer arrives',
    stage: 'session',
    symptom: 'Every sign-in fails on the way back, in all browsers alike, as if another browser had asked.',
    cause:
      'The cookie that ties the request to the browser became SameSite=Lax or Strict, ' +
      'so it is not sent with the form from the identity provider’s site.',
    fixedBy: ['sp-admin', 'network'],
    fix:
      'Look at the cookie sp_browser in the browser’s developer tools: it must read SameSite=None and Secure. ' +
      'If it does not, a proxy rewrites Set-Cookie; exempt the service provider there.',
    staging: { staged: true },
  },
  'load-balancer-session-split': {
    title: 'Sign-in works only now and then behind a load balancer',
    stage: 'session',
    symptom: 'The same user succeeds at one attempt and fails at the next, without any pattern.',
    cause: 'Several servers answer for the service provider and do not share keys or waiting requests.',
    fixedBy: ['sp-admin', 'network'],
    fix: 'Give all servers the same keys and the same database. Until then keep each browser on one server.',
    staging: {
      staged: false,
      reason: 'This service provider runs as one process with one database, so there is nothing to split.',
    },
  },
  'session-duration-refused': {
    title: 'The requested session is longer than allowed',
    stage: 'session',
    symptom: 'The sign-in is refused with a remark that the session duration exceeds the maximum of the role.',
    cause: 'The identity provider asks in an attribute for a longer session than the service provider’s role permits.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix: 'Lower the duration that the identity provider sends, or raise the maximum of the role.',
    staging: {
      staged: false,
      reason:
        'No attribute sets the length of a session here; an end given by SessionNotOnOrAfter only ever shortens it.',
    },
  },
  'session-expired': {
    title: 'The session is over',
    stage: 'session',
    symptom:
      'A user who signed in properly has to do so again, ' +
      'or the answer is refused because its session has ended already.',
    cause:
      'The identity provider set an end to the session (SessionNotOnOrAfter) and it has passed; ' +
      'without one, a session lasts twelve hours here.',
    fixedBy: ['user', 'idp-admin'],
    fix:
      'Sign in again. If it happens at once or too often, ' +
      'raise the session lifetime of the application at the identity provider and compare the clocks.',
    staging: { staged: true },
  },
  'post-data-lost': {
    title: 'A form is lost because the session ended meanwhile',
    stage: 'session',
    symptom: 'The administrator fills in a long form, presses Save, has to sign in, and finds the form empty.',
    cause: 'The session ended before the form was sent, and what was written is not kept over the new sign-in.',
    fixedBy: ['user', 'vendor'],
    fix: 'Go back in the browser, copy what you wrote, sign in in another tab and send it again.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
