/** Step 3, Result: what the service provider observed beside what the administrator says. A mark of success without an observed sign-in on this revision is refused. */
import { type Response, Router } from 'express';
import { html } from 'hono/html';
import { z } from 'zod';
import { differences, spellOut } from '../address.ts';
import { cases } from '../cases.ts';
import { now } from '../clock.ts';
import { type ConnectionTest, likelyCauses, reports, stateOf, testsOf } from '../connection-test.ts';
import { followProof } from '../enforcement.ts';
import { type Fact, factsOf } from '../finding-facts.ts';
import { fields, formBody } from '../forms.ts';
import { audit, findUser } from '../organization.ts';
import { alert, type Html, list, notice, time } from '../pages/layout.ts';
import { type Profile, settingsOf } from '../profile.ts';
import { type Finding, rejections } from '../rejection.ts';
import { findResponse, responsesOf } from '../response-log.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { sendStep, type Visit, visitOf } from './admin-center.ts';
import { messageView } from './message-view.ts';
import { stateWords } from './test-step.ts';

export function resultStep(sp: ServiceProvider): Router {
  const { store } = sp;
  const router = Router();

  router.get('/admin/sso/:profile/result', (request, response) => page(response, visitOf(sp, request, response)));

  router.post('/admin/sso/:profile/result', formBody, (request, response) => {
    const visit = visitOf(sp, request, response);
    const { profile, session } = visit;
    const { mark } = fields(request, { mark: z.enum(['success', 'failure']) });
    const test = testsOf(store, profile.id)[0];
    if (test === undefined)
      return page(response, visit, {
        status: 409,
        problem: html`<p>There is no test to mark: no sign-in was observed yet. Ask a colleague first.</p>`,
      });
    const refusal = mark === 'success' ? whyNoSuccess(test, profile.revision) : whyNoFailure(test, profile);
    if (refusal) {
      audit(store, session.organization, session.user.address, 'mark-refused', { test: test.id, mark });
      return page(response, visit, { status: 409, problem: html`<p>${refusal}</p>` });
    }
    store.transaction(() => {
      store.run`UPDATE tests SET mark = ${mark}, marked_at = ${now(session.organization)}, marked_by = ${session.user.address} WHERE id = ${test.id}`;
      audit(store, session.organization, session.user.address, 'marked', {
        test: test.id,
        mark,
        revision: test.revision,
      });
      if (mark === 'success') followProof(store, session.organization, profile, session.user.address);
    });
    if (mark === 'success') return response.redirect(303, `/admin/sso/${profile.id}/enforce`);
    return response.redirect(
      303,
      helpFor(test, settingsOf(store, profile.id, test.revision), now(session.organization)),
    );
  });

  function page(
    response: Response,
    visit: Visit,
    { problem, status = 200 }: { problem?: Html; status?: number } = {},
  ): Promise<void> {
    const { profile, session } = visit;
    const test = testsOf(store, profile.id)[0];
    if (test === undefined)
      return sendStep(
        response,
        visit,
        'result',
        html`${problem ? alert(problem) : ''}<p>Nobody was asked to try this connection yet. <a href="/admin/sso/${profile.id}/test">Ask a colleague</a></p>`,
        { status },
      );
    const clock = now(session.organization);
    const state = stateOf(test, clock);
    const tester = findUser(store, test.tester)?.name ?? test.tester;
    const answer =
      test.response === undefined ? undefined : findResponse(store, session.organization.slug, test.response);
    const strays = responsesOf(store, session.organization.slug, { limit: 50 }).filter(
      (one) => one.at >= test.createdAt && one.id !== test.response,
    );
    return sendStep(
      response,
      visit,
      'result',
      html`
${problem ? alert(problem) : ''}
<div class="side-by-side">
<article><h2>Observed</h2>
<p class="verdict ${state === 'success' ? 'right' : state === 'refused' || state === 'unanswered' ? 'wrong' : ''}">${tester}: ${stateWords[state]}</p>
<dl class="facts"><dt>Revision</dt><dd>${test.revision}${test.revision === profile.revision ? '' : ` (the profile is at revision ${profile.revision} now)`}</dd>
<dt>Asked</dt><dd>${time(test.createdAt)}</dd><dt>Link opened</dt><dd>${time(test.openedAt)}</dd><dt>Went to the identity provider</dt><dd>${time(test.wentToIdpAt)}</dd><dt>Verdict</dt><dd>${time(test.verdictAt)}</dd></dl>
</article>
<article><h2>Your mark</h2>
<p class="verdict ${test.mark === 'success' ? 'right' : test.mark === 'failure' ? 'wrong' : ''}">${test.mark === undefined ? 'not marked yet' : test.mark}</p>
${test.markedAt === undefined ? '' : html`<p class="small">by ${test.markedBy}, ${time(test.markedAt)}</p>`}
<form method="post" action="/admin/sso/${profile.id}/result">
<p>Ask ${tester} what happened, then say so.</p>
<button type="submit" name="mark" value="success">It worked</button> <button type="submit" name="mark" value="failure" class="secondary">It failed</button>
</form></article>
</div>
${test.report ? notice(html`<p>${tester} reported: “${reports[test.report].words}.” <a href="/cases/${reports[test.report].case}">${cases[reports[test.report].case].title}</a></p>`) : ''}
${state === 'unanswered' ? silence(test, settingsOf(store, profile.id, test.revision)) : ''}
${answer && answer.verdict !== 'success' ? html`<h2>Why it was refused</h2>${answer.findings.map((finding, index) => findingView(finding, index === 0))}` : ''}
${answer?.xml ? html`<h2>The message</h2><details ${answer.verdict === 'success' ? '' : 'open'}><summary>Decoded${answer.verdict === 'success' ? '' : ', with the place marked'}</summary>${messageView(answer.xml, answer.findings)}</details>` : ''}
${strays.length === 0 ? '' : html`<h2>Other answers that came in</h2><p>These changed no test.</p>${list(strays.slice(0, 10).map((stray) => html`${time(stray.at)}, reference ${stray.reference}: ${stray.verdict === 'success' ? 'a sign-in outside this test' : rejections[stray.verdict].sentence}`))}`}`,
      { status },
    );
  }

  return router;
}

