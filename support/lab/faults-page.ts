/** The faults of the lab's tenant, switched by hand: search, tick, give amounts, arrange. What a fault does is the identity provider's affair. */
import express, { type Router } from 'express';
import { html } from 'hono/html';
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import { faultRowOf } from '../catalogue/fault-rows.ts';
import type { Lab } from './app.ts';
import { alert, type Html, notice, send } from './page.ts';

interface Arranged {
  phrase: string;
  amount: number;
  struck: number;
}

const phrases = Object.keys(faults) as FaultPhrase[];
const faultOf = (phrase: FaultPhrase): Fault => faults[phrase];
/** “an assertion that expired 3 minutes ago” is of the phrase with {minutes}. */
const phraseOf = (said: string): FaultPhrase | undefined =>
  phrases.find((phrase) => phrase === said || phrase.replace(/\{\w+\}/, '#') === said.replace(/\d+/, '#'));

export function faultRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  const { idp } = rehearsal.stack;
  const path = `/tenants/${rehearsal.tenant.slug}`;
  const arranged = async (): Promise<Arranged[]> => (await idp.control.get<{ faults: Arranged[] }>(path)).faults;

  router.get('/faults', async (request, response) => {
    await page(response, { query: String(request.query.q ?? '').slice(0, 200) });
  });

  router.post('/faults', async (request, response) => {
    const { fault, q = '', ...amounts } = request.body as Record<string, string | string[]>;
    const chosen = [fault ?? []].flat();
    const unknown = chosen.find((one) => !Object.hasOwn(faults, one));
    if (unknown !== undefined)
      return page(response, { query: '', problem: `The identity provider knows no fault “${unknown}”.` });
    const said: string[] = [];
    for (const phrase of chosen as FaultPhrase[]) {
      const amount = amounts[amountField(phrase)];
      if (faultOf(phrase).amount && !/^\d{1,9}$/.test(String(amount)))
        return page(response, {
          query: String(q),
          problem: `“${phrase}” needs a whole number of ${faultOf(phrase).amount!.unit}.`,
        });
      said.push(phrase.replace(/\{\w+\}/, String(amount)));
    }
    await idp.control.put(
      `${path}/faults`,
      said.map((phrase) => ({ phrase })),
    );
    return response.redirect(303, '/faults');
  });

  async function page(
    response: express.Response,
    { query, problem }: { query: string; problem?: string },
  ): Promise<void> {
    const now = await arranged();
    await send(
      response,
      {
        title: 'Faults',
        place: '/faults',
        lead: `${phrases.length} ways in which Acme’s identity provider can misbehave. Those that are ticked strike at every answer until they are taken away.`,
        body: html`${problem === undefined ? '' : alert(html`<p>${problem} Nothing was changed.</p>`)}${current(now)}${choice(now, query)}`,
      },
      { status: problem === undefined ? 200 : 400 },
    );
  }

  return router;
}

const current = (now: readonly Arranged[]): Html =>
  now.length === 0
    ? notice(html`<p>The identity provider tells the truth.</p>`)
    : notice(html`<p><strong>The identity provider sends:</strong></p><ul>${now.map(({ phrase, struck }) => html`<li>${phrase} <span class="small muted">${struck === 0 ? 'not struck yet' : struck === 1 ? 'struck once' : `struck ${struck} times`}</span></li>`)}</ul>
<form method="post" action="/faults"><button type="submit">Tell the truth again</button></form>`);

function choice(now: readonly Arranged[], query: string): Html {
  const active = new Map(
    now.flatMap((one) => {
      const phrase = phraseOf(one.phrase);
      return phrase ? [[phrase, one] as const] : [];
    }),
  );
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  // What is arranged stays in the list, or a search would silently take it away.
  const shown = phrases.filter(
    (phrase) =>
      active.has(phrase) ||
      words.every((word) =>
        `${phrase} ${faultOf(phrase).code} ${faultOf(phrase).sentence}`.toLowerCase().includes(word),
      ),
  );
  return html`<form role="search" action="/faults" method="get" class="search"><input type="search" name="q" value="${query}" aria-label="Search the faults" placeholder="audience, signature, expired …"><button type="submit">Search</button></form>
<p role="status" class="small muted">${shown.length} of ${phrases.length} shown.</p>
<form method="post" action="/faults">
<input type="hidden" name="q" value="${query}">
<div class="sticky"><button type="submit">Arrange what is ticked</button></div>
<ul class="rows">${shown.map((phrase) => row(phrase, active.get(phrase)))}</ul>
</form>`;
}

function row(phrase: FaultPhrase, active: Arranged | undefined): Html {
  const { amount, sentence, transport } = faultOf(phrase);
  const { rejection } = faultRowOf(phrase);
  const outcome =
    rejection !== null
      ? `Refused: ${rejection}`
      : transport === undefined || transport === 'slow'
        ? 'Taken by the service provider.'
        : 'Nothing arrives.';
  return html`<li>
<label><input type="checkbox" name="fault" value="${phrase}" ${active ? 'checked' : ''}> <span>${phrase.replace(/\{\w+\}/, '…')}<span class="small muted">${sentence} <span class="verdict">${outcome}</span></span></span></label>
${amount === undefined ? '' : html`<label class="amount"><input type="number" name="${amountField(phrase)}" min="0" step="1" value="${active?.amount ?? amount.reject[0] ?? amount.accept[0] ?? 1}" aria-label="${amount.unit}: ${phrase.replace(/\{\w+\}/, '…')}"> ${amount.unit}</label>`}</li>`;
}

const amountField = (phrase: FaultPhrase): string => `amount-${faultOf(phrase).code}`;
