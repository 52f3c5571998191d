/** The troubleshooting pages: a list by stage with a search, and one page per entry. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { adminMenu } from '../admin-center/admin-page.ts';
import { sessionCookie } from '../cookies.ts';
import { anyOf } from '../finding-facts.ts';
import { PageError } from '../page-error.ts';
import type { ProductId } from '../products/product.ts';
import { profilesOf } from '../profile.ts';
import { rejections } from '../rejection-advice.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { findSession } from '../session.ts';
import {
  type CaseCode,
  type CaseStage,
  caseStages,
  cases,
  casesAt,
  findCases,
  isCaseCode,
  stageTitles,
} from '../troubleshooting.ts';
import { type Html, list, type Page, send } from './layout.ts';
import { productFixes, productsOf } from './product-fixes.ts';

export function troubleshooting({ store }: ServiceProvider): Router {
  const router = Router();
  /** With the Admin Center's menu, and the way back to a result, for administrators. */
  const page = (request: Request, title: string, body: (place: Place) => Html): Page => {
    const session = findSession(store, sessionCookie(request));
    if (!session?.user.administrator) return { title, session, body: body({}) };
    return { title, session, menu: adminMenu('/cases'), body: body({ result: resultIn(request) }) };
  };

  // Only administrators see which product their organization has.
  const productsFor = (request: Request): ProductId[] => {
    const session = findSession(store, sessionCookie(request));
    if (!session?.user.administrator) return [];
    const profiles = profilesOf(store, session.organization.slug);
    return [...new Set(profiles.flatMap(({ settings }) => productsOf(settings)))];
  };

  router.get('/cases', (request, response) => {
    const [query, stage] = [textIn(request, 'q'), textIn(request, 'stage')];
    const asked = { query, stage: caseStages.find((one) => one === stage) };
    return send(
      response,
      page(request, 'Troubleshooting', (place) => allEntries(place, asked)),
    );
  });

  router.get('/cases/:code', (request, response) => {
    const code = String(request.params.code);
    if (!isCaseCode(code))
      throw new PageError(
        'case-not-found',
        'There is no troubleshooting entry with this code. See /cases for the list.',
      );
    return send(
      response,
      page(request, cases[code].title, (place) => entryView(place, code, productsFor(request))),
    );
  });

  return router;
}

/** A sentence as the end of another. Abbreviations keep their capitals. */
const inSentence = (text: string): string => text.replace(/^[A-Z](?![A-Z])/, (first) => first.toLowerCase());

/** Where the administrator comes from: the result of this profile's test. */
interface Place {
  result?: string | undefined;
}

const textIn = ({ query }: Request, name: string): string => {
  const value = query[name];
  return typeof value === 'string' ? value.slice(0, 200).trim() : '';
};

const resultIn = (request: Request): string | undefined => /^\d{1,15}$/.exec(textIn(request, 'result'))?.[0];

const wayBack = ({ result }: Place): Html | '' =>
  result === undefined ? '' : html`<p><a href="/admin/sso/${result}/result">← Back to the result of the test</a></p>`;

const hrefOf = ({ result }: Place, path: string): string => (result === undefined ? path : `${path}?result=${result}`);

const allEntries = (place: Place, { query, stage }: { query: string; stage: CaseStage | undefined }): Html => html`
${wayBack(place)}
<p>What can go wrong with single sign-on, in the order of a sign-in.</p>
<form method="get" action="/cases" class="search">
${place.result === undefined ? '' : html`<input type="hidden" name="result" value="${place.result}">`}
<label>Search the entries <input type="search" name="q" value="${query}"></label><button type="submit">Search</button>
</form>
${query === '' ? byStage(place, stage) : found(place, query)}`;

function found(place: Place, query: string): Html {
  const codes = findCases(query);
  const all = html`<p><a href="${hrefOf(place, '/cases')}">All entries</a></p>`;
  if (codes.length === 0) return html`<p role="status">No entry contains “${query}”.</p>${all}`;
  return html`<p role="status">${codes.length} ${codes.length === 1 ? 'entry contains' : 'entries contain'}
“${query}”:</p>${list(linksTo(place, codes))}${all}`;
}

/** With a stage, its entries come first, the most likely first of all, and the others are folded. */
function byStage(place: Place, stage: CaseStage | undefined): Html {
  const section = (one: CaseStage): Html => html`<h2>${stageTitles[one]}</h2>${list(linksTo(place, casesAt(one)))}`;
  if (stage === undefined) return html`${caseStages.map(section)}`;
  const others = caseStages.filter((one) => one !== stage);
  return html`<h2>${stageTitles[stage]}</h2>
<p>The test stopped here. The most likely causes first:</p>${list(linksTo(place, casesAt(stage)))}
<details><summary>Entries of the other stages</summary>${others.map(section)}</details>`;
}

const linksTo = (place: Place, codes: readonly CaseCode[]): Html[] =>
  codes.map((code) => html`<a href="${hrefOf(place, `/cases/${code}`)}">${cases[code].title}</a>`);

function entryView(place: Place, code: CaseCode, candidates: readonly ProductId[]): Html {
  const { stage, symptom, cause, fixedBy, fix, staging, rejections: leading } = cases[code];
  const sentences = leading.map((rejection) => html`<code>${rejection}</code>: ${rejections[rejection].sentence}`);
  return html`${wayBack(place)}<dl class="facts">
<dt>Stage</dt><dd>${stageTitles[stage]}</dd>
<dt>Symptom</dt><dd>${symptom}</dd>
<dt>Cause</dt><dd>${cause}</dd>
<dt>Who fixes it</dt><dd>${anyOf(fixedBy)}</dd>
<dt>Fix</dt><dd>${fix}</dd>
${productFixes(code, { candidates })}
<dt>Code</dt><dd><code>${code}</code></dd>
<dt>Rehearsal</dt><dd>${
    staging.staged
      ? html`The scenarios tagged <code>@case:${code}</code> replay it.`
      : `Cannot be staged, because ${inSentence(staging.reason)}`
  }</dd>
</dl>
${sentences.length === 0 ? '' : html`<h2>Rejections</h2>${list(sentences)}`}
<p><a href="${hrefOf(place, '/cases')}">All entries</a></p>`;
}
