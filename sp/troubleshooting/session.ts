/** Troubleshooting entries for sessions and cookies. */
import type { CaseWords } from './case.ts';

export const session = {
  'session-not-found': {
    title: 'The service provider does not find the session',
    stage: 'session',
    symptom: 'The user reloads the console or goes back to it, and sees the login page.',
    cause:
      'The session was ended elsewhere, for example by a test link, a new sign-in or enforcement, or the cookies ' +
      'were deleted.',
    fixedBy: ['user'],
    fix:
      'Sign in again from the login page instead of an old tab. The organization’s audit log shows an opened test ' +
      'link, a sign-out, a new sign-in or an enforcement at that time, but not expired sessions or deleted cookies.',
    staging: { staged: true },
  },
  'cookie-samesite-blocked': {
    title: 'The browser does not send the cookie with the response',
    stage: 'session',
    symptom:
      'Every sign-in fails on the way back from the IdP, in all browsers, as if another browser had sent the request.',
    cause:
      'The cookie that ties the request to the browser has SameSite=Lax or Strict, so the browser does not send it ' +
      'with the form from the IdP’s site.',
    fixedBy: ['sp-admin', 'network'],
    fix:
      'Check the cookie sp_browser in the browser’s developer tools: it must have SameSite=None and Secure. If not, ' +
      'a proxy rewrites Set-Cookie: exclude the SP from it.',
    staging: { staged: true },
  },
  'load-balancer-session-split': {
    title: 'Sign-in works only sometimes behind a load balancer',
    stage: 'session',
    symptom: 'The same user can sign in at one attempt and not at the next, without a pattern.',
    cause: 'The SP runs on several servers that do not share their keys or pending requests.',
    fixedBy: ['sp-admin', 'network'],
    fix: 'Give all servers the same keys and the same database. Until then, use sticky sessions.',
    staging: {
      staged: false,
      reason: 'This SP runs as one process with one database.',
    },
  },
  'session-duration-refused': {
    title: 'The requested session is longer than allowed',
    stage: 'session',
    symptom: 'The sign-in is rejected because the session duration exceeds the role’s maximum.',
    cause: 'The IdP requests in an attribute a longer session than the SP’s role allows.',
    fixedBy: ['sp-admin', 'idp-admin'],
    fix: 'Lower the duration that the IdP sends, or raise the role’s maximum.',
    staging: {
      staged: false,
      reason: 'No attribute sets the length of a session here, and SessionNotOnOrAfter can only shorten it.',
    },
  },
  'session-expired': {
    title: 'The session has expired',
    stage: 'session',
    symptom: 'A user has to sign in again, or the SP rejects the response because its session has already ended.',
    cause:
      'The session’s end set by the IdP (SessionNotOnOrAfter) has passed. Without one, a session lasts 12 hours here.',
    fixedBy: ['user', 'idp-admin'],
    fix:
      'Sign in again. If it happens immediately or too often, raise the app’s session lifetime at the IdP and ' +
      'compare the clocks.',
    staging: { staged: true },
  },
  'post-data-lost': {
    title: 'A form is lost because the session has ended',
    stage: 'session',
    symptom: 'The administrator fills in a long form, clicks Save, has to sign in, and finds the form empty.',
    cause: 'The session ended before the form was submitted, and the entries are not kept across a new sign-in.',
    fixedBy: ['user', 'vendor'],
    fix: 'Go back in the browser, copy your entries, sign in in another tab and submit them again.',
    staging: { staged: true },
  },
} as const satisfies Record<string, CaseWords>;
