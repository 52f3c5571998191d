/**
 * Assembles the lab's pages.
 *
 *   /                     front page: links, cast, cases       POST /stage  /put-right  /product
 *   /healthz              200 once it accepts requests
 *   /mailbox  /mailbox/:address/:number  /mailbox/:address/:number/html  POST …/delete
 *   /wire                 the network log
 *   /faults               faults of the tenant, switched by hand
 *   /next-response        holds and edits the next response
 *   /diagnose             diagnoses a pasted SAMLResponse
 */
import { fileURLToPath } from 'node:url';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
  urlencoded,
} from 'express';
import { html } from 'hono/html';
import { ControlError } from '../stack/control.ts';
import { caseRoutes, stagedNotice } from './case-routes.ts';
import type { Lab } from './context.ts';
import { diagnoseRoutes } from './diagnose-page.ts';
import { faultRoutes } from './faults-page.ts';
import { frontPage } from './front-page.ts';
import { headers, ownFormsOnly, ownHostOnly } from './guard.ts';
import { readState } from './lab-state.ts';
import { mailboxRoutes } from './mailbox-page.ts';
import { networkLogRoutes } from './network-log-page.ts';
import { nextResponseRoutes } from './next-response-page.ts';
import { alert, send } from './page.ts';
import { playedNow, productRoutes } from './product-routes.ts';
import { isChanged, resetNotice, stateView } from './state-view.ts';

const largestForm = '8 MB';

export function createLab(lab: Lab): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(
    ownHostOnly,
    ...headers,
    assets(),
    ownFormsOnly,
    urlencoded({ extended: false, limit: largestForm, parameterLimit: 2_000 }),
    (request, _response, next) => {
      request.body ??= {}; // if nothing was posted
      next();
    },
  );
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/', (request, response) => showFrontPage(lab, request, response));
  app.use(
    caseRoutes(lab),
    productRoutes(lab),
    mailboxRoutes(lab),
    faultRoutes(lab),
    networkLogRoutes(lab),
    nextResponseRoutes(lab),
    diagnoseRoutes(lab),
  );
  app.use(notFound);
  app.use(failure);
  return app;
}

async function showFrontPage(lab: Lab, request: Request, response: Response): Promise<void> {
  const { staged, lastReset } = lab;
  const rows = await readState(lab.rehearsal);
  const played = await playedNow(lab.rehearsal);
  const query = String(request.query.q ?? '').slice(0, 200);
  await send(response, {
    title: 'The lab',
    isLive: true,
    reloads: false,
    script: 'filter.js',
    place: '/',
    lead: 'A service provider, an identity provider and a mailbox on this machine, connected and ready to break.',
    body: html`${stagedNotice(lab)}${lastReset === undefined || isChanged(rows) ? '' : resetNotice(lastReset)}
${stateView(rows, { hasButton: staged === undefined })}${frontPage(lab, { query, played })}`,
  });
}

const notFound: RequestHandler = (_request, response) =>
  send(
    response,
    {
      title: 'Page not found',
      place: '/',
      body: html`<p>This page does not exist. <a href="/">Back to the lab</a></p>`,
    },
    { status: 404 },
  );

function assets(): express.Router {
  const router = express.Router();
  const cache = { headers: { 'Cache-Control': 'public, max-age=3600' } };
  const pico = fileURLToPath(import.meta.resolve('@picocss/pico/css/pico.min.css'));
  router.get('/assets/pico.css', (_request, response) => response.sendFile(pico, cache));
  for (const file of ['lab.css', 'live.js', 'filter.js', 'editor.js', 'drop.js'])
    router.get(`/assets/${file}`, (_request, response) =>
      response.sendFile(fileURLToPath(new URL(file, import.meta.url))),
    );
  for (const file of ['look.css', 'message.css', 'mark.svg'])
    router.get(`/assets/${file}`, (_request, response) =>
      response.sendFile(fileURLToPath(new URL(`../../sp/pages/${file}`, import.meta.url)), cache),
    );
  return router;
}

/** Shows an app's error in full: the lab has no secrets from its user. */
/** In words of ours; undefined for an error other than the parser's. */
function formProblem(type: string | undefined, limit = 0): string | undefined {
  if (type === undefined) return undefined;
  const megabytes = Math.floor(limit / 1024 / 1024);
  return type === 'entity.too.large'
    ? `The form is larger than ${megabytes} MB. Paste only the requests of the sign-in, or give the file to diagnose.`
    : 'The form cannot be read. Send it again from the page.';
}

/** An error of the parser has a type, and a limit in bytes if it is about one. */
interface FormError extends Error {
  status?: number;
  type?: string;
  limit?: number;
}

const failure: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  const { status = 500, message, type, limit } = error as FormError;
  const known = error instanceof ControlError || status < 500;
  if (!known) console.error(error);
  const sentence = error instanceof ControlError ? error.reason : (formProblem(type, limit) ?? message);
  void send(
    response,
    {
      title: 'Something went wrong',
      place: '/',
      body: html`${alert(html`<p>${sentence}</p>`)}
<p>Go back and change your input, or go <a href="/">to the lab</a>.</p>`,
    },
    { status: error instanceof ControlError ? 502 : status },
  );
};
