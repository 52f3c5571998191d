/** A page that holds the identity provider's next response, lets it be edited, and sends it, signed anew or not. */
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

/** `refused` is what was typed and not accepted: it may be the work of minutes, so the page shows it again. */
function showPage(response: Response, { hold, held }: Hold, refused?: Edited & { problem: string }): Promise<void> {
  const problem = refused === undefined ? '' : alert(html`<p>Nothing was sent: ${refused.problem}</p>`);
  const content = held === null ? live(String(hold), hold ? waiting : idle) : editor(held, refused);
  return send(
    response,
    {
      title: 'The next response',
      place: path,
      isLive: held === null,
      lead:
        'Keep the identity provider’s next answer back, edit it, sign it anew or not, ' +
        'and see what the service provider makes of it.',
      body: html`${problem}${content}`,
    },
    { status: refused === undefined ? 200 : 422 },
  );
}

const idle = html`<p>Responses go out at once.</p>
<form method="post" action="${path}/hold"><input type="hidden" name="hold" value="yes"><button
 type="submit">Keep the next response back</button></form>`;

const waiting = html`${notice(html`<p><strong>The next response will be kept back.</strong> Sign in as Sam through the
identity provider; as soon as the response is there, this page shows it, and Sam’s browser waits.</p>
<form method="post" action="${path}/hold"><button
 type="submit" class="outline">Let responses go at once</button></form>`)}`;

const editor = ({ xml, action, since }: NonNullable<Hold['held']>, typed: Edited = { xml, resign: true }): Html => html`
<p>Kept back since ${clock(new Date(since))}, on its way to <code>${action}</code>. A response is good for five minutes;
after that the service provider refuses it as expired, edited or not.</p>
<form method="post" action="${path}/send">
<label for="xml">The message</label>
<textarea id="xml" name="xml" rows="18" spellcheck="false" autocomplete="off" class="xml">${typed.xml}</textarea>
<label><input type="checkbox" name="resign" value="yes" ${typed.resign ? 'checked' : ''}>
Sign it anew: a fresh signature wherever one stands</label>
<div class="buttons"><button type="submit" name="how" value="edited">Send it as edited</button>
<button type="submit" name="how" value="unchanged" class="outline">Send it as it was</button></div>
</form>
<h2>As it was, laid out for reading</h2>
${messageView(xml, { label: 'Response' })}`;
