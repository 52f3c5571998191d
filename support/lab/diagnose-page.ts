/** A page that diagnoses a pasted or dropped capture as the command does: findings, fixes, a scenario. */
import { stripVTControlCharacters } from 'node:util';
import express, { type Request, type Response, type Router } from 'express';
import { html } from 'hono/html';
import { asFeature } from '../diagnosis/as-scenario.ts';
import type { Diagnosed } from '../diagnosis/diagnose.ts';
import type { ReportedError } from '../diagnosis/diagnosis.ts';
import { explain } from '../diagnosis/explain.ts';
import { findingsView } from '../diagnosis/findings-view.ts';
import { messageView } from '../diagnosis/message-view.ts';
import { diagnoseCapture, type JudgeSettings, onPage, type PastedDiagnosis } from '../diagnosis/pasted.ts';
import { reportedErrorsInFile } from '../diagnosis/products/reported-errors.ts';
import { Unreadable } from '../diagnosis/unreadable.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { commandLine } from '../terminal/command-line.ts';
import type { Lab } from './context.ts';
import { alert, type Html, moment, notice, type Page, send } from './page.ts';
import { type PastedIdp, pastedIdp, pastedIdpFields, readPastedIdp } from './pasted-idp.ts';
import { formIn, type UploadedFile, uploads } from './uploaded-form.ts';

interface Choice {
  text: string;
  against: 'nothing' | 'acme';
  at: 'issued' | 'now';
  /** Comes before `against`. */
  idp: PastedIdp;
}

const empty: Choice = { text: '', against: 'nothing', at: 'issued', idp: pastedIdp({}) };

const page = (body: Html): Page => ({
  title: 'Diagnose a response',
  place: '/diagnose',
  script: 'drop.js',
  lead:
    'Paste a SAMLResponse (XML, base64, form body) or a request copied as cURL, fetch or PowerShell; or drop a HAR, ' +
    'SAML-tracer, Fiddler or Playwright file. Nothing leaves this machine.',
  body,
});

export function diagnoseRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  router.get('/diagnose', (_request, response) => send(response, page(form(empty))));
  router.post('/diagnose', uploads, (request, response) => diagnosePasted(rehearsal, request, response));
  return router;
}

async function diagnosePasted(rehearsal: Rehearsal, request: Request, response: Response): Promise<void> {
  const { fields, file } = await formIn(request);
  const choice: Choice = {
    text: String(fields.text ?? ''),
    against: fields.against === 'acme' ? 'acme' : 'nothing',
    at: fields.at === 'now' ? 'now' : 'issued',
    idp: pastedIdp(fields),
  };
  const reject = (problem: string): Promise<void> =>
    send(response, page(html`${alert(html`<p>${problem}</p>`)}${form(choice)}`), { status: 400 });
  if (file === undefined && choice.text.trim() === '') return reject('Paste a response or choose a file first.');
  const idp = await readPastedIdp(choice.idp);
  if ('problem' in idp) return reject(idp.problem);
  const settings = {
    ...(choice.against === 'acme' ? await acme(rehearsal) : {}),
    ...idp.settings,
    ...(choice.at === 'now' ? { now: new Date() } : {}),
  };
  const capture = file ?? { name: 'FILE', octets: Buffer.from(choice.text) };
  const found = results(capture, settings, rehearsal.stack.sp.url);
  return send(
    response,
    page(html`${form(choice, { hasResult: true })}${skippedView(idp.skipped)}${found}
<p><a href="#text">Back to the form</a></p>`),
  );
}

const mostShown = 20;

function results(file: UploadedFile, settings: JudgeSettings, spUrl: string): Html {
  try {
    const all = diagnoseCapture(file.octets, settings);
    const shown = all.slice(0, mostShown);
    const more =
      all.length === shown.length ? '' : html`<p>Only the first ${mostShown} of ${all.length} are shown.</p>`;
    const place = (index: number): Place => ({ index, total: all.length, spUrl });
    return html`${shown.map((one, index) => result(onPage(one), place(index)))}${more}
${asCommand(shown, { file, settings, total: all.length })}`;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const reported = reportedErrorsInFile(file.octets);
    if (reported.length > 0)
      return html`<section aria-labelledby="result"><h2 id="result" class="undetermined">The identity provider
reports an error</h2>${reported.map(reportedView)}</section>`;
    return html`<section aria-labelledby="result"><h2 id="result">Nothing to diagnose</h2>
${alert(html`<p>${error.message}</p>`)}</section>`;
  }
}

interface Command {
  file: UploadedFile;
  settings: JudgeSettings;
  total: number;
}

/** The scenario that the command writes, and what it prints. */
function asCommand(shown: readonly Diagnosed[], { file, settings: { sp }, total }: Command): Html {
  const options = [
    ...(sp?.entityId === undefined ? [] : [`--sp-entity-id ${sp.entityId}`]),
    ...(sp?.acsUrl === undefined ? [] : [`--acs ${sp.acsUrl}`]),
  ];
  const name = /^[\w.-]+$/.test(file.name) ? file.name : 'FILE';
  const command = commandLine('diagnose', { args: [name, ...options].join(' '), silent: true });
  const printed = shown.map((one, index) => explain(one, { number: index + 1, total, showSecrets: true }));
  return html`<section aria-label="As the command">
<details><summary>As a scenario that replays it</summary>
<pre tabindex="0" class="wraps"><code>${asFeature(shown)}</code></pre></details>
<details><summary>As the command prints it</summary>
<p class="small">The command: <code>${command}</code></p>
<pre tabindex="0" class="wraps"><code>${stripVTControlCharacters(printed.join('\n\n'))}</code></pre></details>
</section>`;
}

