/** A placeholder for your own application. It verifies no signature and reads XML with regular expressions. */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import type { IdpTenant } from 'sso-rehearsal';

export interface ServiceProvider extends AsyncDisposable {
  url: string;
  metadata: string;
  /** The identity provider to which it sends its users. */
  trust(idp: Pick<IdpTenant, 'ssoUrl'>): void;
}

export interface ServiceProviderOptions {
  hostname?: string;
  /** 0 for any free one. */
  port?: number;
  /** False for a mistake that your tests must find. */
  checksAudience?: boolean;
}

/**
 * GET /login sends the browser to the identity provider, GET /metadata shows its metadata.
 * POST /acs accepts the response (200), or shows why it rejects it (403).
 */
export async function startServiceProvider({
  hostname = 'sp.localhost',
  port = 0,
  checksAudience = true,
}: ServiceProviderOptions = {}): Promise<ServiceProvider> {
  const asked = new Set<string>();
  let idp: Pick<IdpTenant, 'ssoUrl'> | undefined;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', url);
    if (pathname === '/login' && idp) response.writeHead(302, { location: signOnAddress(idp) }).end();
    else if (pathname === '/metadata') response.end(metadata);
    else if (pathname === '/acs' && request.method === 'POST') {
      const { status, text } = judge(new URLSearchParams(await bodyOf(request)));
      response
        .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
        .end(`<!doctype html><title>Console</title><h1>${text.replaceAll('<', '&lt;')}</h1>`);
    } else response.writeHead(404).end();
  });
  const url = `http://${hostname}:${await portOf(server, port)}`;
  const entityId = `${url}/metadata`;
  const acs = `${url}/acs`;
  const metadata = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}">
  <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acs}" index="0"/>
  </SPSSODescriptor>
</EntityDescriptor>`;

  function signOnAddress({ ssoUrl }: Pick<IdpTenant, 'ssoUrl'>): string {
    const id = `_${randomUUID()}`;
    asked.add(id);
    const xml = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
      xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"
      ID="${id}" Version="2.0" IssueInstant="${new Date().toISOString()}"
      Destination="${ssoUrl}" AssertionConsumerServiceURL="${acs}"
    ><saml:Issuer>${entityId}</saml:Issuer></samlp:AuthnRequest>`;
    return `${ssoUrl}?${new URLSearchParams({ SAMLRequest: deflateRawSync(xml).toString('base64') })}`;
  }

  function judge(fields: URLSearchParams): { status: number; text: string } {
    const xml = Buffer.from(fields.get('SAMLResponse') ?? '', 'base64').toString();
    const found = (pattern: RegExp): string => pattern.exec(xml)?.[1] ?? '';
    const reject = (text: string) => ({ status: 403, text });
    if (!asked.delete(found(/<samlp:Response[^>]* InResponseTo="([^"]*)"/)))
      return reject('The response matches no request');
    if (checksAudience && found(/<saml:Audience>([^<]*)</) !== entityId)
      return reject('The assertion has a different Audience');
    if (Date.parse(found(/<saml:Conditions[^>]* NotOnOrAfter="([^"]*)"/)) <= Date.now())
      return reject('The assertion has expired');
    return { status: 200, text: `Welcome, ${found(/<saml:NameID[^>]*>([^<]*)</)}` };
  }

  return {
    url,
    metadata,
    trust(tenant) {
      idp = tenant;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const portOf = (server: Server, port: number): Promise<number> =>
  new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
