/** The troubleshooting pages: a list by stage, and one page per entry. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { sessionCookie } from '../cookies.ts';
import { anyOf } from '../finding-facts.ts';
import { PageError } from '../page-error.ts';
import type { ProductId } from '../products/product.ts';
import { profilesOf } from '../profile.ts';
import { rejections } from '../rejection-advice.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession, type Session } from '../session.ts';
import {
  type CaseCode,
  type CaseStage,
  caseCodes,
  caseStages,
  cases,
  isCaseCode,
  stageTitles,
} from '../troubleshooting.ts';
import { type Html, list, send } from './layout.ts';
import { productFixes, productsOf } from './product-fixes.ts';

export function troubleshooting(sp: ServiceProvider): Router {
  const router = Router();
  const sessionFor = (request: Request): Session | undefined => findSession(sp.store, sessionCookie(request));

  // Only administrators see which product their organization has.
  const productsFor = (request: Request): ProductId[] => {
    const session = sessionFor(request);
    if (!session?.user.administrator) return [];
    const profiles = profilesOf(sp.store, session.organization.slug);
    return [...new Set(profiles.flatMap(({ settings }) => productsOf(settings)))];
  };

  router.get('/cases', (request, response) =>
    send(response, { title: 'Troubleshooting', session: sessionFor(request), body: allEntries() }),
  );

  router.get('/cases/:code', (request, response) => {
    const code = String(request.params.code);
    if (!isCaseCode(code))
      throw new PageError(
        'case-not-found',
        'There is no troubleshooting entry with this code. See /cases for the list.',
      );
    return send(response, {
      title: cases[code].title,
      session: sessionFor(request),
      body: entryView(code, productsFor(request)),
    });
  });

  return router;
}

const allEntries = (): Html => html`<p>What can go wrong with single sign-on, in the order of a sign-in.</p>
${caseStages.map((stage) => html`<h2>${stageTitles[stage]}</h2>${list(linksOf(stage))}`)}`;

const linksOf = (stage: CaseStage): Html[] =>
  caseCodes
    .filter((code) => cases[code].stage === stage)
    .map((code) => html`<a href="/cases/${code}">${cases[code].title}</a>`);

function entryView(code: CaseCode, candidates: readonly ProductId[]): Html {
  const { stage, symptom, cause, fixedBy, fix, rejections: leading } = cases[code];
  const sentences = leading.map((rejection) => html`<code>${rejection}</code>: ${rejections[rejection].sentence}`);
  return html`<dl class="facts">
<dt>Stage</dt><dd>${stageTitles[stage]}</dd>
<dt>Symptom</dt><dd>${symptom}</dd>
<dt>Cause</dt><dd>${cause}</dd>
<dt>Who fixes it</dt><dd>${anyOf(fixedBy)}</dd>
<dt>Fix</dt><dd>${fix}</dd>
${productFixes(code, { candidates })}
<dt>Code</dt><dd><code>${code}</code></dd>
</dl>
${sentences.length === 0 ? '' : html`<h2>Rejections</h2>${list(sentences)}`}
<p><a href="/cases">All entries</a></p>`;
}
