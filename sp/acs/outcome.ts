/** Concludes a response with a session or a rejection: sets the test's verdict, records it and shows the page. */
import type { Response } from 'express';
import { html } from 'hono/html';
import { normalizeAddress } from '../address.ts';
import { type AuthnRequestRecord, useUp } from '../authn-request.ts';
import { now } from '../clock.ts';
import { type ConnectionTest, isResponseLate, recordVerdict, stateOf } from '../connection-test.ts';
import { setSessionCookie } from '../cookies.ts';
import { audit, findUser, type Organization } from '../organization.ts';
import { alert, type Page, send } from '../pages/layout.ts';
import type { Finding, RejectionCode } from '../rejection-advice.ts';
import { recordResponse, rememberAssertion } from '../response-log.ts';
import type { Identity } from '../saml/judgement.ts';
import { newReference } from '../secret.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { type Session, startSession } from '../session.ts';
import type { Store } from '../store.ts';
import { caseOf, cases } from '../troubleshooting.ts';
import type { ProfileRevision } from './expectation.ts';

/** A response, with its request and its test. */
export interface Arrival {
  organization: Organization;
  /** The decoded response; undefined when it could not be decoded. */
  xml?: string | undefined;
  /** The request named by InResponseTo or RelayState, if this browser sent it. */
  request?: AuthnRequestRecord | undefined;
  /** The request's test. */
  test?: ConnectionTest | undefined;
  /** True if this browser is signed in by this very response: a double click, or the back button. */
  isRepeated?: boolean;
  /** Set if the browser was led to the address without a form: a bookmark, or a redirect. */
  visit?: { session: Session | undefined } | undefined;
}

export interface SignIn {
  profileRevision: ProfileRevision;
  identity: Identity;
}

/** Sets the session cookie and redirects to the Console. */
export function enter(response: Response, session: string): void {
  setSessionCookie(response, session);
  response.redirect(303, '/console');
}

/** Marks request and assertion as used, records response and verdict, and starts the session. Returns its secret. */
export function recordSignIn(
  store: Store,
  { organization, request, test, xml }: Arrival,
  { profileRevision: { profile, revision, settings }, identity }: SignIn,
  browser: string,
): string {
  if (request && !useUp(store, organization, request.id))
    throw new Error(`request ${request.id} was used while its response was being judged`);
  rememberAssertion(store, organization, settings.idpEntityId, identity);
  const { id } = recordResponse(store, organization, {
    request: request?.id,
    test: test?.id,
    verdict: 'success',
    findings: [],
    xml,
  });
  if (test) recordVerdict(store, organization, { test: test.id, verdict: 'success', response: id });
  const address = normalizeAddress(identity.nameId)!;
  audit(store, organization, address, 'signed-in', { method: 'sso', ...(test ? { test: test.id } : {}) });
  const { nameId, nameIdFormat, sessionIndex, sessionNotOnOrAfter } = identity;
  return startSession(store, organization, {
    browser,
    address,
    method: 'sso',
    notOnOrAfter: sessionNotOnOrAfter?.getTime(),
    sso: { profile, revision, response: id, nameId, nameIdFormat, sessionIndex },
  });
}

/** Rejects the response. The log keeps all findings for the administrator. */
export function reject(
  { store }: ServiceProvider,
  arrival: Arrival,
  findings: readonly [Finding, ...Finding[]],
  response: Response,
): Promise<void> {
  const reference = newReference();
  store.transaction(() => recordRejection(store, arrival, findings, reference));
  const status = isTestOver(arrival) || !arrival.isRepeated ? 403 : 409;
  return send(response, rejectionPage(store, arrival, findings[0].code, reference), { status });
}

function recordRejection(
  store: Store,
  { organization, request, test, xml }: Arrival,
  findings: readonly [Finding, ...Finding[]],
  reference: string,
): void {
  const verdict = findings[0].code;
  const { id } = recordResponse(store, organization, {
    request: request?.id,
    test: test?.id,
    verdict,
    findings,
    xml,
    reference,
  });
  if (test && isOpenToRejection(test, now(organization)))
    recordVerdict(store, organization, { test: test.id, verdict, response: id });
  audit(store, organization, request?.address ?? 'unknown', 'sign-in-refused', { rejection: verdict, reference });
}

/** True if a rejection sets the test's verdict. A response after 30 minutes is only recorded. */
function isOpenToRejection(test: ConnectionTest, time: number): boolean {
  const state = stateOf(test, time);
  return (state === 'at-idp' || state === 'refused') && !isResponseLate(test, time);
}

const isTestOver = ({ test }: Arrival): boolean => test?.verdict === 'success';

/** Shows the title of the troubleshooting entry to a tester, and only a vague sentence to other users. */
function rejectionPage(store: Store, arrival: Arrival, code: RejectionCode, reference: string): Page {
  const { test, visit } = arrival;
  if (isTestOver(arrival))
    return {
      title: 'This test has passed',
      body: html`<p>You have already signed in successfully. The response that your browser sent now was ignored
(reference <strong>${reference}</strong>).</p><p><a href="/console">Go to the Console</a></p>`,
    };
  if (arrival.isRepeated)
    return {
      title: 'You are signed in already',
      body: html`<p>You are signed in already; this was sent a second time, and was not used (reference
<strong>${reference}</strong>).</p><p><a href="/console">Go to the Console</a></p>`,
    };
  if (visit) return visitPage(visit, reference);
  if (test)
    return {
      title: 'The SSO test failed',
      body: html`${alert(html`<p><strong>${cases[caseOf(code)].title}</strong></p>`)}<p>You can still sign in as before.
Tell ${findUser(store, test.askedBy)?.name ?? 'your administrator'} the reference <strong>${reference}</strong>. Once
the problem is fixed, you can <a href="/login">try again with the same link</a>.</p>`,
    };
  return {
    title: 'Sign-in failed',
    body: html`${alert(html`<p>The sign-in could not be completed. Tell your administrator the reference
<strong>${reference}</strong>.</p>`)}<p><a href="/login">Back to the login page</a></p>`,
  };
}

/** For a browser that came without a response: no sign-in took place. */
const visitPage = ({ session }: { session: Session | undefined }, reference: string): Page =>
  session === undefined
    ? {
        title: 'Start at the login page',
        body: html`<p>This address takes no visits: only an identity provider’s form may come here. To sign in, start at
the <a href="/login">login page</a>. If your identity provider led you here, tell your administrator the reference
<strong>${reference}</strong>.</p>`,
      }
    : {
        title: 'You are signed in',
        session,
        body: html`<p>This address takes no visits; you are signed in (reference <strong>${reference}</strong>).</p>
<p><a href="/console">Go to the Console</a></p>`,
      };
