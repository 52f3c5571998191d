/** A page that holds the IdP's next response, lays it out for editing, and sends it with old or new signatures. */
import express, { type Response, type Router } from 'express';
import { html } from 'hono/html';
import { messageView } from '../diagnosis/message-view.ts';
import type { RecordedResponse } from '../diagnosis/network-log.ts';
import { ControlError } from '../stack/control.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Lab } from './context.ts';
import { differenceView } from './difference.ts';
import type { Hold } from './lab-sides.ts';
import { closeUp, layOut } from './laid-out.ts';
import { alert, clock, type Html, live, notice, send } from './page.ts';

type HeldResponse = NonNullable<Hold['held']>;

/** The editor's form. */
interface Edited {
  /** As typed: laid out, unless the response cannot be. */
  text: string;
  resign: boolean;
}

/** The last response that was sent edited. */
interface Sent extends Edited {
  at: Date;
  original: string;
  /** ID of the newest response at the SP before it was sent. */
  after: number;
}

const path = '/next-response';

export function nextResponseRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  const { control } = rehearsal.stack.idp;
  const tenant = `/tenants/${rehearsal.tenant.slug}`;
  const read = (): Promise<Hold> => control.get<Hold>(`${tenant}/held`);
  let sent: Sent | undefined;

  router.get(path, async (_request, response) => showPage(response, await read(), { sent: await withVerdict(sent) }));

  router.post(`${path}/hold`, async (request, response) => {
    await control.put(`${tenant}/hold`, { hold: (request.body as Record<string, unknown>).hold === 'yes' });
    response.redirect(303, path);
  });

  router.post(`${path}/send`, async (request, response) => {
    const { xml, resign, how } = request.body as Record<string, unknown>;
    const edited = { text: String(xml ?? '').replaceAll('\r\n', '\n'), resign: resign === 'yes' };
    const hold = await read();
    if (how === 'compare' && hold.held !== null) return showPage(response, hold, { typed: edited, compare: true });
    try {
      const after = await newestResponse(rehearsal);
      await control.put(`${tenant}/held`, how === 'unchanged' ? {} : asSent(hold, edited));
      if (how === 'unchanged' || hold.held === null) return response.redirect(303, '/wire');
      sent = { ...edited, at: new Date(), original: hold.held.xml, after };
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      return showPage(response, await read(), { typed: edited, problem: error.reason });
    }
    return response.redirect(303, path);
  });

  async function withVerdict(one: Sent | undefined): Promise<(Sent & { verdict: string | undefined }) | undefined> {
    if (one === undefined) return undefined;
    const responses = await responsesAfter(rehearsal, one.after);
    return { ...one, verdict: responses.toSorted((a, b) => a.id - b.id)[0]?.verdict };
  }

  return router;
}

const responsesAfter = ({ stack: { sp }, organization }: Rehearsal, after: number): Promise<RecordedResponse[]> =>
  sp.control.get<RecordedResponse[]>(`/organizations/${organization.slug}/responses?after=${after}`);

async function newestResponse({ stack: { sp }, organization }: Rehearsal): Promise<number> {
  const parts = 'parts=responses&newest=1';
  const { responses } = await sp.control.get<{ responses: RecordedResponse[] }>(
    `/organizations/${organization.slug}?${parts}`,
  );
  return Math.max(0, ...responses.map(({ id }) => id));
}

/** Line breaks between tags are for reading only, unless the response has such line breaks of its own. */
const asSent = ({ held }: Hold, { text, resign }: Edited): { xml: string; resign: boolean } => ({
  xml: held !== null && layOut(held.xml) === undefined ? text : closeUp(text),
  resign,
});

interface Shown {
  /** Text that was compared, or not accepted. It may be the work of minutes, so the page shows it again. */
  typed?: Edited;
  compare?: boolean;
  problem?: string;
  sent?: (Sent & { verdict: string | undefined }) | undefined;
}

