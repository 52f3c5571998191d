/** Rows of a list of facts: the fix in the menus of the identity provider's product. */
import { html } from 'hono/html';
import { recognizeIdp } from '../products/evidence.ts';
import { fixesFor } from '../products/fixes.ts';
import { citation, type ProductId } from '../products/product.ts';
import type { ProfileSettings } from '../profile.ts';
import type { Html } from './layout.ts';

/** Usually one; none if the addresses and certificates of the profile show no product. */
export const productsOf = ({
  idpEntityId: entityId,
  ssoUrl,
  certificates,
}: Pick<ProfileSettings, 'idpEntityId' | 'ssoUrl' | 'certificates'>): ProductId[] =>
  recognizeIdp({ entityId, ssoUrl, certificates }).candidates.map(({ product }) => product);

export const productFixes = (...fix: Parameters<typeof fixesFor>): Html[] =>
  fixesFor(...fix).map(
    ({ name, fix: words, source }) =>
      html`<dt>In ${name}</dt><dd>${words}<br><small>Source: ${citation(source)}</small></dd>`,
  );
