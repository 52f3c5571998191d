/** A service provider that believes every response, with weaknesses to choose and to find. Not an example. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { hostileReplies } from '../stack/hostile-server.fixture.ts';

export interface GullibleOptions {
  ssoUrl: string;
  /** Its URL by default. */
  entityId?: string;
  /** Further pages, which come before its own. */
  pages?: (app: Express, tools: { url: string; userOf: (request: Request) => string | undefined }) => void;
  /** Asks for a NameID of this format. */
  nameIdFormat?: string;
  /** Rejects every response. */
  rejectsAll?: boolean;
  /** Rejects responses that contain this text. */
  rejects?: string;
  /** Knows its users by this attribute, not by NameID. */
  knownBy?: string;
  /** Reads the user of a response in its own way; undefined if it rejects the response. */
  readName?: (received: ReceivedResponse) => string | undefined;
  /** Reads the sessions that a logout message ends; undefined if it rejects the message. Without it, there is none. */
  readLogout?: (received: ReceivedLogout) => EndedSessions | undefined;
  /** Dates sessions to the second: those that follow a logout in the same second have ended. */
  datesToTheSecond?: boolean;
  /** Signs in even a user without a name. */
  namesEmpty?: boolean;
  /** Shows an empty name to those who are not signed in. */
  namelessPage?: boolean;
  /** Path of the hostile reply to a response, after the user was signed in. */
  after?: (xml: string) => string | undefined;
  /** After a response for another audience it signs in no user, until reset. */
  breaks?: boolean;
  /** Redirects to any RelayState. */
  redirects?: boolean;
  /** Inflates any compressed response, without a limit. */
  inflates?: boolean;
  /** Added below the name of the user. */
  beneath?: string;
  /**
   * Replies to send instead of the usual ones: a page, or the path of a hostile reply. `before` counts the earlier
   * requests with the same method and path.
   */
  instead?: (request: { method: string; path: string; before: number }) => string | undefined;
}

export interface ReceivedResponse {
  method: string;
  query: string;
  /** The form field SAMLResponse. */
  field: string;
  /** All form fields; those that are there twice have all their values. */
  fields: Readonly<Record<string, string | string[]>>;
}

export interface ReceivedLogout {
  method: string;
  query: string;
  /** The posted message. */
  field: string;
  /** The logout URL. */
  url: string;
  /** IDs of the LogoutRequests that it sent. */
  sentRequests: ReadonlySet<string>;
}

export interface EndedSessions {
  /** All sessions of this user, or `own` for the session of the browser alone. */
  name: string | 'own';
  /** Only the sessions with these indexes; all if empty. */
  indexes: readonly string[];
}

export interface Gullible extends AsyncDisposable {
  /** Redirects sign-ins to another sign-on URL from now on. */
  redirectTo(ssoUrl: string): void;
  reset(): void;
  /** Stops listening and cuts every connection. */
  shutDown(): void;
  url: string;
  config: { name: string; entityId: string; acs: string; signIn: string; signedIn: object; user: { nameId: string } };
}

const sessions = new Map<string, string | undefined>();
/** Session indexes by session. */
const indexes = new Map<string, string | undefined>();
const logoutRequests = new Set<string>();

/** The running service provider. */
interface Running extends Omit<GullibleOptions, 'ssoUrl'> {
  url: string;
  entityId: string;
  acs: string;
  ssoUrl: string;
  /** Broken: signs in no more users. */
  broken: boolean;
}