function showPage(
  response: Response,
  { hold, held }: Hold,
  { typed, compare = false, problem, sent }: Shown,
): Promise<void> {
  const warning = problem === undefined ? '' : alert(html`<p>Nothing was sent: ${problem}</p>`);
  const result = sent === undefined ? '' : sentView(sent);
  const content =
    held === null
      ? live([hold, sent?.verdict].join(), html`${hold ? waiting : idle}${result}`)
      : editor(held, { ...(typed === undefined ? {} : { typed }), compare });
  return send(
    response,
    {
      title: 'Next response',
      place: path,
      isLive: held === null,
      ...(held === null ? {} : { script: 'editor.js' }),
      lead:
        'Hold the identity provider’s next response, edit it, re-sign it or not, ' +
        'and see how the service provider judges it.',
      body: html`${warning}${content}`,
    },
    { status: problem === undefined ? 200 : 422 },
  );
}

const idle = html`<p>Responses are sent immediately.</p>
<form method="post" action="${path}/hold"><input type="hidden" name="hold" value="yes"><button
 type="submit">Hold the next response</button></form>`;

const waiting = html`${notice(html`<p><strong>The next response will be held.</strong> Sign in as Sam through the
identity provider. When the response is there, this page shows it, and Sam’s browser waits.</p>
<form method="post" action="${path}/hold"><button
 type="submit" class="outline">Stop holding</button></form>`)}`;

/** The places that people edit most, for the script's buttons. */
const places = [
  'Issuer',
  'StatusCode',
  'NameID',
  'Audience',
  'NotBefore',
  'NotOnOrAfter',
  'Recipient',
  'Destination',
  'InResponseTo',
  'Attribute',
];

const laidOut = (xml: string): string => layOut(xml) ?? xml;

function editor(
  { xml, action, since }: HeldResponse,
  { typed = { text: laidOut(xml), resign: true }, compare = false }: Pick<Shown, 'typed' | 'compare'>,
): Html {
  const difference = html`<h2 id="changes">What you changed</h2>${differenceView(laidOut(xml), typed.text)}`;
  return html`<p>Held since ${clock(new Date(since))}, on its way to <code>${action}</code>. A response is valid for
five minutes; after that the service provider rejects it as expired, edited or not.</p>
<form method="post" action="${path}/send">
<label for="xml">Response XML</label>
<p class="small muted">Jump to: <span class="jumps" data-jumps="xml" hidden>${places.map(
    (place) => html`<button type="button" class="outline secondary compact" data-jump="${place}">${place}</button> `,
  )}</span><span data-without-script>search the text for NameID, Audience or NotOnOrAfter.</span></p>
<textarea id="xml" name="xml" rows="22" spellcheck="false" autocomplete="off" class="xml" autofocus
 aria-describedby="layout">${typed.text}</textarea>
<p class="small muted" id="layout">Line breaks between tags are for reading only: they are not sent.</p>
<label><input type="checkbox" name="resign" value="yes" ${typed.resign ? 'checked' : ''}>
Re-sign: replace every signature by a new one</label>
<div class="buttons"><button type="submit" name="how" value="edited">Send edited</button>
<button type="submit" name="how" value="compare" class="outline">Show changes</button>
<button type="submit" name="how" value="unchanged" class="outline">Send unchanged</button></div>
</form>
${compare ? difference : ''}
<h2>Original</h2>
${messageView(xml, { label: 'Response' })}`;
}

function sentView({ at, original, text, resign, verdict }: Sent & { verdict: string | undefined }): Html {
  const outcome =
    verdict === undefined
      ? html`<p class="verdict">It is on its way: Sam’s browser asks every two seconds.</p>`
      : verdict === 'success'
        ? html`<p class="verdict right">Accepted: every check passed.</p>`
        : html`<p class="verdict wrong">Rejected: ${verdict}</p>`;
  return html`<section aria-labelledby="sent"><h2 id="sent">Sent at ${clock(at)}</h2>
${outcome}
<p><a href="/wire">See it in the network log</a></p>
<h3>What you changed</h3>
${differenceView(laidOut(original), text)}
<p class="small muted">${resign ? 'Every signature was replaced by a new one.' : 'The signatures are the old ones.'}</p>
</section>`;
}
