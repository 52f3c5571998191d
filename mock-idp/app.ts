/**
 * The identity provider over HTTP; what is said in SAML is decided elsewhere, and no page shows the inside of an error.
 *
 *   GET      /:tenant                     portal: the login page, or whoever is signed in and their apps
 *   GET      /:tenant/metadata            SAML metadata of the tenant
 *   GET|POST /:tenant/sso                 an AuthnRequest by Redirect or POST
 *   GET      /:tenant/sso/continue/:id    the same request again, now with the session cookie, which no cross-site POST brings
 *   GET      /:tenant/held/:id            where a browser waits while its answer is kept back on purpose
 *   POST     /:tenant/login               user name and password
 *   POST     /:tenant/cancel              the user gives up: AuthnFailed goes to the app
 *   GET|POST /:tenant/logout              asks; ends the session here and at the apps that have a logout address
 *   GET|POST /:tenant/slo                 single logout: LogoutRequests and LogoutResponses of apps
 *   GET      /:tenant/apps/:number        sign-on that begins here: an answer that nobody asked for
 *   *        /control/…                   see control.ts
 *   GET      /assets/…                    style sheets
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import { addressesOf } from './addresses.ts';
import { systemTime } from './clock.ts';
import { controlRoutes } from './control.ts';
import type { Delivery } from './delivery.ts';
import { holdBack, takeReleased } from './held-response.ts';
import { type Arrival, RequestRefused } from './incoming.ts';
import { type KeyPair, type KeyPool, strangerFrom } from './keys.ts';
import { logoutRequestForm, logoutResponseForm, readLogoutRequest, readLogoutResponse } from './logout.ts';
import {
  confirmLogoutPage,
  loginPage,
  messageFormPage,
  type NoticePage,
  noticePage,
  type Page,
  portalPage,
} from './pages.ts';
import { routesOf } from './routes.ts';
import {
  type Answering,
  answerTransaction,
  authenticate,
  beginTransaction,
  cancelled,
  decide,
  endSessions,
  findTransaction,
  openSession,
  sessionOf,
} from './sign-in.ts';
import {
  defaultAcs,
  findApp,
  findUser,
  hashOf,
  isAssigned,
  type Logout,
  note,
  remember,
  type Session,
  type State,
  type Tenant,
  type Transaction,
  tenantTime,
} from './state.ts';
import { takeRequest } from './take-request.ts';
import { openTenants } from './tenant.ts';
import { sendElsewhere, sendText, strikeTransport } from './transport.ts';

export interface AppOptions {
  state: State;
  pool: KeyPool;
  /** Where browsers find this server, without a slash at the end. */
  url: string;
  controlToken?: string | undefined;
}

/** A page instead of whatever was asked for. */
class Notice extends Error {
  readonly page: Omit<NoticePage, 'organization'>;
  constructor(page: Omit<NoticePage, 'organization'>) {
    super(page.title);
    this.page = page;
  }
}

interface Visit {
  request: Request;
  response: Response;
  tenant: Tenant;
  /** Value of the session cookie. */
  cookie: string | undefined;
  session: Session | undefined;
}

