/** The lab's front page: links to the three parts, the cast with their credentials, and the cases by stage. */
import { html } from 'hono/html';
import { type CaseCode, type CaseStage, caseCodes, caseStages, cases, stageTitles } from '../../sp/troubleshooting.ts';
import { isColleague, roles } from '../catalogue/cast.ts';
import type { Person, Rehearsal } from '../stack/rehearsal.ts';
import { commandLine } from '../terminal/command-line.ts';
import type { Lab } from './context.ts';
import type { Html } from './page.ts';
import { productForm } from './product-routes.ts';
import { stagings } from './staging.ts';

export interface FrontPage {
  /** The text of the search box. */
  query: string;
  /** The product that the IdP plays. */
  played: string | undefined;
}

export const frontPage = ({ rehearsal, staged }: Lab, { query, played }: FrontPage): Html => html`
${doors(rehearsal, played)}
${cast(rehearsal)}
${caseList({ spUrl: rehearsal.stack.sp.url, query, staged })}`;

const doors = (
  { stack: { sp, idp }, tenant }: Rehearsal,
  played: string | undefined,
): Html => html`<section aria-label="Doors" class="doors">
<article>
<h2>Admin Center</h2>
<p>The service provider as Ada sees it: the SSO profile, <em>Test SSO</em>, the result, <em>Enforce SSO</em>.</p>
<a role="button" href="${sp.url}/admin" target="_blank" rel="noopener">Open the Admin Center</a>
</article>
<article>
<h2>Identity provider</h2>
<p>Acme’s IdP: its login page and app portal.</p>
${productForm(played)}
<a role="button" href="${idp.url}/${tenant.slug}" target="_blank" rel="noopener">Open the identity provider</a>
</article>
<article>
<h2>Mailbox</h2>
<p>Every email that the service provider sends, as the tester sees it. Nothing leaves this machine.</p>
<a role="button" href="/mailbox">Open the mailbox</a>
</article>
</section>`;

const cast = ({ cast: people }: Rehearsal): Html => html`<section aria-labelledby="cast">
<h2 id="cast">The cast</h2>
<p>Use one browser for Ada and another one (or a private window) for Sam. Send Sam an SSO test from the Admin Center,
open the link from the mailbox as Sam, and see the result in the Admin Center.</p>
<ul class="people">${Object.values(people)
  .filter(({ name }) => isColleague(name))
  .map(personView)}</ul>
</section>`;

const personView = ({ name, address, password, idpPassword }: Person): Html => html`
<li><h3>${name} <span class="small muted">${roles[name]}</span></h3>
<dl><dt>Email, and username at the IdP</dt><dd><code>${address}</code></dd>
<dt>SP password</dt><dd><code>${password}</code></dd>
<dt>IdP password</dt><dd><code>${idpPassword}</code></dd></dl></li>`;

function wordsOf(code: CaseCode): string {
  const { title, symptom, cause, fix } = cases[code];
  return [code, title, symptom, cause, fix].join(' ').toLowerCase();
}

/** Cases that contain all words in the query. */
function findCases(query: string): CaseCode[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return caseCodes.filter((code) => words.every((word) => wordsOf(code).includes(word)));
}

interface CaseList {
  spUrl: string;
  query: string;
  staged: CaseCode | undefined;
}

function caseList(list: CaseList): Html {
  const { query } = list;
  const found = findCases(query);
  return html`<section aria-labelledby="cases">
<h2 id="cases">What can go wrong</h2>
<p>${caseCodes.length} cases, in the order of a rehearsal. <strong>Stage it</strong> sets up both sides for the case
and shows what to do next. The others say why they cannot be staged here.</p>
<form role="search" action="/#cases" method="get" class="search">
<input type="search" name="q" value="${query}" aria-label="Search the cases"
 autocomplete="off" placeholder="certificate, clock, not assigned …" data-filters="case-list">
<button type="submit">Search</button>
</form>
${isSearch(query) ? html`<p role="status">${hits(found.length, query)} <a href="/#cases">Show all</a></p>` : ''}
<div id="case-list">${caseStages.map((stage) => stageView(stage, found, list))}</div>
</section>`;
}

const isSearch = (query: string): boolean => query.trim() !== '';

const hits = (count: number, query: string): string =>
  count === 0
    ? `No case matches “${query}”.`
    : `${count === 1 ? 'One case matches' : `${count} cases match`} “${query}”.`;

/** Cases that were not found are on the page, too, so that its script can show them. */
function stageView(stage: CaseStage, found: readonly CaseCode[], { spUrl, query, staged }: CaseList): Html {
  const codes = caseCodes.filter((code) => cases[code].stage === stage);
  const isShown = codes.some((code) => found.includes(code));
  const isOpen = isSearch(query) || codes.some((code) => code === staged);
  const items = codes.map((code) => {
    const link = html`<a href="${spUrl}/cases/${code}" target="_blank" rel="noopener">${cases[code].title}</a>`;
    return html`
<li id="case-${code}" data-row="${wordsOf(code)}" ${found.includes(code) ? '' : 'hidden'}>
<div>${link}<span class="small muted"><code>${code}</code>
${canBeStaged(code) ? '' : whyNot(code)}</span></div>
${stageButton(code, staged)}</li>`;
  });
  return html`<details ${isOpen ? 'open' : ''} ${isShown ? '' : 'hidden'}>
<summary>${stageTitles[stage]} <span class="muted">(${codes.length})</span></summary>
<ul class="cases">${items}</ul>
</details>`;
}

const canBeStaged = (code: CaseCode): boolean => Object.hasOwn(stagings, code);

/** Why the case has no button. */
function whyNot(code: CaseCode): string {
  const { staging } = cases[code];
  return staging.staged ? `Played by ${commandLine('case', { args: code })}` : `Cannot be staged. ${staging.reason}`;
}

function stageButton(code: CaseCode, staged: CaseCode | undefined): Html | string {
  if (code === staged) return html`<strong class="small">Staged</strong>`;
  if (!canBeStaged(code)) return '';
  return html`<form method="post" action="/stage"><input type="hidden" name="code" value="${code}"><button
 type="submit" class="outline" aria-label="Stage it: ${cases[code].title}">Stage it</button></form>`;
}
