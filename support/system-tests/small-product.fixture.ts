/** A small service provider for Acme that is correct, or wrong in one respect. Not an example. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';

/** Defects of a product. */
export type Wrong =
  | 'signs in the NameID of every response'
  | 'takes the typed email for the user'
  | 'keeps the earlier session when it rejects a response'
  | 'shows the newest user in every browser'
  | 'always shows the same page'
  | 'shows Sam before any sign-in'
  | 'ends when it should reject a response'
  | 'ends after it has rejected a response'
  | 'sends a rejected user back to the IdP'
  | 'redirects a rejected user without an end'
  | 'rejects every response after the first wrong one'
  | 'fails to show a user whom it should have rejected'
  | 'shows an error page when a sign-in starts'
  | 'keeps sessions by the local part of the NameID'
  | 'checks no Audience while it is busy'
  | 'keeps the session of a user who signs out';

export interface SmallProductOptions {
  wrong?: Wrong | undefined;
  /** Accepts responses that it did not request. */
  acceptsIdpInitiated?: boolean;
  /** Asks for its terms after each sign-in at the IdP. */
  asksForTerms?: boolean;
  /** Takes one response to each request. */
  takesOneResponse?: boolean;
}

interface Known extends SmallProductOptions {
  url: string;
  idp: { entityId: string; ssoUrl: string; certificates: readonly string[] };
  /** Emails typed at the login page, by request. */
  requests: Map<string, string>;
  /** True if every response is rejected. */
  isLocked?: boolean;
  /** The user who signed in last. */
  newest?: string;
}

export interface SmallProduct extends AsyncDisposable {
  url: string;
}

const metadataOf = (url: string): string => `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"
  entityID="${url}/metadata"><SPSSODescriptor WantAssertionsSigned="true"
  protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><AssertionConsumerService index="0"
  Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${url}/acs"/></SPSSODescriptor>
  </EntityDescriptor>`;

const loginForm = `<h1>Log in</h1><form method="post" action="/sso"><label>Work email <input name="email"></label>
<button>Continue</button></form>`;

/** Signed in by a response that should have been rejected. */
const forged = 'unknown to this product';

const unknownIdp = { idp: { entityId: '', ssoUrl: '', certificates: [] } };

