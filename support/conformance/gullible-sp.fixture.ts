/** A service provider that believes whatever it is sent, with weaknesses to choose, so that the stand has something to find. Never one to learn from. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import express from 'express';

export interface GullibleOptions {
  ssoUrl: string;
  /** Believes nothing at all. */
  refusesAll?: boolean;
  /** Refuses what is not for its audience, and then knows nobody any more until it is forgiven. */
  sulks?: boolean;
  /** Goes wherever RelayState says. */
  redirects?: boolean;
  /** Unpacks whatever is packed, without a limit. */
  inflates?: boolean;
}

export interface Gullible extends AsyncDisposable {
  /** Sends people to another sign-on URL from now on. */
  leadTo(ssoUrl: string): void;
  forgive(): void;
  url: string;
  config: { name: string; entityId: string; acs: string; signIn: string; signedIn: object; user: { nameId: string } };
}

const sessions = new Map<string, string>();

export async function startGullible({
  ssoUrl: first,
  refusesAll = false,
  sulks = false,
  redirects = false,
  inflates = false,
}: GullibleOptions): Promise<Gullible> {
  const app = express();
  const spoilt = new Set<string>();
  let ssoUrl = first;
  app.use(express.urlencoded({ extended: false, limit: '64mb' }));
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const acs = `${url}/acs`;

  app.get('/login', (request, response) => {
    const browser = /browser=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? randomBytes(8).toString('hex');
    const message = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_${randomBytes(16).toString('hex')}" Version="2.0" IssueInstant="${new Date().toISOString()}" Destination="${ssoUrl}" AssertionConsumerServiceURL="${acs}"><saml:Issuer>${url}</saml:Issuer></samlp:AuthnRequest>`;
    const target = new URL(ssoUrl);
    target.searchParams.set('SAMLRequest', deflateRawSync(message).toString('base64'));
    target.searchParams.set('RelayState', '/');
    response.setHeader('set-cookie', `browser=${browser}; SameSite=Strict`).redirect(target.href);
  });
  app.post('/acs', (request, response) => {
    const fields = (request.body ?? {}) as Record<string, string>;
    const octets = Buffer.from(String(fields.SAMLResponse ?? ''), 'base64');
    const xml = inflates && octets[0] !== 0x3c ? inflateRawSync(octets).toString('utf8', 0, 1_000) : octets.toString();
    const [, name] = /<(?:\w+:)?NameID[^>]*>([^<]+)</.exec(xml) ?? [];
    if (refusesAll || name === undefined || (sulks && !xml.includes(`<saml:Audience>${url}<`))) {
      if (sulks) spoilt.add('all');
      return void response.send('Sorry, that did not work.');
    }
    const id = randomBytes(8).toString('hex');
    sessions.set(id, spoilt.has('all') ? '' : name.trim());
    response.setHeader('set-cookie', `session=${id}`).redirect(303, redirects ? fields.RelayState || '/' : '/');
  });
  app.get('/', (request, response) => {
    const name = sessions.get(/session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    response.send(name ? `<p>You are <b>${name.replace(/[<&]/g, '')}</b></p>` : '<p>Nobody is signed in.</p>');
  });

  return {
    url,
    leadTo: (next) => void (ssoUrl = next),
    forgive: () => spoilt.clear(),
    config: {
      name: 'Gullible',
      entityId: url,
      acs,
      signIn: `${url}/login`,
      signedIn: { page: `${url}/`, text: 'You are {user}' },
      user: { nameId: 'alice@example.org' },
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
