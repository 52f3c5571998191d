/** Step 3, Result: shows what the SP observed next to the administrator's mark, and saves the mark. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { z } from 'zod';
import { now } from '../clock.ts';
import { type ConnectionTest, likelyCauses, recordMark, stateOf, testsOf } from '../connection-test.ts';
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
import { stepPage } from './admin-page.ts';
import { carried, newerTest } from './old-form.ts';
import { noTestPage, resultPage } from './result-page.ts';
import { onProfile, type Reply, type Visit } from './visit.ts';

export function resultStep(sp: ServiceProvider): Router {
  const router = Router();
  router.get(
    '/admin/sso/:profile/result',
    onProfile(sp, (visit) => page(sp.store, visit)),
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
    return page(store, visit, { status: 409, problem });
  }
  const problem =
    newerTest(test, form) ?? (mark === 'success' ? whyNoSuccess(test, profile) : whyNoFailure(test, profile));
  if (problem) {
    audit(store, organization, user.address, 'mark-refused', { test: test.id, mark });
    return page(store, visit, { status: 409, problem });
  }
  recordMark(store, organization, { test: test.id, mark, markedBy: user.address });
  audit(store, organization, user.address, 'marked', { test: test.id, mark, revision: test.revision });
  if (mark === 'success') enforceNewerRevision(store, organization, profile, user.address);
  else endSessionOfResponse(store, organization, test.response, 'test-failed');
  return { to: mark === 'success' ? `/admin/sso/${profile.id}/enforce` : helpFor(store, visit, test) };
}

/** Why the test cannot be marked as passed; undefined if it can. */
function whyNoSuccess(test: ConnectionTest, { revision }: Profile): Html | undefined {
  if (test.revision !== revision)
    return html`<p>The profile has changed: this test was for revision ${test.revision}, and the profile is now at
revision ${revision}. Send a new test email.</p>`;
  if (test.verdict === 'success') return undefined;
  return html`<p>No successful sign-in was observed on this revision, so the test cannot be marked as passed. Test it
again, or mark it as failed to see the likely cause.</p>`;
}

/** Why the test cannot be marked as failed: enforcement depends on it. */
const whyNoFailure = ({ mark, revision }: ConnectionTest, { enforcedRevision }: Profile): Html | undefined =>
  mark === 'success' && revision === enforcedRevision
    ? html`<p>Single sign-on is enforced because this test passed. Turn off SSO enforcement before you mark the test as
failed.</p>`
    : undefined;

/** The troubleshooting entry of the rejection or of the likeliest cause; the list of entries if neither is known. */
function helpFor(store: Store, { profile, session }: Visit, test: ConnectionTest): string {
  if (test.verdict !== undefined && test.verdict !== 'success') return `/cases/${rejections[test.verdict].case}`;
  if (stateOf(test, now(session.organization)) !== 'unanswered' && !test.report) return '/cases';
  return `/cases/${likelyCauses(test, settingsOf(store, profile.id, test.revision))[0]}`;
}

function page(store: Store, visit: Visit, { problem, status = 200 }: { problem?: Html; status?: number } = {}): Reply {
  const { profile, session } = visit;
  const { organization } = session;
  const [test] = testsOf(store, profile.id);
  if (test === undefined) return stepPage(visit, 'result', noTestPage(profile.id, problem), { status });
  const recent = responsesOf(store, organization.slug, { limit: 50 });
  const body = resultPage(profile, {
    test,
    state: stateOf(test, now(organization)),
    tester: findUser(store, test.tester)?.name ?? test.tester,
    settings: settingsOf(store, profile.id, test.revision),
    decisive: test.response === undefined ? undefined : findResponse(store, organization.slug, test.response),
    others: recent.filter((one) => one.at >= test.createdAt && one.id !== test.response),
    problem,
  });
  return stepPage(visit, 'result', body, { status });
}
