/** A page that switches the faults of the lab's tenant: search, select, enter amounts, apply. */
import express, { type Request, type Response, type Router } from 'express';
import { html } from 'hono/html';
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import { faultRowOf } from '../catalogue/fault-expectations.ts';
import type { Lab } from './context.ts';
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
  const items = arranged.map(
    ({ phrase, struck }) => html`<li>${phrase} <span class="small muted">${timesApplied(struck)}</span></li>`,
  );
  return notice(html`<p><strong>The identity provider sends:</strong></p><ul>${items}</ul>
<form method="post" action="/faults"><button type="submit">Remove all faults</button></form>`);
}

const timesApplied = (struck: number): string =>
  struck === 0 ? 'not applied yet' : struck === 1 ? 'applied once' : `applied ${struck} times`;

function choice(arranged: readonly Arranged[], query: string): Html {
  const active = new Map(arranged.map((one) => [phraseOf(one.phrase), one]));
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (phrase: FaultPhrase): boolean => {
    const text = `${phrase} ${faultOf(phrase).code} ${faultOf(phrase).sentence}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  // Active faults stay in the list, or a search would silently remove them.
  const shown = phrases.filter((phrase) => active.has(phrase) || matches(phrase));
  return html`<form role="search" action="/faults" method="get" class="search">
<input type="search" name="q" value="${query}" aria-label="Search the faults"
 placeholder="audience, signature, expired …">
<button type="submit">Search</button>
</form>
<p role="status" class="small muted">${shown.length} of ${phrases.length} shown.</p>
<form method="post" action="/faults">
<input type="hidden" name="q" value="${query}">
<div class="sticky"><button type="submit">Apply selection</button></div>
<ul class="rows">${shown.map((phrase) => row(phrase, active.get(phrase)))}</ul>
</form>`;
}

function row(phrase: FaultPhrase, active: Arranged | undefined): Html {
  const { amount, sentence } = faultOf(phrase);
  const label = phrase.replace(/\{\w+\}/, '…');
  return html`<li>
<label><input type="checkbox" name="fault" value="${phrase}" ${active ? 'checked' : ''}>
<span>${label}<span class="small muted">${sentence}
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
