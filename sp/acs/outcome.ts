/** What follows from a response: a session or a rejection, with the test's verdict, the records and the page. */
import type { Response } from 'express';
import { html } from 'hono/html';
import { normalizeAddress } from '../address.ts';
import { type AuthnRequestRecord, useUp } from '../authn-request.ts';
import { now } from '../clock.ts';
import { type ConnectionTest, isAnswerLate, recordVerdict, stateOf } from '../connection-test.ts';
import { setSessionCookie } from '../cookies.ts';
import { audit, findUser, type Organization } from '../organization.ts';
import { alert, type Page, send } from '../pages/layout.ts';
import type { Finding, RejectionCode } from '../rejection-advice.ts';
import { recordResponse, rememberAssertion } from '../response-log.ts';
import type { Identity } from '../saml/judgement.ts';
import { newReference } from '../secret.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { startSession } from '../session.ts';
import type { Store } from '../store.ts';
import { caseOf, cases } from '../troubleshooting.ts';
import type { Connection } from './expectation.ts';

/** A response, and what it belongs to. */
export interface Arrival {
  organization: Organization;
  /** The decoded response; undefined when it could not be decoded. */
  xml?: string | undefined;
  /** The request that it answers, if this browser sent that one. */
  request?: AuthnRequestRecord | undefined;
  /** The test of that request. */
  test?: ConnectionTest | undefined;
}

export interface SignIn {
  connection: Connection;
  identity: Identity;
}

/** Gives the browser its session. */
export function enter(response: Response, session: string): void {
  setSessionCookie(response, session);
  response.redirect(303, '/console');
}

/** Uses up request and assertion, records response and verdict, and starts the session. Returns its secret. */
export function recordSignIn(
  store: Store,
  { organization, request, test, xml }: Arrival,
  { connection: { profile, revision, settings }, identity }: SignIn,
  browser: string,
): string {
  if (request && !useUp(store, organization, request.id))
    throw new Error(`request ${request.id} was used up while its response was judged`);
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

/** Signs nobody in. The log keeps all findings for the administrator; the page says little (see `rejectionPage`). */
export function reject(
  { store }: ServiceProvider,
  arrival: Arrival,
  findings: readonly [Finding, ...Finding[]],
  response: Response,
): Promise<void> {
  const reference = newReference();
  store.transaction(() => recordRejection(store, arrival, findings, reference));
  return send(response, rejectionPage(store, arrival, findings[0].code, reference), { status: 403 });
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
  audit(store, organization, request?.address ?? 'somebody', 'sign-in-refused', { rejection: verdict, reference });
}

/** A response after 30 minutes is rejected and recorded, but is no verdict. */
function isOpenToRejection(test: ConnectionTest, time: number): boolean {
  const state = stateOf(test, time);
  return (state === 'at-idp' || state === 'refused') && !isAnswerLate(test, time);
}

/** The tester of a test is shown the title of the troubleshooting entry; every other visitor one vague line. */
function rejectionPage(store: Store, { test }: Arrival, code: RejectionCode, reference: string): Page {
  if (test?.verdict === 'success')
    return {
      title: 'This test is done',
      body: html`<p>The sign-in was seen before, and it counts. What your browser sent now was not used; reference
<strong>${reference}</strong>.</p><p><a href="/console">To the Console</a></p>`,
    };
  if (test)
    return {
      title: 'The connection test did not succeed',
      body: html`${alert(html`<p><strong>${cases[caseOf(code)].title}</strong></p>`)}<p>Nothing is wrong with your
account. Tell ${findUser(store, test.askedBy)?.name ?? 'your administrator'}; reference
<strong>${reference}</strong>. When it is put right you may <a href="/login">try again with the same link</a>.</p>`,
    };
  return {
    title: 'You could not be signed in',
    body: html`${alert(html`<p>The sign-in could not be completed. Tell your administrator the reference
<strong>${reference}</strong>.</p>`)}<p><a href="/login">Back to the sign-in</a></p>`,
  };
}