export function createApp({ state, pool, url, controlToken }: AppOptions): Express {
  const tenants = openTenants({ state, pool, url });
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(
    helmet({
      contentSecurityPolicy: false,
      strictTransportSecurity: false,
      referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    }),
  );
  app.use('/control', controlRoutes({ state, tenants, controlToken, routes: () => routesOf(app) }));
  app.use('/assets', assets());
  app.use(onlyHarmlessHeads);
  app.use(express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 50 }));

  const takeStranger = strangerFrom(pool);
  const take = (tenant: Tenant, request: Request): Transaction =>
    takeRequest(tenant, arrivalOf(request), addressesOf(url, tenant));

  const on = (method: 'get' | 'post', path: string, handle: (visit: Visit) => void | Promise<void>): void => {
    app[method](path, async (request: Request, response: Response) => {
      const tenant = state.tenants.get(String(request.params.tenant));
      if (!tenant)
        throw new Notice({
          title: 'Not found',
          status: 404,
          sentences: [
            'There is no such organization here.',
            'Please check the address, or ask your administrator for it.',
          ],
        });
      response.locals.tenant = tenant;
      const next = await strikeTransport(tenant, request, response);
      if (next === 'gone') return;
      if (next === 'server-error')
        throw new Notice({
          title: 'Something went wrong',
          status: 500,
          sentences: ['The identity provider cannot answer at the moment.', 'Please try again later.'],
        });
      if (tenant.disabled)
        throw new Notice({
          title: 'Switched off',
          status: 403,
          sentences: ['Sign-in for this organization is switched off.', 'Please ask your administrator.'],
        });
      const cookie = readCookie(request, cookieName(tenant));
      await handle({ request, response, tenant, cookie, session: sessionOf(tenant, cookie) });
    });
  };

  on('get', '/:tenant', ({ response, tenant, session }) => {
    const user = session && findUser(tenant, session.username);
    if (!user) return sendPage(response, loginPage(frame(tenant)));
    return sendPage(
      response,
      portalPage({
        ...frame(tenant),
        username: user.username,
        apps: tenant.apps.filter((one) => isAssigned(one, user)),
      }),
    );
  });

  on('get', '/:tenant/metadata', ({ response, tenant }) => {
    sendText(response, { status: 200, type: 'application/samlmetadata+xml', text: tenants.metadata(tenant) });
  });

  on('get', '/:tenant/sso', (visit) => proceed(visit, take(visit.tenant, visit.request), visit.session));

  on('post', '/:tenant/sso', ({ request, response, tenant }) => {
    const waiting = take(tenant, request);
    sendElsewhere(response, `/${tenant.name}/sso/continue/${waiting.id}`);
  });

  on('get', '/:tenant/sso/continue/:id', (visit) =>
    proceed(visit, waitingOrNotice(visit.tenant, visit.request.params.id), visit.session),
  );

  /** Where a browser waits while its answer is kept back. */
  on('get', '/:tenant/held/:id', ({ request, response, tenant }) => {
    const delivery = takeReleased(tenant, String(request.params.id));
    if (delivery === undefined) throw signInOver();
    if (delivery !== 'waiting') return deliver(response, tenant, delivery);
    response.set('Refresh', '2');
    return sendPage(
      response,
      noticePage({
        ...frame(tenant),
        title: 'One moment',
        status: 200,
        sentences: [
          'Your answer is being kept back on purpose.',
          'This page goes on by itself as soon as it is let go.',
        ],
      }),
    );
  });

  on('post', '/:tenant/login', async (visit) => {
    const { request, response, tenant, cookie } = visit;
    refuseCrossSite(request);
    const fields = fieldsOf(request);
    const waiting = fields.transaction === undefined ? undefined : waitingOrNotice(tenant, fields.transaction);
    const username = text(fields.username);
    const attempt = authenticate(tenant, username, text(fields.password));
    if ('failed' in attempt && attempt.failed === 'locked') {
      throw new Notice({
        title: 'Account locked',
        status: 403,
        sentences: ['This account is locked.', 'Please wait a while, or ask your administrator to unlock it.'],
        code: 'account-locked',
      });
    }
    if ('failed' in attempt) {
      return sendPage(
        response,
        loginPage({
          ...frame(tenant),
          transaction: waiting?.id,
          appName: waiting?.app.name,
          username,
          error: 'User name or password is wrong.',
          status: 422,
        }),
      );
    }
    const opened = openSession(tenant, attempt.user, cookie);
    setCookie(response, tenant, opened.cookie);
    if (!waiting) return sendElsewhere(response, `/${tenant.name}`);
    return proceed(visit, waiting, opened.session, { fresh: true });
  });

  on('post', '/:tenant/cancel', async ({ request, response, tenant }) => {
    refuseCrossSite(request);
    const waiting = waitingOrNotice(tenant, fieldsOf(request).transaction);
    // Nobody asked for this sign-in, so nobody hears that it was given up.
    if (!waiting.request) return sendElsewhere(response, `/${tenant.name}`);
    note(tenant, 'refusal', { app: waiting.app.entityId, because: 'cancelled' });
    return sendAnswer(response, tenant, waiting, { status: cancelled });
  });

  on('get', '/:tenant/apps/:number', (visit) => {
    const { request, tenant } = visit;
    const chosen = tenant.apps.find(({ number }) => String(number) === request.params.number);
    if (!chosen)
      throw new Notice({
        title: 'Unknown app',
        status: 404,
        sentences: ['There is no such app here.', 'Your portal lists the apps that are assigned to you.'],
        code: 'app-unknown',
        links: [{ href: `/${tenant.name}`, text: 'To the portal' }],
      });
    const relayState = request.query.RelayState;
    return proceed(
      visit,
      beginTransaction(tenant, {
        app: chosen,
        acsUrl: defaultAcs(chosen).url,
        request: undefined,
        relayState: typeof relayState === 'string' ? relayState : undefined,
      }),
      visit.session,
    );
  });

  on('get', '/:tenant/logout', ({ response, tenant, session }) => {
    if (session) return sendPage(response, confirmLogoutPage({ ...frame(tenant), username: session.username }));
    return sendSignedOut(response, tenant);
  });

  on('post', '/:tenant/logout', ({ request, response, tenant, cookie, session }) => {
    refuseCrossSite(request);
    endSessions(tenant, (_, hash) => cookie !== undefined && hash === hashOf(cookie));
    setCookie(response, tenant, undefined);
    const remaining = [...(session?.apps ?? [])].flatMap(([entityId, named]) => {
      const told = findApp(tenant, entityId);
      return told?.slo ? [{ app: told, ...named, index: session!.index }] : [];
    });
    continueLogout(response, tenant, { waitingFor: '', remaining, failed: [] });
  });

  for (const method of ['get', 'post'] as const) on(method, '/:tenant/slo', (visit) => singleLogout(visit));

  app.use((request: Request) => {
    const tenant = state.tenants.get(request.path.split('/')[1] ?? '');
    throw new Notice({
      title: 'Not found',
      status: 404,
      sentences: ['There is no such page here.', 'Please check the address.'],
      links: tenant ? [{ href: `/${tenant.name}`, text: `To the portal of ${tenant.displayName}` }] : [],
    });
  });

  const onError: ErrorRequestHandler = async (error: unknown, request, response, _next) => {
    if (response.headersSent) return void response.socket?.destroy();
    const tenant = response.locals.tenant as Tenant | undefined;
    const shown = noticeFor(error);
    if (!shown) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      state.errors.push({
        at: new Date(systemTime()).toISOString(),
        method: request.method,
        path: request.path,
        message,
        stack,
      });
      if (state.errors.length > 200) state.errors.shift();
    }
    if (tenant && error instanceof RequestRefused)
      note(tenant, 'request-refused', { code: error.code, sentence: error.message });
    await sendPage(
      response,
      noticePage({
        ...(shown ?? {
          title: 'Something went wrong',
          status: 500,
          sentences: [
            'This identity provider made a mistake.',
            'Please try again; your administrator can find the details in its error log.',
          ],
        }),
        organization: tenant?.displayName,
      }),
    );
  };
  app.use(onError);
  return app;

  async function proceed(
    { response, tenant }: Visit,
    waiting: Transaction,
    session: Session | undefined,
    { fresh = false }: { fresh?: boolean } = {},
  ): Promise<void> {
    const outcome = decide(tenant, waiting, session, { fresh });
    if (outcome.kind === 'ask')
      return sendPage(response, loginPage({ ...frame(tenant), transaction: waiting.id, appName: waiting.app.name }));
    if (outcome.kind === 'refuse') {
      note(tenant, 'refusal', { app: waiting.app.entityId, because: outcome.status.second });
      return sendAnswer(response, tenant, waiting, { status: outcome.status });
    }
    if (outcome.kind === 'not-assigned') {
      note(tenant, 'refusal', { app: waiting.app.entityId, username: outcome.user.username, because: 'not-assigned' });
      throw new Notice({
        title: 'Not assigned',
        status: 403,
        code: 'not-assigned',
        sentences: [
          `${waiting.app.name} is not assigned to ${outcome.user.username}.`,
          'Please ask your administrator to assign it to you.',
        ],
        links: [{ href: `/${tenant.name}`, text: 'To your apps' }],
      });
    }
    return sendAnswer(response, tenant, waiting, { signIn: outcome });
  }

  async function sendAnswer(
    response: Response,
    tenant: Tenant,
    waiting: Transaction,
    how: Pick<Answering, 'signIn' | 'status'>,
  ): Promise<void> {
    const forger = await takeStranger();
    // Two visits may have come this far with the same request; it is answered once.
    if (!tenant.transactions.has(waiting.id)) throw signInOver();
    const delivery: Delivery = answerTransaction(tenant, waiting, {
      ...how,
      issuer: addressesOf(url, tenant).entityId,
      stranger: forger,
    });
    const held = holdBack(tenant, delivery);
    if (held !== undefined) return sendElsewhere(response, `/${tenant.name}/held/${held}`);
    await deliver(response, tenant, delivery, waiting.app.name);
  }

  function deliver(response: Response, tenant: Tenant, form: Delivery, to = 'the app'): Promise<void> {
    return sendPage(
      response,
      messageFormPage({ ...frame(tenant), sentence: `You are being taken to ${to}.`, form, nonce: newNonce() }),
    );
  }

  async function singleLogout({ request, response, tenant, cookie }: Visit): Promise<void> {
    const arrival = arrivalOf(request);
    const rules = {
      findApp: (entityId: string) => findApp(tenant, entityId),
      ssoUrl: addressesOf(url, tenant).sloUrl,
      now: tenantTime(tenant),
    };
    if (hasField(arrival, 'SAMLResponse')) {
      const { inResponseTo, app: told, succeeded } = readLogoutResponse(arrival, rules);
      const logout = tenant.logouts.get(inResponseTo);
      if (!logout) throw new RequestRefused('request-missing', 'No single logout waits for this answer.');
      tenant.logouts.delete(inResponseTo);
      return continueLogout(response, tenant, {
        ...logout,
        failed: succeeded ? logout.failed : [...logout.failed, told.name],
      });
    }
    const { id, app: asking, nameId, sessionIndexes, relayState } = readLogoutRequest(arrival, rules);
    const ended = endSessions(tenant, (session, hash) => {
      const isTheirs = session.apps.get(asking.entityId)?.nameId === nameId;
      return (
        isTheirs &&
        (sessionIndexes.length > 0
          ? sessionIndexes.includes(session.index)
          : cookie === undefined || hash === hashOf(cookie))
      );
    });
    if (cookie !== undefined && sessionOf(tenant, cookie) === undefined) setCookie(response, tenant, undefined);
    if (!asking.slo) return sendSignedOut(response, tenant);
    // The other apps are not told; SAML wants that said (core 3.7.3.2).
    const partial = ended.some(({ apps }) => [...apps.keys()].some((entityId) => entityId !== asking.entityId));
    const form = logoutResponseForm(sender(tenant), { endpoint: asking.slo, inResponseTo: id, partial, relayState });
    return sendPage(
      response,
      messageFormPage({
        ...frame(tenant),
        title: 'Signed out',
        sentence: `You are signed out here and taken back to ${asking.name}.`,
        form,
        nonce: newNonce(),
      }),
    );
  }

  /** Asks the next app to end its session, or says how it went. */
  function continueLogout(
    response: Response,
    tenant: Tenant,
    { remaining: [next, ...remaining], failed }: Logout,
  ): Promise<void> {
    if (!next) return sendSignedOut(response, tenant, failed);
    const { id, form } = logoutRequestForm(sender(tenant), { ...next, endpoint: next.app.slo! });
    remember(tenant.logouts, id, { waitingFor: id, remaining, failed }, 1_000);
    return sendPage(
      response,
      messageFormPage({
        ...frame(tenant),
        title: 'Signing out',
        sentence: `You are signed out here; next is ${next.app.name}.`,
        form,
        nonce: newNonce(),
      }),
    );
  }

  function sender(tenant: Tenant): { issuer: string; keys: KeyPair; now: Date } {
    return { issuer: addressesOf(url, tenant).entityId, keys: tenant.keys, now: new Date(tenantTime(tenant)) };
  }

  function setCookie(response: Response, tenant: Tenant, value: string | undefined): void {
    response.cookie(cookieName(tenant), value ?? '', {
      httpOnly: true,
      sameSite: 'lax',
      path: `/${tenant.name}`,
      secure: url.startsWith('https:'),
      ...(value === undefined ? { maxAge: 0 } : {}),
    });
  }
}

