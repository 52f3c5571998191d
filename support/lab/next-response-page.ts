/** A page that holds the IdP's next response, for editing, and sends it with old or new signatures. */
import express, { type Response, type Router } from 'express';
import { html } from 'hono/html';
import { messageView } from '../diagnosis/message-view.ts';
import { ControlError } from '../stack/control.ts';
import type { Lab } from './context.ts';
import { alert, clock, type Html, live, notice, send } from './page.ts';

interface Hold {
  hold: boolean;
  held: { xml: string; action: string; since: string } | null;
}

interface Edited {
  xml: string;
  resign: boolean;
}

const path = '/next-response';

export function nextResponseRoutes({ rehearsal }: Lab): Router {
  const router = express.Router();
  const { control } = rehearsal.stack.idp;
  const tenant = `/tenants/${rehearsal.tenant.slug}`;
  const read = (): Promise<Hold> => control.get<Hold>(`${tenant}/held`);

  router.get(path, async (_request, response) => showPage(response, await read()));

  router.post(`${path}/hold`, async (request, response) => {
    await control.put(`${tenant}/hold`, { hold: (request.body as Record<string, unknown>).hold === 'yes' });
    response.redirect(303, path);
  });

  router.post(`${path}/send`, async (request, response) => {
    const { xml, resign, how } = request.body as Record<string, unknown>;
    const edited = { xml: String(xml ?? ''), resign: resign === 'yes' };
    try {
      await control.put(`${tenant}/held`, how === 'unchanged' ? {} : edited);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
      return showPage(response, await read(), { ...edited, problem: error.reason });
    }
    return response.redirect(303, '/wire');
  });

  return router;
}

/** `rejected` is edited text that was not accepted. It may be the work of minutes, so the page shows it again. */
function showPage(response: Response, { hold, held }: Hold, rejected?: Edited & { problem: string }): Promise<void> {
  const problem = rejected === undefined ? '' : alert(html`<p>Nothing was sent: ${rejected.problem}</p>`);
  const content = held === null ? live(String(hold), hold ? waiting : idle) : editor(held, rejected);
  return send(
    response,
    {
      title: 'Next response',
      place: path,
      isLive: held === null,
      lead:
        'Hold the identity provider’s next response, edit it, re-sign it or not, ' +
        'and see how the service provider judges it.',
      body: html`${problem}${content}`,
    },
    { status: rejected === undefined ? 200 : 422 },
  );
}

const idle = html`<p>Responses are sent immediately.</p>
<form method="post" action="${path}/hold"><input type="hidden" name="hold" value="yes"><button
 type="submit">Hold the next response</button></form>`;

const waiting = html`${notice(html`<p><strong>The next response will be held.</strong> Sign in as Sam through the
identity provider. When the response is there, this page shows it, and Sam’s browser waits.</p>
<form method="post" action="${path}/hold"><button
 type="submit" class="outline">Stop holding</button></form>`)}`;

const editor = ({ xml, action, since }: NonNullable<Hold['held']>, typed: Edited = { xml, resign: true }): Html => html`
<p>Held since ${clock(new Date(since))}, on its way to <code>${action}</code>. A response is valid for five minutes;
after that the service provider rejects it as expired, edited or not.</p>
<form method="post" action="${path}/send">
<label for="xml">Response XML</label>
<textarea id="xml" name="xml" rows="18" spellcheck="false" autocomplete="off" class="xml">${typed.xml}</textarea>
<label><input type="checkbox" name="resign" value="yes" ${typed.resign ? 'checked' : ''}>
Re-sign: replace every signature by a new one</label>
<div class="buttons"><button type="submit" name="how" value="edited">Send edited</button>
<button type="submit" name="how" value="unchanged" class="outline">Send unchanged</button></div>
</form>
<h2>Original, formatted</h2>
${messageView(xml, { label: 'Response' })}`;
