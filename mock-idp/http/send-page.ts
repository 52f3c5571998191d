/** Sends pages with a content security policy. */
import type { Response } from 'express';
import { randomText } from '../random.ts';
import type { Form } from '../response/delivery.ts';
import type { Tenant } from '../tenants/state.ts';
import { messageFormPage, type Page } from './pages.ts';
import { sendFresh } from './transport.ts';
import type { Visit } from './visit.ts';

export async function sendPage(response: Response, { status, body, target = '', nonce }: Page): Promise<void> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    // The policy also applies to redirects, and a product may go on to its other hosts.
    `form-action 'self'${target === '' ? '' : ' http: https:'}`,
    ...(nonce === undefined ? [] : [`script-src 'nonce-${nonce}'`, `connect-src ${target || "'none'"}`]),
  ];
  response.setHeader('Content-Security-Policy', policy.join('; '));
  sendFresh(response, { status, type: 'text/html; charset=utf-8', text: String(await body) });
}

/** Sends the page that posts a SAML message to an app. */
export const sendMessageForm = (
  { response, tenant }: Visit,
  message: { title?: string; sentence: string; form: Form },
): Promise<void> =>
  sendPage(response, messageFormPage({ ...frame(tenant), ...message, nonce: randomText(16, 'base64') }));

/** Properties that every page of a tenant shows. */
export const frame = ({
  name,
  displayName,
  persona,
}: Tenant): { organization: string; product: string | undefined; tenantPath: string } => ({
  organization: displayName,
  product: persona?.name,
  tenantPath: `/${name}`,
});
