/** A page that diagnoses a pasted SAMLResponse: what is wrong, where, who fixes it and how. Nothing is stored. */
import express, { type Request, type Response, type Router } from 'express';
import { html } from 'hono/html';
import { findingsView } from '../diagnosis/findings-view.ts';
import { messageView } from '../diagnosis/message-view.ts';
import { diagnosePastedText, type JudgeSettings, type PastedDiagnosis } from '../diagnosis/pasted.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Lab } from './context.ts';
import { alert, type Html, moment, type Page, send } from './page.ts';

interface Choice {
  text: string;
  against: 'nothing' | 'acme';
  at: 'issued' | 'now';
}

const empty: Choice = { text: '', against: 'nothing', at: 'issued' };

const page = (body: Html): Page => ({
  title: 'Diagnose a response',
  place: '/diagnose',
  lead: 'Paste a SAMLResponse: the XML, its base64, or the body of the form. Nothing leaves this machine.',
  body,
});

export function diagnoseRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  router.get('/diagnose', (_request, response) => send(response, page(form(empty))));
  router.post('/diagnose', (request, response) => diagnosePasted(rehearsal, request, response));
  return router;
}

async function diagnosePasted(rehearsal: Rehearsal, request: Request, response: Response): Promise<void> {
  const { text = '', against, at } = request.body as Record<string, string>;
  const choice: Choice = {
    text: String(text),
    against: against === 'acme' ? 'acme' : 'nothing',
    at: at === 'now' ? 'now' : 'issued',
  };
  if (choice.text.trim() === '') {
    const problem = alert(html`<p>There is nothing to diagnose. Paste a response first.</p>`);
    return send(response, page(html`${problem}${form(choice)}`), { status: 400 });
  }
  const diagnosis = diagnosePastedText(choice.text, {
    ...(choice.against === 'acme' ? await acme(rehearsal) : {}),
    ...(choice.at === 'now' ? { now: new Date() } : {}),
  });
  return send(response, page(html`${result(diagnosis, rehearsal.stack.sp.url)}${form(choice)}`));
}

/** What Acme's newest revision expects. The request and earlier responses are not known here. */
async function acme({ stack: { sp }, organization }: Rehearsal): Promise<JudgeSettings> {
  const { entityId, acsUrl, profiles } = await sp.control.get<{
    entityId: string;
    acsUrl: string;
    profiles: {
      settings: { idpEntityId: string; certificates: string[]; policies: NonNullable<JudgeSettings['policies']> };
    }[];
  }>(`/organizations/${organization.slug}?parts=profiles`);
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
<textarea id="text" name="text" rows="8" spellcheck="false" autocomplete="off" class="xml" required
 placeholder="PHNhbWxwOlJlc3BvbnNl… or &lt;samlp:Response …">${text}</textarea>
<div class="choices">
<label>Held against <select name="against">
${option('nothing', against, 'no connection: only what the message itself shows')}
${option('acme', against, 'Acme’s SSO profile in this lab')}
</select></label>
<label>Judged by the time <select name="at">
${option('issued', at, 'at which it was issued')}
${option('now', at, 'that it is now')}
</select></label>
</div>
<button type="submit">Diagnose</button>
</form>`;

const option = (value: string, chosen: string, label: string): Html =>
  html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${label}</option>`;

const unverified: Record<PastedDiagnosis['notVerified'][number], string> = {
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

function result(diagnosis: PastedDiagnosis, spUrl: string): Html {
  const { verdict, findings, notVerified, xml, issuer, judgedAt } = diagnosis;
  const from = issuer === undefined ? '' : html`Issuer: <code>${issuer}</code>. `;
  const message =
    xml === undefined
      ? html`<p>The message could not be decoded.</p>`
      : messageView(xml, { label: 'The decoded response', findings, anchor: 'pasted' });
  const links = { casesAt: spUrl, ...(xml === undefined ? {} : { anchor: 'pasted' }) };
  return html`<section aria-labelledby="result">
<h2 id="result" class="${verdict === 'reject' ? 'wrong' : 'right'}">${headline[verdict]}</h2>
<p class="small muted">${from}Judged by ${moment(judgedAt)}.</p>
<div class="beside">
<div>${message}</div>
<div>${findings.length === 0 ? '' : findingsView(findings, links)}
${notVerified.length === 0 ? '' : notVerifiedView(notVerified)}</div>
</div>
</section>`;
}

const notVerifiedView = (notVerified: PastedDiagnosis['notVerified']): Html => html`<h3>Not verified</h3>
<p>What is known of the connection does not tell:</p>
<ul>${notVerified.map((one) => html`<li>${unverified[one]}</li>`)}</ul>`;
