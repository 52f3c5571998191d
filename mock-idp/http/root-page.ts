/** The page at the root: what this server is, its tenants, and how tests drive it. */
import type { RequestHandler } from 'express';
import { html } from 'hono/html';
import type { State, Tenant } from '../tenants/state.ts';
import { type Html, page } from './pages.ts';
import { sendPage } from './send-page.ts';

interface RootPage {
  state: State;
  hasControlRoutes: boolean;
}

/** Every scenario has its own tenant, so there may be hundreds. */
const mostShown = 20;

export const showRootPage =
  ({ state, hasControlRoutes }: RootPage): RequestHandler =>
  (_request, response) =>
    sendPage(
      response,
      page(
        { title: 'Mock identity provider' },
        html`
<p>It signs test users in by SAML 2.0, and sends the faulty responses that a test asks for. Never enter a real
password here.</p>
${tenantList([...state.tenants.values()])}
<p>${hasControlRoutes ? withControlRoutes : withoutControlRoutes}</p>`,
      ),
    );

function tenantList(tenants: readonly Tenant[]): Html {
  if (tenants.length === 0) return html`<p>There is no tenant yet.</p>`;
  const item = ({ name, displayName }: Tenant): Html =>
    html`<li><a href="/${name}">Portal of ${displayName}</a>, <a href="/${name}/metadata">metadata of ${name}</a></li>`;
  const more = tenants.length - mostShown;
  return html`<ul>${tenants.slice(0, mostShown).map(item)}</ul>
${more > 0 ? html`<p>And ${more} more tenants.</p>` : ''}`;
}

const withControlRoutes =
  'Tests create tenants and arrange faults with the control routes under /control, with the control token that was ' +
  'set or printed at the start.';
const withoutControlRoutes = 'The control routes are off. Set CONTROL_TOKEN to turn them on.';
