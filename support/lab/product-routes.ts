/** The choice of the product that Acme's IdP plays. */
import express, { type Router } from 'express';
import { html } from 'hono/html';
import type { PersonaCode } from '../../mock-idp/personas/codes.ts';
import { playedProducts } from '../catalogue/identity-products.ts';
import { changeProfile, type IdpSide } from '../scenario/tasks/set-up.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import type { Lab } from './context.ts';
import { alert, type Html, send } from './page.ts';
import { noteOnSettings, settingsOf } from './product-settings.ts';

export function productRoutes({ rehearsal }: Pick<Lab, 'rehearsal'>): Router {
  const router = express.Router();

  router.post('/product', async (request, response) => {
    const code = String((request.body as Record<string, unknown>).product ?? '');
    const product = playedProducts.find((one) => one.code === code);
    if (code === '' || product !== undefined) {
      await playProduct(rehearsal, product?.code);
      return response.redirect(303, '/');
    }
    const known = playedProducts.map((one) => one.words).join(', ');
    return send(
      response,
      {
        title: 'Unknown product',
        place: '/',
        body: html`${alert(html`<p>The identity provider cannot play “${code}”. Use one of: ${known}.</p>`)}
<p><a href="/">Back to the lab</a></p>`,
      },
      { status: 400 },
    );
  });

  return router;
}

/** The SSO profile gets the product's entity ID. */
async function playProduct(rehearsal: Rehearsal, code: PersonaCode | undefined): Promise<void> {
  const { stack, tenant } = rehearsal;
  const persona = code === undefined ? null : { name: code, set: settingsOf(code) };
  const { entityId } = await stack.idp.control.patch<IdpSide>(`/tenants/${tenant.slug}`, { persona });
  await changeProfile(rehearsal, { idpEntityId: entityId });
}

/** `played` is the code of the current product. */
export const productForm = (played: string | undefined): Html => html`<form method="post" action="/product">
<label for="product">Behaves like</label>
<select id="product" name="product">
<option value="">itself</option>
${playedProducts.map(
  ({ code, words }) => html`<option value="${code}" ${code === played ? 'selected' : ''}>${words}</option>`,
)}
</select>
<button type="submit" class="outline secondary">Change</button>
</form>
${isPlayed(played) ? html`<p>${noteOnSettings(played)}</p>` : ''}`;

const isPlayed = (code: string | undefined): code is PersonaCode => playedProducts.some((one) => one.code === code);

export const playedNow = async ({ stack, tenant }: Rehearsal): Promise<string | undefined> =>
  (await stack.idp.control.get<{ persona?: string }>(`/tenants/${tenant.slug}`)).persona;
