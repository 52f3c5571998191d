/** The buttons of the front page that stage a case and put it right again. */
import express, { type Response, type Router } from 'express';
import { html } from 'hono/html';
import { type CaseCode, cases } from '../../sp/troubleshooting.ts';
import type { Lab } from './context.ts';
import { alert, type Html, notice, send } from './page.ts';
import { putOnStage } from './put-on-stage.ts';
import { putRight } from './put-right.ts';
import { sayNext, stagings } from './staging.ts';

export function caseRoutes(lab: Lab): Router {
  const router = express.Router();

  router.post('/stage', async (request, response) => {
    const code = String((request.body as Record<string, unknown>).code);
    const staging = Object.hasOwn(stagings, code) ? stagings[code as CaseCode] : undefined;
    if (staging === undefined) return noSuchCase(response, code);
    await putRight(lab.rehearsal);
    await lab.setStaged(undefined);
    await putOnStage(lab.rehearsal, staging.actions);
    await lab.setStaged(code as CaseCode);
    return response.redirect(303, '/');
  });

  router.post('/put-right', async (_request, response) => {
    await putRight(lab.rehearsal);
    await lab.setStaged(undefined);
    response.redirect(303, '/');
  });

  return router;
}

function noSuchCase(response: Response, code: string): Promise<void> {
  const known = Object.keys(stagings).join(', ');
  return send(
    response,
    {
      title: 'Nothing was staged',
      place: '/',
      body: html`${alert(html`<p>No case that the lab can stage is called “${code}”. It can stage: ${known}.</p>`)}
<p><a href="/">To the lab</a></p>`,
    },
    { status: 400 },
  );
}

/** What is on stage and what to do next; empty when no case is staged. */
export function stagedNotice(staged: CaseCode | undefined): Html | string {
  const staging = staged && stagings[staged];
  if (staged === undefined || staging === undefined) return '';
  return notice(html`<p><strong>On stage: ${cases[staged].title}.</strong> ${sayNext(staging)}</p>
<form method="post" action="/put-right"><button type="submit">Put right</button></form>`);
}
