/** A page that switches the faults of the lab's tenant: search as one types, select, enter amounts, apply. */
import express, { type Request, type Response, type Router } from 'express';
import { html } from 'hono/html';
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faultGroups, faults } from '../../mock-idp/faults.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';
import type { Lab } from './context.ts';
import { timesApplied } from './lab-state.ts';
import { alert, type Html, notice, send } from './page.ts';

interface Arranged {
  phrase: string;
  amount: number;
  struck: number;
}

const phrases = Object.keys(faults) as FaultPhrase[];
const faultOf = (phrase: FaultPhrase): Fault => faults[phrase];
/** The catalogue phrase of an active fault, which has a number where the catalogue has `{minutes}`. */
const phraseOf = (arranged: string): FaultPhrase | undefined =>
  phrases.find((phrase) => phrase === arranged || phrase.replace(/\{\w+\}/, '#') === arranged.replace(/\d+/, '#'));

interface Shown {
  query: string;
  problem?: string;
}

export function faultRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  const { control } = rehearsal.stack.idp;
  const tenant = `/tenants/${rehearsal.tenant.slug}`;

  router.get('/faults', (request, response) => page(response, { query: String(request.query.q ?? '').slice(0, 200) }));

  router.post('/faults', async (request, response) => {
    const chosen = chosenPhrases(request);
    if ('problem' in chosen) return page(response, chosen);
    await control.put(
      `${tenant}/faults`,
      chosen.phrases.map((phrase) => ({ phrase })),
    );
    return response.redirect(303, '/faults');
  });

  async function page(response: Response, { query, problem }: Shown): Promise<void> {
    const { faults: arranged } = await control.get<{ faults: Arranged[] }>(tenant);
    const warning = problem === undefined ? '' : alert(html`<p>${problem} Nothing was changed.</p>`);
    await send(
      response,
      {
        title: 'Faults',
        place: '/faults',
        script: 'filter.js',
        lead:
          `${phrases.length} ways in which Acme’s identity provider can misbehave. ` +
          'Selected faults apply to every response until you remove them.',
        body: html`${warning}${arrangedFaults(arranged)}${choice(arranged, query)}`,
      },
      { status: problem === undefined ? 200 : 400 },
    );
  }

  return router;
}

/** The phrases selected in the form, with amounts filled in, or what is wrong with them. */
function chosenPhrases(request: Request): { phrases: string[] } | Required<Shown> {
  const { fault, q = '', ...amounts } = request.body as Record<string, string | string[]>;
  const chosen = [fault ?? []].flat();
  const unknown = chosen.find((one) => !Object.hasOwn(faults, one));
  if (unknown !== undefined) return { query: '', problem: `Unknown fault “${unknown}”.` };
  const filledIn: string[] = [];
  for (const phrase of chosen as FaultPhrase[]) {
    const { amount: expected } = faultOf(phrase);
    const amount = String(amounts[amountField(phrase)]);
    if (expected && !/^\d{1,9}$/.test(amount))
      return { query: String(q), problem: `“${phrase}” needs an integer number of ${expected.unit}.` };
    filledIn.push(phrase.replace(/\{\w+\}/, amount));
  }
  return { phrases: filledIn };
}

function arrangedFaults(arranged: readonly Arranged[]): Html {
  if (arranged.length === 0) return notice(html`<p>No faults: the identity provider behaves correctly.</p>`);
  const others = (phrase: string): readonly Arranged[] => arranged.filter((one) => one.phrase !== phrase);
  const items = arranged.map(
    ({ phrase, struck }) => html`<li><span><strong>${phrase}</strong>
<span class="small muted">${timesApplied(struck)}</span></span>
<form method="post" action="/faults">${others(phrase).map(keptFault)}<button type="submit"
 class="outline secondary compact" aria-label="Remove: ${phrase}">Remove</button></form></li>`,
  );
  return html`<div role="status" class="notice wrong arranged"><p><strong>The identity provider sends:</strong></p>
<ul class="rows">${items}</ul>
<form method="post" action="/faults"><button type="submit">Remove all faults</button></form></div>`;
}

