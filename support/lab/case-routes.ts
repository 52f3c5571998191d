/** The front page's buttons that stage a case and reset the lab. */
import express, { type Response, type Router } from 'express';
import { html } from 'hono/html';
import { type CaseCode, cases } from '../../sp/troubleshooting.ts';
import type { Lab } from './context.ts';
import { alert, type Html, notice, send } from './page.ts';
import { putRight, resetLab } from './reset-lab.ts';
import { performActions } from './stage-case.ts';
import { nextStep, stagings } from './staging.ts';

export function caseRoutes(lab: Lab): Router {
  const router = express.Router();

  router.post('/stage', async (request, response) => {
    const code = String((request.body as Record<string, unknown>).code);
    const staging = Object.hasOwn(stagings, code) ? stagings[code as CaseCode] : undefined;
    if (staging === undefined) return unknownCase(response, code);
    await resetLab(lab.rehearsal, { keepsProduct: true });
    await lab.setStaged(undefined);
    await performActions(lab.rehearsal, staging.actions);
    await lab.setStaged(code as CaseCode);
    lab.lastReset = undefined;
    return response.redirect(303, '/');
  });

  router.post('/put-right', async (_request, response) => {
    lab.lastReset = await putRight(lab.rehearsal);
    await lab.setStaged(undefined);
    response.redirect(303, '/');
  });

  return router;
}

function unknownCase(response: Response, code: string): Promise<void> {
  const known = Object.keys(stagings).join(', ');
  return send(
    response,
    {
      title: 'Unknown case',
      place: '/',
      body: html`${alert(html`<p>The lab cannot stage “${code}”. Use one of: ${known}.</p>`)}
<p><a href="/">Back to the lab</a></p>`,
    },
    { status: 400 },
  );
}

/** The staged case and what to do next; empty if no case is staged. */
export function stagedNotice({ staged, rehearsal }: Pick<Lab, 'staged' | 'rehearsal'>): Html | string {
  const staging = staged && stagings[staged];
  if (staged === undefined || staging === undefined) return '';
  return notice(html`<p><strong>Staged: ${cases[staged].title}.</strong> ${nextStep(staging)}</p>
<div class="buttons"><a role="button" class="compact" href="${rehearsal.stack.sp.url}/admin" target="_blank"
 rel="noopener">Admin Center</a> <a role="button" class="compact outline" href="/mailbox">Mailbox</a>
<form method="post" action="/put-right"><button type="submit"
 class="compact outline secondary">Put everything right</button></form></div>`);
}
