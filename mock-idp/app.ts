/**
 * The identity provider over HTTP: its routes, and the handlers that they call.
 *
 *   GET      /:tenant                     portal: the login page, or the apps of the user who is signed in
 *   GET      /:tenant/metadata            SAML metadata of the tenant
 *   GET|POST /:tenant/sso                 an AuthnRequest by Redirect or POST
 *   GET      /:tenant/sso/continue/:id    the posted request again, now with the session cookie
 *   GET      /:tenant/held/:id            where a browser waits while its response is kept back on purpose
 *   POST     /:tenant/login               user name and password
 *   POST     /:tenant/cancel              the user cancels: AuthnFailed goes to the app
 *   GET      /:tenant/apps/:number        sign-in from the portal, with an unsolicited response
 *   GET|POST /:tenant/logout              asks; ends the session here and at the apps that have a logout URL
 *   GET|POST /:tenant/slo                 single logout: LogoutRequests and LogoutResponses of apps
 *   *        /control/…                   see control.ts
 *   GET      /assets/…                    style sheets
 */
import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { assets } from './http/assets.ts';
import { controlRoutes } from './http/control.ts';
import { notFound, showError } from './http/error-handlers.ts';
import { ownHostOnly } from './http/guard.ts';
import { confirmLogout, logOut, singleLogout } from './http/logout-handlers.ts';
import { routesOf } from './http/routes.ts';
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
import { type KeyPool, strangerFrom } from './tenants/keys.ts';
import { openTenants } from './tenants/tenant.ts';

export interface AppOptions extends Pick<Site, 'state' | 'url'> {
  pool: KeyPool;
  controlToken?: string | undefined;
  /** Host names to answer to, beside that of the URL and those of this machine. */
  allowedHosts?: readonly string[];
}

export function createApp({ state, pool, url, controlToken, allowedHosts = [] }: AppOptions): Express {
  const tenants = openTenants({ state, pool, url });
  const site: Site = { state, tenants, url, takeStranger: strangerFrom(pool) };
  const app = express();
  app.disable('x-powered-by');
  app.use(securityHeaders());
  app.use(ownHostOnly({ url, allowedHosts }));
  app.use('/control', controlRoutes({ state, tenants, controlToken, routes: () => routesOf(app) }));
  app.use('/assets', assets());
  app.use(refuseHead);
  app.use(express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 50 }));

  const get = (path: string, handle: Handler): unknown => app.get(path, visiting(site, handle));
  const post = (path: string, handle: Handler): unknown => app.post(path, visiting(site, handle));
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
  return app;
}

/** Each page sends a content security policy of its own. */
const securityHeaders = (): RequestHandler =>
  helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
  });

/** Express runs the handlers of GET for HEAD, which would use up requests. Only pages without effect allow it. */
const refuseHead: RequestHandler = (request, response, next) => {
  if (request.method !== 'HEAD' || /^\/[^/]*(\/metadata)?\/?$/.test(request.path)) return next();
  response.status(405).set('Allow', 'GET, POST').end();
};

function sendMetadata({ site, response, tenant }: Visit): void {
  sendText(response, { status: 200, type: 'application/samlmetadata+xml', text: site.tenants.metadata(tenant) });
}