const newNonce = (): string => randomBytes(16).toString('base64');
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const frame = ({ name, displayName }: Tenant): { organization: string; tenantPath: string } => ({
  organization: displayName,
  tenantPath: `/${name}`,
});
const fieldsOf = (request: Request): Record<string, unknown> =>
  (request.body as Record<string, unknown> | undefined) ?? {};
const queryOf = (request: Request): string => request.originalUrl.split('?').slice(1).join('?');
const arrivalOf = (request: Request): Arrival =>
  request.method === 'POST'
    ? { binding: 'post', fields: fieldsOf(request) }
    : { binding: 'redirect', query: queryOf(request) };
const hasField = (arrival: Arrival, name: string): boolean =>
  arrival.binding === 'post' ? arrival.fields[name] !== undefined : new URLSearchParams(arrival.query).has(name);

const signInOver = (): Notice =>
  new Notice({
    title: 'Sign-in over',
    status: 410,
    sentences: ['This sign-in has been answered already, or it took too long.', 'Please begin again at the app.'],
    code: 'sign-in-over',
  });

function waitingOrNotice(tenant: Tenant, id: unknown): Transaction {
  const waiting = findTransaction(tenant, id);
  if (!waiting) throw signInOver();
  return waiting;
}

const sendSignedOut = (response: Response, tenant: Tenant, failed: readonly string[] = []): Promise<void> =>
  sendPage(
    response,
    noticePage({
      ...frame(tenant),
      title: 'Signed out',
      status: 200,
      sentences: [
        'You are signed out.',
        ...failed.map((name) => `${name} could not confirm it; please sign out there as well.`),
      ],
      links: [{ href: `/${tenant.name}`, text: 'Sign in again' }],
    }),
  );