const skippedView = (skipped: readonly string[]): Html => html`${skipped.map((one) => notice(html`<p>${one}</p>`))}`;

/** Settings of Acme's newest revision. The request and earlier responses are not available here. */
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

/** In characters. Escaping a longer text for the page takes many times its memory. */
const longestRepeated = 256 * 1024;

const form = (
  { text, against, at, idp }: Choice,
  { hasResult = false }: { hasResult?: boolean } = {},
): Html => html`<form method="post" action="/diagnose#result" enctype="multipart/form-data">
<label for="text">The response or capture</label>
<textarea id="text" name="text" rows="${hasResult ? 4 : 8}" spellcheck="false" autocomplete="off" class="xml"
 ${hasResult ? '' : 'autofocus'}
 placeholder="PHNhbWxwOlJlc3BvbnNl… or &lt;samlp:Response …">${text.length > longestRepeated ? '' : text}</textarea>
${text.length > longestRepeated ? html`<p class="small muted">The text is too long to be shown here again.</p>` : ''}
<label for="file">Or a file: choose it, or drop it on this page</label>
<input type="file" id="file" name="file" class="drop">
<div class="choices">
<label>Compare with <select name="against">
${option('nothing', against, 'no SSO profile')}
${option('acme', against, 'Acme’s SSO profile in this lab')}
</select></label>
<label>Judge as of <select name="at">
${option('issued', at, 'the capture’s time')}
${option('now', at, 'now')}
</select></label>
</div>
${pastedIdpFields(idp)}
<button type="submit">Diagnose</button>
</form>`;

const option = (value: string, chosen: string, label: string): Html =>
  html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${label}</option>`;

const skippedChecks: Record<PastedDiagnosis['notVerified'][number], string> = {
  message: 'the message itself: the capture damaged it',
  response:
    'the response: it is not in the pasted text. The user got no further than the IdP, or the capture ends too early',
  signature: 'whether the right key signed it',
  decryption: 'the contents of the encrypted part',
  issuer: 'whether the issuer is the right one',
  destination: 'whether it was sent to the right URL',
  audience: 'whether it is meant for this service provider',
  recipient: 'whether it may be delivered to this URL',
  'in-response-to': 'whether it belongs to a request',
  'relay-state': 'whether RelayState came back unchanged',
  account: 'whether the user has an account',
  replay: 'whether it was used before',
};

const headlines = {
  accept: 'Valid response',
  reject: 'A service provider rejects this response',
  undetermined: 'Undetermined',
} as const;

const classes = { accept: 'right', reject: 'wrong', undetermined: 'undetermined' } as const;

function headlineOf({ verdict, notVerified }: PastedDiagnosis): string {
  if (verdict !== 'undetermined') return headlines[verdict];
  const isJudged = !notVerified.includes('message') && !notVerified.includes('response');
  return isJudged
    ? `${headlines.undetermined}. No problem found by the checks that could be made`
    : headlines.undetermined;
}

interface Place {
  index: number;
  total: number;
  spUrl: string;
}

function result(diagnosis: PastedDiagnosis, { index, total, spUrl }: Place): Html {
  const { verdict, findings, notVerified, xml, kind, writtenBy = [], reportedErrors = [] } = diagnosis;
  const id = index === 0 ? '' : `-${index + 1}`;
  const anchor = `pasted${id === '' ? '' : `-message${id}`}`;
  const message =
    xml === undefined
      ? html`<p>The ${kind} could not be decoded.</p>`
      : messageView(xml, { label: `The decoded ${kind}`, findings, anchor });
  const products = writtenBy.map(({ product }) => product);
  const links = { casesAt: spUrl, products, ...(xml === undefined ? {} : { anchor }) };
  const number = total === 1 ? '' : ` (message ${index + 1} of ${total})`;
  return html`<section aria-labelledby="result${id}">
<h2 id="result${id}" class="${classes[verdict]}">${headlineOf(diagnosis)}${number}</h2>
${contextOf(diagnosis)}
${reportedErrors.map(reportedView)}
<div class="beside">
<div>${message}</div>
<div>${findings.length === 0 ? '' : findingsView(findings, links)}
${notVerified.length === 0 ? '' : notVerifiedView(notVerified)}</div>
</div>
</section>`;
}

function contextOf({ issuer, judgedAt, timeSource, note, fromCapture = [], where, product }: PastedDiagnosis): Html {
  const from = issuer === undefined ? '' : html`Issuer: <code>${issuer}</code>. `;
  return html`<p class="small muted">${from}Found in ${where}. Judged as of ${moment(judgedAt)}
${timeSource === undefined ? '' : ` (${timeSource})`}.</p>
${product === undefined ? '' : html`<p>Product: ${product}</p>`}
${note === undefined ? '' : html`<p>${note}</p>`}
${fromCapture.map(
  ({ option, value, source }) =>
    html`<p class="small">${option === 'acs' ? 'ACS URL' : 'SP entity ID'} <code>${value}</code>: ${source}.</p>`,
)}`;
}

const reportedView = ({ code, name, cause, fix, source, year }: ReportedError): Html => html`
<p><strong>${name} reports <code>${code}</code>.</strong> ${cause}</p>
<dl class="facts small">${fix === '' ? '' : html`<dt>How</dt><dd>${fix}</dd>`}
<dt>Source</dt><dd>${source} (${year})</dd></dl>`;

const notVerifiedView = (notVerified: PastedDiagnosis['notVerified']): Html => html`<h3>Not verified</h3>
<p>These checks need more settings, or a capture with more:</p>
<ul>${notVerified.map((one) => html`<li>${skippedChecks[one]}</li>`)}</ul>`;
