/** Sends a browser to the IdP with an AuthnRequest that is bound to that browser. */
import type { Request, Response } from 'express';
import { html } from 'hono/html';
import { rememberRequest } from './authn-request.ts';
import { now } from './clock.ts';
import { findTest, recordWentToIdp } from './connection-test.ts';
import { markBrowser } from './cookies.ts';
import type { Organization } from './organization.ts';
import { PageError } from './page-error.ts';
import { type Page, send } from './pages/layout.ts';
import { settingsOf } from './profile.ts';
import { authnRequest, type OutgoingRequest } from './saml/request.ts';
import { hashOf, newRequestId, newSecret } from './secret.ts';
import { endpointsOf, type ServiceProvider } from './service-provider.ts';
import { ensureKey } from './signing-key.ts';
import type { Store } from './store.ts';
import { whySuperseded } from './superseded-sign-in.ts';

export interface Destination {
  organization: Organization;
  profile: number;
  revision: number;
  /** Normalized. */
  address: string;
  test?: number | undefined;
}

/** Creates and stores the request, and sends it by redirect or form. */
export async function sendToIdp(
  sp: ServiceProvider,
  request: Request,
  response: Response,
  { organization, profile, revision, address, test }: Destination,
): Promise<void> {
  const { store } = sp;
  const settings = settingsOf(store, profile, revision);
  const signing = settings.signRequests ? await ensureKey(store, organization) : undefined;
  const issuedAt = now(organization);
  const [id, relayState] = [newRequestId(), newSecret()];
  const outgoing = authnRequest({
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
  const sent = { id, organization: organization.slug, profile, revision, test, address };
  const isSent = store.transaction(() => {
    if (!isStillOpen(store, sent)) return false;
    const [browser, source] = [markBrowser(request, response), hashOf(request.ip ?? '')];
    rememberRequest(store, { ...sent, browser, relayState, issuedAt, source });
    if (test !== undefined) recordWentToIdp(store, organization, test, browser);
    return true;
  });
  if (!isSent) return response.redirect(303, '/login');
  if (outgoing.binding === 'redirect') return response.redirect(303, outgoing.url);
  const policy = String(response.getHeader('content-security-policy'));
  response.setHeader('content-security-policy', allowFormTo(policy, outgoing.action));
  return send(response, formPage(outgoing, response.locals.nonce as string));
}

/** False after a change, which may have happened while the signing key was created. Throws PageError. */
function isStillOpen(store: Store, sent: Parameters<typeof whySuperseded>[1]): boolean {
  const isSuperseded = whySuperseded(store, sent) !== undefined;
  if (sent.test === undefined) return !isSuperseded;
  const test = findTest(store, sent.test);
  if (test === undefined || test.supersededAt !== undefined) return false;
  if (!isSuperseded) return true;
  throw new PageError(
    'tester-enrolled-elsewhere',
    'Your account now uses another SSO profile. Leave the test on the login page, then sign in as usual.',
  );
}

/** Adds a form's URL to the policy. A `;` or `,` in its host must not end the directive. */
export function allowFormTo(policy: string, address: string): string {
  const source = new URL(address).origin.replace(/[;,\s]/g, encodeURIComponent);
  return policy.replace(/form-action [^;]*/, () => `form-action 'self' ${source}`);
}

const formPage = ({ action, fields }: Extract<OutgoingRequest, { binding: 'post' }>, nonce: string): Page => ({
  title: 'Continue to your identity provider',
  nonce,
  body: html`<p>You are being redirected. If nothing happens, click Continue.</p>
<form method="post" action="${action}">
${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<button type="submit">Continue</button>
</form>`,
});