/** What the visitor is told about an error, or undefined when it is ours. */
function noticeFor(error: unknown): Omit<NoticePage, 'organization'> | undefined {
  if (error instanceof Notice) return error.page;
  if (error instanceof RequestRefused) {
    return {
      title: titles[error.code] ?? 'Request refused',
      status: error.code === 'app-unknown' || error.code === 'acs-not-registered' ? 403 : 400,
      sentences: [error.message, 'Nothing was sent to the app. Please tell your administrator.'],
      code: error.code,
    };
  }
  // Errors of Express and its body parser that are the visitor's carry a status below 500.
  const status = error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
  return status < 500 ? { title: 'Request refused', status, sentences: ['The request cannot be read.'] } : undefined;
}

const titles: Partial<Record<RequestRefused['code'], string>> = {
  'app-unknown': 'Unknown app',
  'acs-not-registered': 'Address not registered',
  'request-missing': 'Nothing to do',
};

/** Someone else's page must not sign anybody in or out here. */
function refuseCrossSite(request: Request): void {
  const site = request.get('sec-fetch-site');
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new Notice({
      title: 'Request refused',
      status: 403,
      sentences: ['This form came from another site.', 'Please begin again.'],
    });
}

/** HEAD runs the handlers of GET in Express, which would answer requests that nobody sees; only pages without effect allow it. */
function onlyHarmlessHeads(request: Request, response: Response, next: () => void): void {
  if (request.method === 'HEAD' && !/^\/[^/]*(\/metadata)?\/?$/.test(request.path)) {
    response.status(405).set('Allow', 'GET, POST').end();
    return;
  }
  next();
}

