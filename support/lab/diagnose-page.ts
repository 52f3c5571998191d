/** A page for a SAMLResponse that somebody pasted: what is wrong with it, where, who fixes it and how. The message is kept nowhere. */
import express, { type Router } from 'express';
import { html } from 'hono/html';
import { findingsView } from '../diagnosis/findings-view.ts';
import { messageView } from '../diagnosis/message-view.ts';
import { diagnosePastedText, type Known, type PastedDiagnosis } from '../diagnosis/pasted.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Lab } from './app.ts';
import { alert, type Html, moment, send } from './page.ts';

/** Everything that the page knows of judging. */
export const diagnosePasted = (text: string, known: Known = {}): PastedDiagnosis => diagnosePastedText(text, known);

interface Choice {
  text: string;
  against: 'nothing' | 'acme';
  at: 'issued' | 'now';
}

const empty: Choice = { text: '', against: 'nothing', at: 'issued' };

export function diagnoseRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  const { sp } = rehearsal.stack;
  const title = 'Diagnose a response';
  const lead = 'Paste a SAMLResponse: the XML, its base64, or the body of the form. Nothing leaves this machine.';

  router.get('/diagnose', (_request, response) =>
    send(response, { title, lead, place: '/diagnose', body: form(empty) }),
  );

  router.post('/diagnose', async (request, response) => {
    const { text = '', against, at } = request.body as Record<string, string>;
    const choice: Choice = {
      text: String(text),
      against: against === 'acme' ? 'acme' : 'nothing',
      at: at === 'now' ? 'now' : 'issued',
    };
    if (choice.text.trim() === '')
      return send(
        response,
        {
          title,
          lead,
          place: '/diagnose',
          body: html`${alert(html`<p>There is nothing to diagnose. Paste a response first.</p>`)}${form(choice)}`,
        },
        { status: 400 },
      );
    const known = {
      ...(choice.against === 'acme' ? await acme(rehearsal) : {}),
      ...(choice.at === 'now' ? { now: new Date() } : {}),
    };
    return send(response, {
      title,
      lead,
      place: '/diagnose',
      body: html`${result(diagnosePasted(choice.text, known), sp.url)}${form(choice)}`,
    });
  });

  return router;
}

/** What Acme's newest revision expects; which request was asked and what was seen before is not known here. */
async function acme({ stack: { sp }, organization }: Rehearsal): Promise<Known> {
  const { entityId, acsUrl, profiles } = await sp.control.get<{
    entityId: string;
    acsUrl: string;
    profiles: { settings: { idpEntityId: string; certificates: string[]; policies: NonNullable<Known['policies']> } }[];
  }>(`/organizations/${organization.slug}`);
  const settings = profiles[0]?.settings;
  return {
    sp: { entityId, acsUrl },
    ...(settings
      ? { idp: { entityId: settings.idpEntityId, certificates: settings.certificates }, policies: settings.policies }
      : {}),
  };
}

const form = ({ text, against, at }: Choice): Html => html`<form method="post" action="/diagnose">
<label for="text">The response</label>
<textarea id="text" name="text" rows="8" spellcheck="false" autocomplete="off" class="xml" required placeholder="PHNhbWxwOlJlc3BvbnNl… or &lt;samlp:Response …">${text}</textarea>
<div class="choices">
<label>Held against <select name="against"><option value="nothing" ${against === 'nothing' ? 'selected' : ''}>no connection: only what the message itself shows</option><option value="acme" ${against === 'acme' ? 'selected' : ''}>Acme’s SSO profile in this lab</option></select></label>
<label>Judged by the time <select name="at"><option value="issued" ${at === 'issued' ? 'selected' : ''}>at which it was issued</option><option value="now" ${at === 'now' ? 'selected' : ''}>that it is now</option></select></label>
</div>
<button type="submit">Diagnose</button>
</form>`;

const unknown: Record<PastedDiagnosis['notVerified'][number], string> = {
  signature: 'whether the signature is made by the right key',
  decryption: 'what the encrypted part says',
  issuer: 'whether the issuer is the right one',
  destination: 'whether it was sent to the right address',
  audience: 'whether it is meant for this service provider',
  recipient: 'whether it may be delivered here',
  'in-response-to': 'whether anybody asked for it',
  'relay-state': 'whether RelayState came back',
  account: 'whether the user is known',
  replay: 'whether it was used before',
};

const headline = {
  accept: 'Nothing is wrong with it',
  reject: 'A service provider refuses this response',
  undetermined: 'Nothing wrong was found in what could be checked',
} as const;

const result = (
  { verdict, findings, notVerified, xml, issuer, judgedAt }: PastedDiagnosis,
  spUrl: string,
): Html => html`<section aria-labelledby="result">
<h2 id="result" class="${verdict === 'reject' ? 'wrong' : 'right'}">${headline[verdict]}</h2>
<p class="small muted">${issuer === undefined ? '' : html`Issuer: <code>${issuer}</code>. `}Judged by ${moment(judgedAt)}.</p>
<div class="beside">
<div>${xml === undefined ? html`<p>The message could not be decoded.</p>` : messageView(xml, { label: 'The decoded response', findings, anchor: 'pasted' })}</div>
<div>${findings.length === 0 ? '' : findingsView(findings, { casesAt: spUrl, ...(xml === undefined ? {} : { anchor: 'pasted' }) })}
${notVerified.length === 0 ? '' : html`<h3>Not verified</h3><p>What is known of the connection does not tell:</p><ul>${notVerified.map((one) => html`<li>${unknown[one]}</li>`)}</ul>`}</div>
</div>
</section>`;