export async function startGullible(options: GullibleOptions): Promise<Gullible> {
  const app = express();
  if (options.instead !== undefined) app.use(replyInstead(options.instead));
  app.use(express.urlencoded({ extended: false, limit: '64mb' }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { entityId = url } = options;
  const running: Running = { ...options, url, entityId, acs: `${url}/acs`, broken: false };
  options.pages?.(app, { url, userOf: (request) => sessions.get(sessionOf(request)) });
  app.get('/login', (request, response) => redirectToIdp(running, request, response));
  app.post('/acs', (request, response) => receiveResponse(running, request, response));
  if (options.readName !== undefined)
    app.get('/acs', (request, response) => receiveResponse(running, request, response));
  app.get('/sign-out', (request, response) => requestLogout(running, request, response));
  app.all('/slo', (request, response) => endSessions(running, request, response));
  app.get('/reset', (_request, response) => {
    running.broken = false;
    response.send('reset');
  });
  app.get('/', (request, response) => showWhoIsSignedIn(request, response, options));
  return {
    url,
    redirectTo(next) {
      running.ssoUrl = next;
    },
    shutDown() {
      server.close();
      server.closeAllConnections();
    },
    reset() {
      running.broken = false;
    },
    config: {
      name: 'Gullible',
      entityId,
      acs: running.acs,
      signIn: `${url}/login`,
      signedIn: { page: `${url}/`, text: 'You are {user}' },
      user: { nameId: 'alice@example.org' },
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function replyInstead(instead: NonNullable<GullibleOptions['instead']>): RequestHandler {
  const counts = new Map<string, number>();
  return (request, response, next) => {
    const { method, path } = request;
    const before = counts.get(`${method} ${path}`) ?? 0;
    counts.set(`${method} ${path}`, before + 1);
    const reply = instead({ method, path, before });
    if (reply === undefined) return next();
    response.on('error', () => undefined);
    const hostile = hostileReplies[reply];
    if (hostile === undefined) response.send(reply);
    else hostile(response, request.socket, request);
  };
}

function redirectToIdp({ ssoUrl, entityId, acs, nameIdFormat }: Running, request: Request, response: Response): void {
  const browser = browserOf(request) || randomBytes(8).toString('hex');
  const message =
    '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ' +
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ' +
    `ID="_${randomBytes(16).toString('hex')}" Version="2.0" IssueInstant="${new Date().toISOString()}" ` +
    `Destination="${ssoUrl}" AssertionConsumerServiceURL="${acs}">` +
    `<saml:Issuer>${entityId}</saml:Issuer>${nameIdFormat ? `<samlp:NameIDPolicy Format="${nameIdFormat}"/>` : ''}` +
    '</samlp:AuthnRequest>';
  const target = new URL(ssoUrl);
  target.searchParams.set('SAMLRequest', deflateRawSync(message).toString('base64'));
  target.searchParams.set('RelayState', String(request.query.then ?? '/'));
  response.setHeader('set-cookie', [`browser=${browser}; SameSite=Strict`, `early=${browser}`]).redirect(target.href);
}

function receiveResponse(running: Running, request: Request, response: Response): void {
  const { url, rejectsAll, rejects, namesEmpty, breaks, redirects, inflates, after } = running;
  const fields = (request.body ?? {}) as Record<string, string>;
  const octets = Buffer.from(String(fields.SAMLResponse ?? ''), 'base64');
  const xml = inflates && octets[0] !== 0x3c ? inflateRawSync(octets).toString('utf8', 0, 1_000) : octets.toString();
  const { method } = request;
  const query = new URL(request.originalUrl, url).search;
  const name = running.readName
    ? (running.readName({ method, query, field: String(fields.SAMLResponse ?? ''), fields }) ?? '')
    : nameIn(xml, running);
  const isRejected = rejectsAll || !(name || namesEmpty) || (rejects !== undefined && xml.includes(rejects));
  const hostile = hostileReplies[after?.(xml) ?? ''];
  if (isRejected || (breaks && !xml.includes(`<saml:Audience>${url}<`))) {
    if (breaks) running.broken = true;
    if (hostile === undefined) response.send('Sorry, that did not work.');
    else hostile(response, request.socket, request);
    return;
  }
  const ownPage = /^\/oauth\/\w+$/.exec(fields.RelayState ?? '')?.[0] ?? '/';
  const id = randomBytes(8).toString('hex');
  sessions.set(id, running.broken ? undefined : name.trim());
  indexes.set(id, /SessionIndex="([^"]*)"/.exec(xml)?.[1]);
  if (hostile !== undefined) {
    sessions.set(earlySession(request), name.trim());
    hostile(response, request.socket, request);
    return;
  }
  response.setHeader('set-cookie', `session=${id}`).redirect(303, redirects ? fields.RelayState || '/' : ownPage);
}

/** The session stays open until the LogoutResponse arrives. */
function requestLogout({ ssoUrl, url }: Running, request: Request, response: Response): void {
  const id = `_${randomBytes(16).toString('hex')}`;
  logoutRequests.add(id);
  const sloUrl = ssoUrl.replace(/sso$/, 'slo');
  const message =
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ' +
    `xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" Version="2.0" Destination="${sloUrl}" ` +
    `IssueInstant="${new Date().toISOString()}"><saml:Issuer>${url}</saml:Issuer>` +
    `<saml:NameID>${sessions.get(sessionOf(request))}</saml:NameID></samlp:LogoutRequest>`;
  const target = new URL(sloUrl);
  target.searchParams.set('SAMLRequest', deflateRawSync(message).toString('base64'));
  response.redirect(target.href);
}

function endSessions(running: Running, request: Request, response: Response): void {
  const { url, readLogout, datesToTheSecond } = running;
  const { method } = request;
  const { search: query } = new URL(request.originalUrl, url);
  const { SAMLRequest, SAMLResponse } = (request.body ?? {}) as Record<string, string>;
  const field = SAMLRequest ?? SAMLResponse ?? '';
  const ended = readLogout?.({ method, query, field, url: `${url}/slo`, sentRequests: logoutRequests });
  if (ended === undefined) return void response.status(403).send('Rejected.');
  const own = sessionOf(request);
  for (const [id, name] of sessions) {
    const isNamed = ended.indexes.length === 0 || ended.indexes.includes(indexes.get(id) ?? '');
    if (ended.name === 'own' ? id === own : name === ended.name && isNamed) sessions.delete(id);
  }
  running.broken = datesToTheSecond === true;
  setTimeout(() => (running.broken = false), 900).unref();
  response.send('Signed out.');
}

const sessionOf = (request: Request): string => /session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';

/** The text up to the first tag or comment. */
function nameIn(xml: string, { knownBy }: Running): string {
  const value =
    knownBy === undefined ? undefined : new RegExp(`Name="${knownBy}".*?<saml:AttributeValue>([^<]*)<`, 's');
  return (value ?? /<(?:\w+:)?NameID[^>]*>([^<]*)</).exec(xml)?.[1] ?? '';
}

/** A session whose cookie was set before the sign-in. */
const earlySession = (request: Request): string => /early=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';

const browserOf = (request: Request): string => /browser=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';

function showWhoIsSignedIn(
  request: Request,
  response: Response,
  { beneath = '', namelessPage }: GullibleOptions,
): void {
  const session = sessionOf(request) || earlySession(request);
  const name = sessions.get(session) ?? (namelessPage ? '' : undefined);
  const shown = name === undefined ? '<p>Not signed in.</p>' : `<p>You are <b>${name.replace(/[<&]/g, '')}</b></p>`;
  response.send(shown + beneath);
}