/** Why a mark of success cannot stand; undefined when it can. */
function whyNoSuccess(test: ConnectionTest, revision: number): string | undefined {
  if (test.revision !== revision)
    return `The connection has changed since: this test tried revision ${test.revision}, and the profile is at revision ${revision}. Ask for a new test.`;
  if (test.verdict === 'success') return undefined;
  return 'No successful sign-in was observed on this revision, so it cannot be marked as a success. Let a colleague try it, or mark it as a failure to see the likely cause.';
}

/** Enforcement rests on a proof, which cannot be taken away under it. */
const whyNoFailure = ({ mark, revision }: ConnectionTest, { enforcedRevision }: Profile): string | undefined =>
  mark === 'success' && revision === enforcedRevision
    ? 'Single sign-on is enforced because this test succeeded. Lift it first; then mark the test as a failure.'
    : undefined;

/** The troubleshooting entry of what was observed; without a rejection, the list of likely ones. */
function helpFor(test: ConnectionTest, settings: Parameters<typeof likelyCauses>[1], clock: number): string {
  if (test.verdict !== undefined && test.verdict !== 'success') return `/cases/${rejections[test.verdict].case}`;
  if (stateOf(test, clock) === 'unanswered' || test.report) return `/cases/${likelyCauses(test, settings)[0]}`;
  return '/cases';
}

const silence = (
  test: ConnectionTest,
  settings: Parameters<typeof likelyCauses>[1],
): Html => html`<h2>Likely causes</h2>
<p>The browser went to the identity provider and nothing came back within 30 minutes. A service provider cannot see why. The likeliest causes first:</p>
<ol>${likelyCauses(test, settings).map((code) => html`<li><a href="/cases/${code}">${cases[code].title}</a>: ${cases[code].fix}</li>`)}</ol>`;

/** One finding in full: what was expected and received, where, who must fix it, and how. */
function findingView(finding: Finding, decisive: boolean): Html {
  const { sentence, case: help } = rejections[finding.code];
  return html`<article>
<p><strong>${sentence}</strong>${decisive ? '' : ' (also found)'}</p>
<dl class="facts">
${factsOf(finding).map((fact) => html`<dt>${fact.label}</dt><dd>${factView(fact, finding)}</dd>`)}
<dt>Code</dt><dd><a href="/cases/${help}">${finding.code}</a></dd>
</dl>
</article>`;
}

function factView({ name, value, isCode }: Fact, { code, expected, received }: Finding): Html | string {
  if (name === 'received' && expected !== undefined && received) return difference(expected, received);
  if (name === 'who' && rejections[code].fixedBy === 'sp-admin') return 'you, in this Admin Center';
  return isCode ? html`<code>${value}</code>` : value;
}

/** The received value with the characters that differ marked, and unseen ones spelled out. */
const difference = (expected: string, received: string): Html =>
  html`<code>${differences(expected, received).map(({ same, received: part }) => (same ? part : html`<mark>${part === '' ? '⟨missing⟩' : spellOut(part)}</mark>`))}</code>`;
