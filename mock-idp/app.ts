/**
 * The routes of the identity provider and their handlers.
 *
 *   GET      /                            what this is, and where to go
 *   GET      /:tenant                     portal: the login page, or the apps of the signed-in user
 *   GET      /:tenant/metadata            SAML metadata of the tenant
 *   GET|POST /:tenant/sso                 an AuthnRequest by Redirect or POST
 *   GET      /:tenant/sso/continue/:id    the posted request, now with the session cookie
 *   GET      /:tenant/held/:id            where a browser waits while its response is held
 *   POST     /:tenant/login               username and password
 *   POST     /:tenant/cancel              the user cancels: AuthnFailed goes to the app
 *   GET      /:tenant/apps/:number        sign-in from the portal, with an unsolicited response
 *   GET|POST /:tenant/logout              confirms; ends the session here and at apps with a logout URL
 *   GET|POST /:tenant/slo                 single logout: LogoutRequests and LogoutResponses of apps
 *   *        /control/…                   see control.ts
 *   GET      /assets/…                    style sheets
 *   GET      /healthz                     200 once it accepts requests, with its URL
 */
import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { assets } from './http/assets.ts';
import { controlRoutes } from './http/control.ts';
import { notFound, showError } from './http/error-handlers.ts';
import { readForms } from './http/forms.ts';
import { ownHostOnly } from './http/guard.ts';
import { confirmLogout, logOut, singleLogout } from './http/logout-handlers.ts';
import { showRootPage } from './http/root-page.ts';
import { routesOf } from './http/routes.ts';
import { shortCuts } from './http/short-cuts.ts';
import {
  cancelSignIn,
  continueSignIn,
  logIn,
  openApp,
  sendHeldResponse,
  showPortal,
  takePostedRequest,
  takeRedirectedRequest,
} from './http/sign-in-handlers.ts';
import { sendText } from './http/transport.ts';
import { type Handler, type Site, type Visit, visiting } from './http/visit.ts';
import { type KeyPool, untrustedKeysFrom } from './tenants/keys.ts';
import { openTenants } from './tenants/tenant.ts';

export interface AppOptions extends Pick<Site, 'state' | 'url'> {
  pool: KeyPool;
  controlToken?: string | undefined;
  /** Accepted host names in addition to that of the URL and the loopback names. */
  allowedHosts?: readonly string[];
  /** True if the URL is that of each request, which chooses its own host name. */
  followsRequests?: boolean;
}

export function createApp({
  state,
  pool,
  url,
  controlToken,
  allowedHosts = [],
  followsRequests = false,
}: AppOptions): RequestListener & Pick<Express, 'router'> {
  const tenants = openTenants({ state, pool, url });
  const rehearsalHosts = followsRequests ? allowedHosts : [new URL(url).hostname, ...allowedHosts];
  const site: Site = { state, tenants, url, takeUntrustedKeys: untrustedKeysFrom(pool), rehearsalHosts };
  const app = express();
  app.disable('x-powered-by');
  const first = [securityHeaders(), ownHostOnly({ url, allowedHosts })];
  app.use(...first);
  const readForm = readForms();
  const short = shortCuts({ app, first, readForm, showError: showError(state) });
  app.use('/control', controlRoutes({ ...site, controlToken, routes: () => routesOf(app) }));
  app.use('/assets', assets());
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok', url }));
  app.use(rejectHead);
  app.use(readForm);

  const route = (method: 'GET' | 'POST', path: string, handle: Handler): void => {
    const handler = visiting(site, handle);
    short.add(method, path, handler);
    if (method === 'GET') app.get(path, handler);
    else app.post(path, handler);
  };
  const get = (path: string, handle: Handler): void => route('GET', path, handle);
  const post = (path: string, handle: Handler): void => route('POST', path, handle);
  app.get('/', showRootPage({ state, hasControlRoutes: Boolean(controlToken) }));
  get('/:tenant', showPortal);
  get('/:tenant/metadata', sendMetadata);
  get('/:tenant/sso', takeRedirectedRequest);
  post('/:tenant/sso', takePostedRequest);
  get('/:tenant/sso/continue/:id', continueSignIn);
  get('/:tenant/held/:id', sendHeldResponse);
  post('/:tenant/login', logIn);
  post('/:tenant/cancel', cancelSignIn);
  get('/:tenant/apps/:number', openApp);
  get('/:tenant/logout', confirmLogout);
  post('/:tenant/logout', logOut);
  get('/:tenant/slo', singleLogout);
  post('/:tenant/slo', singleLogout);

  app.use(notFound(state));
  app.use(showError(state));
  return Object.assign(short.listener, { router: app.router });
}

/** Each page sends its own content security policy. The other headers are always the same, so they are made once. */
function securityHeaders(): RequestHandler {
  const sample = new ServerResponse(new IncomingMessage(new Socket()));
  const protect = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  });
  protect(sample.req, sample, () => undefined);
  const headers = Object.entries(sample.getHeaders()) as [string, string][];
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** Allows HEAD only where GET has no effect: Express would run the GET handler, which consumes requests. */
const rejectHead: RequestHandler = (request, response, next) => {
  if (request.method !== 'HEAD' || /^\/[^/]*(\/metadata)?\/?$/.test(request.path)) return next();
  response.status(405).set('Allow', 'GET, POST').end();
};

function sendMetadata({ site, response, tenant }: Visit): void {
  sendText(response, { status: 200, type: 'application/samlmetadata+xml', text: site.tenants.metadata(tenant) });
}
