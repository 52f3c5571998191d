/** Step 3, Result: shows what the SP observed next to the administrator's mark, and saves the mark. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { z } from 'zod';
import { now } from '../clock.ts';
import {
  type ConnectionTest,
  likelyCauses,
  type Mark,
  markWords,
  openingsOf,
  recordMark,
  stateOf,
  type TestState,
  testsOf,
} from '../connection-test.ts';
import { enforceNewerRevision } from '../enforcement.ts';
import { fields, formBody } from '../forms.ts';
import { audit, findUser } from '../organization.ts';
import type { Html } from '../pages/layout.ts';
import { type Profile, settingsOf } from '../profile.ts';
import { rejections } from '../rejection-advice.ts';
import { findResponse, responsesOf } from '../response-log.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { endSessionOfResponse } from '../session.ts';
import type { Store } from '../store.ts';
import type { CaseStage } from '../troubleshooting.ts';
import { stepPage } from './admin-page.ts';
import { whyNotFailed, whyNotPassed } from './marking.ts';
import { carried, newerTest } from './old-form.ts';
import { isPending, noTestPage, resultPage } from './result-page.ts';
import { onProfile, type Reply, type Visit } from './visit.ts';

export function resultStep(sp: ServiceProvider): Router {
  const router = Router();
  router.get(
    '/admin/sso/:profile/result',
    onProfile(sp, (visit) => page(visit)),
  );
  router.post(
    '/admin/sso/:profile/result',
    formBody,
    onProfile(sp, (visit, request) => markTest(sp.store, visit, request)),
  );
  return router;
}

/** A passed test needs an observed sign-in on the current revision. A failed one ends the session that it opened. */
function markTest(store: Store, visit: Visit, request: Request): Reply {
  const { profile, session } = visit;
  const { organization, user } = session;
  const form = fields(request, { mark: z.enum(['success', 'failure']), test: carried, marked: carried });
  const { mark } = form;
  const [test] = testsOf(store, profile.id);
  if (test === undefined) {
    const problem = html`<p>There is no test to mark: no sign-in was observed yet. Send a test email first.</p>`;
    return page(visit, { status: 409, problem });
  }
  const problem = newerTest(test, form) ?? whyNot(mark, test, profile);
  if (problem) {
    audit(store, organization, user.address, 'mark-refused', { test: test.id, mark });
    return page(visit, { status: 409, problem });
  }
  recordMark(store, organization, { test: test.id, mark, markedBy: user.address });
  audit(store, organization, user.address, 'marked', { test: test.id, mark, revision: test.revision });
  if (mark === 'success') enforceNewerRevision(store, organization, profile, user.address);
  else endSessionOfResponse(store, organization, test.response, 'test-failed');
  return { to: mark === 'success' ? `/admin/sso/${profile.id}/enforce` : helpFor(store, visit, test) };
}

/** Why the mark cannot be saved; undefined if it can. */
function whyNot(mark: Mark, test: ConnectionTest, profile: Profile): Html | undefined {
  const why = mark === 'success' ? whyNotPassed(test, profile) : whyNotFailed(test, profile);
  if (why === undefined) return undefined;
  return html`<p>Nothing was saved. You cannot mark this test as ${markWords[mark]}: ${why}.</p>`;
}

/** The troubleshooting entry of the rejection or of the likeliest cause; otherwise the entries of the test's stage. */
function helpFor(store: Store, { profile, session }: Visit, test: ConnectionTest): string {
  const back = `result=${profile.id}`;
  if (test.verdict !== undefined && test.verdict !== 'success')
    return `/cases/${rejections[test.verdict].case}?${back}`;
  const state = stateOf(test, now(session.organization));
  if (state !== 'unanswered' && !test.report) return `/cases?stage=${stageOf(state)}&${back}`;
  return `/cases/${likelyCauses(test, settingsOf(store, profile.id, test.revision))[0]}?${back}`;
}

/** The part of the sign-in at which the test is. */
function stageOf(state: TestState): CaseStage {
  if (state === 'success') return 'post-login';
  if (state === 'at-idp' || state === 'unanswered') return 'idp';
  return state === 'opened' ? 'login-page' : 'test-email';
}

function page(visit: Visit, { problem, status = 200 }: { problem?: Html; status?: number } = {}): Reply {
  const { profile, session, store } = visit;
  const { organization } = session;
  const [test] = testsOf(store, profile.id);
  if (test === undefined) return stepPage(visit, 'result', noTestPage(profile.id, problem), { status });
  const recent = responsesOf(store, organization.slug, { limit: 50 });
  const decisive = test.response === undefined ? undefined : findResponse(store, organization.slug, test.response);
  const state = stateOf(test, now(organization));
  const others = recent.filter((one) => one.at >= test.createdAt && one.id !== test.response);
  const body = resultPage(profile, {
    test,
    state,
    tester: findUser(store, test.tester)?.name ?? test.tester,
    openings: openingsOf(store, test.id),
    settings: settingsOf(store, profile.id, test.revision),
    decisive,
    reference: decisive?.reference,
    attempts: others.filter((one) => one.test === test.id),
    others: others.filter((one) => one.test !== test.id),
    help: helpFor(store, visit, test),
    problem,
  });
  return stepPage(visit, 'result', body, { status, isLive: isPending(state) });
}
