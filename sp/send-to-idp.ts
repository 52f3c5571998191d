/** Sends a browser to the identity provider with an AuthnRequest that is bound to it. Who is sent where was decided before. */
import type { Request, Response } from 'express';
import { html } from 'hono/html';
import { now } from './clock.ts';
import { times, wentToIdp } from './connection-test.ts';
import { markBrowser } from './cookies.ts';
import type { Organization } from './organization.ts';
import { send } from './pages/layout.ts';
import { settingsOf } from './profile.ts';
import { authnRequest } from './saml/request.ts';
import { newRequestId, newSecret } from './secret.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { keyOf } from './signing-key.ts';
import type { Store } from './store.ts';

export interface AuthnRequestRecord {
  id: string;
  organization: string;
  profile: number;
  revision: number;
  test: number | undefined;
  /** SHA-256 of the browser's secret. */
  browser: string;
  /** The address that was given at the login page. */
  address: string;
  relayState: string;
  issuedAt: number;
  answeredAt: number | undefined;
}

interface Row {
  id: string;
  organization: string;
  profile: number;
  revision: number;
  test: number | null;
  browser: string;
  address: string;
  relay_state: string;
  issued_at: number;
  answered_at: number | null;
}

const toRecord = ({ test, relay_state, issued_at, answered_at, ...row }: Row): AuthnRequestRecord => ({
  ...row,
  test: test ?? undefined,
  relayState: relay_state,
  issuedAt: issued_at,
  answeredAt: answered_at ?? undefined,
});

export interface DepartureOptions {
  organization: Organization;
  profile: number;
  revision: number;
  /** Normalized. */
  address: string;
  test?: number | undefined;
}

/** Makes the request, remembers it, and sends the browser off by Redirect or by a form. */
export async function depart(
  sp: ServiceProvider,
  request: Request,
  response: Response,
  { organization, profile, revision, address, test }: DepartureOptions,
): Promise<void> {
  const { store } = sp;
  const settings = settingsOf(store, profile, revision);
  const signing = settings.signRequests ? await keyOf(store, organization) : undefined;
  const issuedAt = now(organization);
  const id = newRequestId();
  const relayState = newSecret();
  const departure = authnRequest({
    id,
    relayState,
    issuedAt: new Date(issuedAt),
    sp: endpointsOf(sp, organization.slug),
    idp: { entityId: settings.idpEntityId, ssoUrl: settings.ssoUrl, binding: settings.ssoBinding },
    signing,
    forceAuthn: settings.forceAuthn,
    requestedAuthnContext: settings.requestedAuthnContext,
    nameIdFormat: settings.policies.nameIdFormat,
  });
  const browser = markBrowser(request, response);
  store.transaction(() => {
    store.run`DELETE FROM requests WHERE organization = ${organization.slug} AND issued_at < ${issuedAt - keptFor}`;
    store.run`INSERT INTO requests (id, organization, profile, revision, test, browser, address, relay_state, issued_at)
      VALUES (${id}, ${organization.slug}, ${profile}, ${revision}, ${test}, ${browser}, ${address}, ${relayState}, ${issuedAt})`;
    if (test !== undefined) wentToIdp(store, organization, test);
  });
  if (departure.binding === 'redirect') return response.redirect(303, departure.url);
  const nonce = response.locals.nonce as string;
  allowFormTo(response, new URL(departure.action).origin);
  return send(response, {
    title: 'On to your identity provider',
    nonce,
    body: html`<p>Your browser takes you there. If it does not, press Continue.</p>
<form method="post" action="${departure.action}">
${departure.fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">Continue</button>
</form>`,
  });
}

/** How long requests are remembered, so that a late answer can still be told from a forged one. */
const keptFor = 2 * 24 * 3_600_000;

/** Adds an origin to which this page's form may be posted. */
function allowFormTo(response: Response, origin: string): void {
  const policy = String(response.getHeader('content-security-policy'));
  response.setHeader('content-security-policy', policy.replace(/form-action [^;]*/, `form-action 'self' ${origin}`));
}

export function findRequest(
  store: Store,
  organization: string,
  id: string | undefined,
): AuthnRequestRecord | undefined {
  const row =
    id === undefined
      ? undefined
      : store.get<Row>`SELECT * FROM requests WHERE organization = ${organization} AND id = ${id}`;
  return row && toRecord(row);
}

export function findRequestByRelayState(
  store: Store,
  organization: string,
  relayState: string | undefined,
): AuthnRequestRecord | undefined {
  const row =
    relayState === undefined
      ? undefined
      : store.get<Row>`SELECT * FROM requests WHERE organization = ${organization} AND relay_state = ${relayState}`;
  return row && toRecord(row);
}

/** The newest request of this browser that waits for an answer. */
export function waitingRequest(
  store: Store,
  organization: Organization,
  browser: string | undefined,
): AuthnRequestRecord | undefined {
  const row =
    browser === undefined
      ? undefined
      : store.get<Row>`
    SELECT * FROM requests WHERE organization = ${organization.slug} AND browser = ${browser} AND answered_at IS NULL AND issued_at > ${now(organization) - times.request} ORDER BY issued_at DESC, rowid DESC LIMIT 1`;
  return row && toRecord(row);
}

/** A request is used up by the sign-in that it led to. Gives false when another answer was faster. */
export const useUp = (store: Store, organization: Organization, id: string): boolean =>
  store.run`UPDATE requests SET answered_at = ${now(organization)} WHERE id = ${id} AND answered_at IS NULL`.changes ===
  1;