async function sendPage(response: Response, { status, body, formAction = '', nonce }: Page): Promise<void> {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action 'self' ${formAction}`.trim(),
    ...(nonce === undefined ? [] : [`script-src 'nonce-${nonce}'`, `connect-src ${formAction || "'none'"}`]),
  ];
  response.set({ 'Content-Security-Policy': policy.join('; '), 'Cache-Control': 'no-store' });
  sendText(response, { status, type: 'html', text: String(await body) });
}

const cookieName = ({ name }: Tenant): string =>
  `idp_session_${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;

function readCookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const [key = '', value] = pair.trim().split('=');
    if (key === name && value) return value;
  }
  return undefined;
}

function assets(): express.Router {
  const files: Readonly<Record<string, URL>> = {
    'pico.css': new URL(import.meta.resolve('@picocss/pico/css/pico.min.css')),
    'idp.css': new URL('idp.css', import.meta.url),
  };
  const router = express.Router();
  for (const [name, file] of Object.entries(files)) {
    let content: Promise<string> | undefined;
    router.get(`/${name}`, async (_request, response) => {
      content ??= readFile(fileURLToPath(file), 'utf8');
      response
        .set('Cache-Control', 'public, max-age=3600')
        .type('css')
        .send(await content);
    });
  }
  return router;
}