/** Hidden fields for a fault that stays. */
function keptFault({ phrase, amount }: Arranged): Html | string {
  const known = phraseOf(phrase);
  if (known === undefined) return '';
  return html`<input type="hidden" name="fault" value="${known}">${
    faultOf(known).amount === undefined
      ? ''
      : html`<input type="hidden" name="${amountField(known)}" value="${amount}">`
  }`;
}

function choice(arranged: readonly Arranged[], query: string): Html {
  const active = new Map(arranged.map((one) => [phraseOf(one.phrase), one]));
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  // Active faults stay in the list, or a search would seem to remove them.
  const isShown = (phrase: FaultPhrase): boolean =>
    active.has(phrase) || words.every((word) => wordsOf(phrase).includes(word));
  const count = phrases.filter(isShown).length;
  return html`<div class="sticky">
<form role="search" action="/faults" method="get" class="search">
<input type="search" name="q" value="${query}" aria-label="Search the faults" autofocus autocomplete="off"
 placeholder="audience, signature, expired …" data-filters="choice">
<button type="submit">Search</button>
</form>
<p role="status" class="small muted"><span data-shown>${count}</span> of ${phrases.length} shown.</p>
<button type="submit" form="choice">Apply selection</button>
</div>
<form method="post" action="/faults" id="choice">
<input type="hidden" name="q" value="${query}">
${faultGroups.map((group) => groupView(group, { active, isShown, isSearch: words.length > 0 }))}
</form>`;
}

interface Choice {
  active: ReadonlyMap<FaultPhrase | undefined, Arranged>;
  isShown: (phrase: FaultPhrase) => boolean;
  isSearch: boolean;
}

/** Rows that do not match are on the page, too, so that its script can show them. */
function groupView({ title, phrases: all }: (typeof faultGroups)[number], { active, isShown, isSearch }: Choice): Html {
  const count = all.filter((phrase) => active.has(phrase)).length;
  const shown = all.filter(isShown).length;
  const open = count > 0 || isSearch ? 'open' : '';
  return html`<details class="group" ${open} ${shown === 0 ? 'hidden' : ''}>
<summary>${title} <span class="muted">(${all.length})</span>${
    count === 0 ? '' : html` <span class="badge wrong">${count} active</span>`
  }</summary>
<ul class="rows">${all.map((phrase) => row(phrase, { active: active.get(phrase), isShown: isShown(phrase) }))}</ul>
</details>`;
}

const wordsOf = (phrase: FaultPhrase): string => {
  const { code, sentence } = faultOf(phrase);
  return `${phrase} ${code} ${sentence} ${outcomeOf(phrase)}`.toLowerCase();
};

function row(phrase: FaultPhrase, { active, isShown }: { active: Arranged | undefined; isShown: boolean }): Html {
  const { amount, sentence, code } = faultOf(phrase);
  const label = phrase.replace(/\{\w+\}/, '…');
  return html`<li class="${active ? 'active' : ''}" data-row="${code}" ${isShown ? '' : 'hidden'}>
<label><input type="checkbox" name="fault" value="${phrase}" ${active ? 'checked' : ''}>
<span>${label}${active ? html` <span class="badge wrong">active</span>` : ''}<span class="small muted">${sentence}
<span class="verdict">${outcomeOf(phrase)}</span></span></span></label>
${
  amount === undefined
    ? ''
    : html`<label class="amount"><input type="number" name="${amountField(phrase)}" min="0" step="1"
 value="${active?.amount ?? amount.reject[0] ?? amount.accept[0] ?? 1}"
 aria-label="${amount.unit}: ${label}"> ${amount.unit}</label>`
}</li>`;
}

function outcomeOf(phrase: FaultPhrase): string {
  const { rejection } = faultRowOf(phrase);
  if (rejection !== null) return `Rejected: ${rejection}`;
  const { transport } = faultOf(phrase);
  return transport === undefined || transport === 'slow' ? 'Accepted by the service provider.' : 'No response arrives.';
}

const amountField = (phrase: FaultPhrase): string => `amount-${faultOf(phrase).code}`;
