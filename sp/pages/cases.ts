/** The troubleshooting entries as pages: a list by stage, and one page each. */
import { Router } from 'express';
import { html } from 'hono/html';
import { caseStages, stageTitles } from '../cases/case.ts';
import { type CaseCode, cases } from '../cases.ts';
import { sessionCookie } from '../cookies.ts';
import { Refused } from '../error-page.ts';
import { anyOf } from '../finding-facts.ts';
import { rejections } from '../rejection.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession } from '../session.ts';
import { list, send } from './layout.ts';

export function troubleshooting(sp: ServiceProvider): Router {
  const router = Router();
  const codes = Object.keys(cases) as CaseCode[];

  router.get('/cases', (request, response) =>
    send(response, {
      title: 'Troubleshooting',
      session: findSession(sp.store, sessionCookie(request)),
      body: html`<p>What goes wrong with single sign-on, in the order in which it happens.</p>
${caseStages.map((stage) => html`<h2>${stageTitles[stage]}</h2>${list(codes.filter((code) => cases[code].stage === stage).map((code) => html`<a href="/cases/${code}">${cases[code].title}</a>`))}`)}`,
    }),
  );

  router.get('/cases/:code', (request, response) => {
    const code = String(request.params.code);
    if (!Object.hasOwn(cases, code))
      throw new Refused(
        404,
        'No such entry',
        'There is no troubleshooting entry of this name. The list of all is at /cases.',
      );
    const entry = cases[code as CaseCode];
    return send(response, {
      title: entry.title,
      session: findSession(sp.store, sessionCookie(request)),
      body: html`<dl class="facts">
<dt>Stage</dt><dd>${stageTitles[entry.stage]}</dd>
<dt>What is seen</dt><dd>${entry.symptom}</dd>
<dt>Why</dt><dd>${entry.cause}</dd>
<dt>Who fixes it</dt><dd>${anyOf(entry.fixedBy)}</dd>
<dt>How</dt><dd>${entry.fix}</dd>
<dt>Code</dt><dd><code>${code}</code></dd>
</dl>
${entry.rejections.length === 0 ? '' : html`<h2>Refusals that lead here</h2>${list(entry.rejections.map((rejection) => html`<code>${rejection}</code>: ${rejections[rejection].sentence}`))}`}
<p><a href="/cases">All entries</a></p>`,
    });
  });

  return router;
}