export async function startSmallProduct(options: SmallProductOptions = {}): Promise<SmallProduct> {
  const { wrong } = options;
  const known: Known = { ...options, ...unknownIdp, url: '', requests: new Map() };
  const sessions = new Map<string, string>();

  async function reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url!, known.url).pathname;
    const sent = await bodyOf(request);
    const fields = new URLSearchParams(sent);
    const cookie = /session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const page = (text: string, status = 200): unknown =>
      response.writeHead(status, { 'content-type': 'text/html' }).end(`<main>${text}</main>`);
    const goTo = (location: string, headers = {}): unknown => response.writeHead(303, { ...headers, location }).end();
    const askIdp = (email: string): unknown => goTo(requestTo(known, email));
    const letIn = (user: string): unknown => {
      const id = newSession(user, wrong);
      sessions.set(id, user);
      return goTo('/', { 'set-cookie': `session=${id}; Path=/` });
    };

    function rejected(): unknown {
      if (wrong === 'ends when it should reject a response') return close();
      if (wrong === 'ends after it has rejected a response') response.on('finish', close);
      known.isLocked = wrong === 'rejects every response after the first wrong one';
      if (wrong === 'fails to show a user whom it should have rejected') return letIn(forged);
      if (wrong === 'sends a rejected user back to the IdP') return askIdp('');
      if (wrong === 'redirects a rejected user without an end') return goTo('/failed');
      if (wrong !== 'keeps the earlier session when it rejects a response') sessions.delete(cookie);
      return page('<h1>Login failed</h1>', 403);
    }

    if (path === '/metadata') return void response.end(metadataOf(known.url));
    if (path === '/idp') return void learnIdp(known, sent, response);
    if (path === '/login') return void page(loginForm);
    if (path === '/failed') return void goTo('/failed');
    if (path === '/sso' && wrong === 'shows an error page when a sign-in starts')
      return void page('<h1>Out of order</h1>', 500);
    if (path === '/sso' && !/@(acme|branch)\.example$/.test(fields.get('email') ?? ''))
      return void page('<h1>Who are you?</h1>');
    if (path === '/sso') return void askIdp(fields.get('email')!);
    if (path === '/terms') return void page(termsOf(new URL(request.url!, known.url)));
    if (path === '/accept') return void letIn(fields.get('user')!);
    if (path === '/out' && wrong !== 'keeps the session of a user who signs out') sessions.delete(cookie);
    if (path === '/out') return void goTo('/', { 'set-cookie': 'session=; Path=/; Max-Age=0' });
    if (path === '/acs') {
      const user = userOf(Buffer.from(fields.get('SAMLResponse') ?? '', 'base64').toString(), known);
      if (user === undefined || known.isLocked) return void rejected();
      known.newest = user;
      return void (options.asksForTerms ? goTo(`/terms?user=${user}`) : letIn(user));
    }
    const user = shownUser(known, sessions.get(cookie));
    page(homePage(user, wrong), user === forged ? 500 : 200);
  }

  const server = createServer((request, response) => void reply(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  known.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return {
    url: known.url,
    async [Symbol.asyncDispose]() {
      close();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** `user` has the session. */
const shownUser = ({ wrong, newest }: Known, user: string | undefined): string | undefined =>
  user !== undefined && wrong === 'shows the newest user in every browser' ? newest : user;

const newSession = (user: string, wrong: Wrong | undefined): string =>
  wrong === 'keeps sessions by the local part of the NameID' ? user.split('@')[0]! : randomBytes(8).toString('hex');

const termsOf = ({ searchParams }: URL): string => `<h1>Terms</h1><form method="post" action="/accept">
<label><input type="checkbox" name="ok"> I accept</label>
<button name="user" value="${searchParams.get('user')}">Continue</button></form>`;

function homePage(user: string | undefined, wrong: Wrong | undefined): string {
  if (wrong === 'always shows the same page') return '<h1>Board</h1>';
  if (wrong === 'shows Sam before any sign-in') return '<p>Logged in: sam@acme.example!</p>';
  if (user === forged) return '<h1>Something went wrong</h1>';
  if (user === undefined) return '<p>No user is logged in.</p>';
  return `<p>Logged in: ${user}!</p><form method="post" action="/out"><button>Log out</button></form>`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function learnIdp(known: Known, metadata: string, response: ServerResponse): void {
  const certificates = [...metadata.matchAll(/X509Certificate>\s*([^<]+?)\s*</g)].map(([, one]) => one!);
  const [, entityId = ''] = /entityID="([^"]+)"/.exec(metadata) ?? [];
  const [, ssoUrl = ''] = /SingleSignOnService[^>]+Location="([^"]+)"/.exec(metadata) ?? [];
  known.idp = { entityId, ssoUrl, certificates: [...new Set(certificates)] };
  response.writeHead(certificates.length === 0 ? 400 : 204).end();
}

function requestTo({ url, idp, requests }: Known, email: string): string {
  const id = `_${randomBytes(16).toString('hex')}`;
  requests.set(id, email);
  const xml = `<p:AuthnRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="${id}" Version="2.0"
    IssueInstant="${new Date().toISOString()}" Destination="${idp.ssoUrl}" AssertionConsumerServiceURL="${url}/acs">
    <s:Issuer xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion">${url}/metadata</s:Issuer></p:AuthnRequest>`;
  const target = new URL(idp.ssoUrl);
  target.searchParams.set('SAMLRequest', deflateRawSync(xml).toString('base64'));
  return target.href;
}

/** The user to sign in; undefined if the response is rejected. */
function userOf(xml: string, known: Known): string | undefined {
  const { wrong } = known;
  try {
    const nameId =
      wrong === 'signs in the NameID of every response' ? /NameID[^>]*>([^<]+)</.exec(xml)?.[1] : verified(xml, known);
    const [, request = ''] = /InResponseTo="(\w+)"/.exec(xml) ?? [];
    return wrong === 'takes the typed email for the user' && nameId !== undefined
      ? known.requests.get(request)
      : nameId;
  } catch {
    return undefined;
  }
}

const parsed = (xml: string): Document =>
  new DOMParser({
    errorHandler: (_level: unknown, message: string) => {
      throw new Error(message);
    },
  }).parseFromString(xml, 'text/xml');

const all = (node: Document | Element, name: string): Element[] => Array.from(node.getElementsByTagNameNS('*', name));

/** Reads only what a valid signature covers. Throws if a check fails. */
function verified(xml: string, known: Known): string | undefined {
  const { url, idp, requests, acceptsIdpInitiated = false, takesOneResponse = false, wrong } = known;
  const must = (isTrue: boolean): void => {
    if (!isTrue) throw new Error('rejected');
  };
  const isBusy = wrong === 'checks no Audience while it is busy' && requests.size > 5;
  const whole = parsed(xml);
  must(whole.documentElement.localName === 'Response' && all(whole, 'Assertion').length === 1);
  must(all(whole, 'StatusCode')[0]?.getAttribute('Value') === 'urn:oasis:names:tc:SAML:2.0:status:Success');
  const covered = all(whole, 'Signature').map((signature) => signedPart(xml, signature, idp.certificates));
  const assertions = covered.flatMap((part) => all(parsed(part), 'Assertion'));
  const assertion = assertions[0]!;
  const text = (name: string): string => all(assertion, name)[0]?.textContent ?? '';
  const conditions = all(assertion, 'Conditions')[0]!;
  const confirmation = all(assertion, 'SubjectConfirmationData')[0]!;
  const request = confirmation.getAttribute('InResponseTo') ?? '';
  const isRequested = takesOneResponse ? requests.delete(request) : requests.has(request);
  must(text('Issuer') === idp.entityId);
  must(isBusy || all(assertion, 'Audience').some((one) => one.textContent === `${url}/metadata`));
  must(Date.parse(conditions.getAttribute('NotBefore')!) <= Date.now());
  must(Date.parse(conditions.getAttribute('NotOnOrAfter')!) > Date.now());
  must(Date.parse(confirmation.getAttribute('NotOnOrAfter')!) > Date.now());
  must(isRequested || (acceptsIdpInitiated && !confirmation.hasAttribute('InResponseTo')));
  must(confirmation.getAttribute('Recipient') === `${url}/acs`);
  return text('NameID') || undefined;
}

/** The text that this signature covers. Throws unless one of the certificates verifies it. */
function signedPart(xml: string, signature: Element, certificates: readonly string[]): string {
  for (const one of certificates) {
    const publicCert = `-----BEGIN CERTIFICATE-----\n${one}\n-----END CERTIFICATE-----`;
    const signed = new SignedXml({ publicCert, getCertFromKeyInfo: () => null });
    try {
      signed.loadSignature(signature as never);
      if (signed.checkSignature(xml) && signed.getSignedReferences().length === 1)
        return signed.getSignedReferences()[0]!;
    } catch {
      // the next certificate may verify it
    }
  }
  throw new Error('no certificate verifies the signature');
}
