/**
 * Puts the service provider together.
 *
 *   /  /console  /sign-out                    the Console
 *   /login  /login/password  /login/recovery  email discovery, passwords, recovery sign-in
 *   /login/recovery-key                       recovery keys
 *   /try/:token  /try/report                  test links, and the testers' reports
 *   /admin …                                  Admin Center: SSO wizard, users, domains, audit log
 *   /cases  /cases/:code                      troubleshooting
 *   /saml/:organization/{metadata,acs,slo}    SAML endpoints
 *   /healthz                                  200 once it accepts requests, with its URL
 *   /control/…                                control routes for tests, with a token
 */
import { randomBytes } from 'node:crypto';
import express, { type Express, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import { assertionConsumerService } from './acs.ts';
import { adminCenter } from './admin-center/admin-center.ts';
import { assets } from './assets.ts';
import { consolePage } from './console.ts';
import { control } from './control.ts';
import { cookiesOf } from './cookies.ts';
import { errorPage } from './error-page.ts';
import { ownFormsOnly } from './forms.ts';
import { login } from './login.ts';
import { ownHostOnly } from './own-host.ts';
import { PageError } from './page-error.ts';
import { troubleshooting } from './pages/troubleshooting.ts';
import { routesOf } from './routes.ts';
import type { ServiceProvider } from './service-provider.ts';
import { singleLogout } from './single-logout.ts';
import { spMetadata } from './sp-metadata.ts';
import { testLink } from './test-link.ts';

export function createApp(sp: ServiceProvider, { controlToken }: { controlToken?: string | undefined } = {}): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(ownHostOnly(sp));
  app.set('query parser', 'simple');
  app.use(nonceAndNoStore, securityHeaders(sp), cookiesOf(sp));
  app.use(assets());
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok', url: sp.url }));
  app.use(control(sp, controlToken, () => routesOf(app)));
  app.use(spMetadata(sp), assertionConsumerService(sp), singleLogout(sp));
  app.use(ownFormsOnly(sp));
  app.use(consolePage(sp), login(sp), testLink(sp), troubleshooting(sp), adminCenter(sp));
  app.use(() => {
    throw new PageError('page-not-found', 'There is no page at this URL.');
  });
  app.use(errorPage(sp));
  return app;
}

/** Creates the nonce that allows a page's script, and turns off caching. */
const nonceAndNoStore: RequestHandler = (_request, response, next) => {
  response.locals.nonce = randomBytes(16).toString('base64');
  response.set('Cache-Control', 'no-store');
  next();
};

const securityHeaders = (sp: ServiceProvider): ReturnType<typeof helmet> =>
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:'],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        'script-src': [(_request, response) => `'nonce-${(response as Response).locals.nonce as string}'`],
      },
    },
    referrerPolicy: { policy: 'same-origin' }, // no-referrer would make Origin null on our own forms
    strictTransportSecurity: sp.url.startsWith('https:'),
  });
