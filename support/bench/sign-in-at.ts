/** A whole sign-in at the mock's login page, by a posted request: what a browser sends, and nothing else. */
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';

export interface SignInAt {
  /** The number of the user: user7 has “password 7”. */
  n: number;
  /** Entity ID of the app that asks. */
  app: string;
  /** By default a new connection for each request. */
  agent?: Agent | undefined;
}

export interface SignedInAt {
  cookies: Readonly<Record<string, string>>;
}

/** Throws unless it ends in a response to this request, about this user, with two signatures. */
export async function signInAt(tenant: string, { n, app, agent }: SignInAt): Promise<SignedInAt> {
  const cookies: Record<string, string> = {};
  const send = (url: string, form?: Record<string, string>): Promise<Reply> =>
    exchange(url, { form, cookies, agent: agent ?? new Agent() });
  const id = `_${randomBytes(16).toString('hex')}`;
  const message = requestXml({ id, destination: `${tenant}/sso`, app });
  const asked = await send(`${tenant}/sso`, {
    SAMLRequest: Buffer.from(message).toString('base64'),
    RelayState: String(n),
  });
  const page = await send(new URL(asked.location, tenant).href);
  const transaction = /name="transaction" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const { status, text } = await send(`${tenant}/login`, {
    transaction,
    username: `user${n}`,
    password: `password ${n}`,
  });
  const field = /name="SAMLResponse" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const response = Buffer.from(field, 'base64').toString();
  const isRight = response.includes(`>user${n}@`) && response.includes(`InResponseTo="${id}"`);
  if (!isRight || response.match(/<ds:SignatureValue>/g)?.length !== 2)
    throw new Error(`the sign-in of user${n} ended with status ${status}: ${text.slice(0, 500)}`);
  return { cookies };
}

const requestXml = ({ id, destination, app }: { id: string; destination: string; app: string }): string =>
  `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="${id}" Version="2.0" ` +
  `IssueInstant="${new Date().toISOString()}" Destination="${destination}">` +
  `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${app}</saml:Issuer></samlp:AuthnRequest>`;

interface Reply {
  status: number;
  location: string;
  text: string;
}

interface Sending {
  form: Record<string, string> | undefined;
  /** Sent, and kept from the reply. */
  cookies: Record<string, string>;
  agent: Agent;
}

function exchange(url: string, { form, cookies, agent }: Sending): Promise<Reply> {
  const body = form === undefined ? '' : new URLSearchParams(form).toString();
  const cookie = Object.entries(cookies)
    .map((pair) => pair.join('='))
    .join('; ');
  const headers = {
    ...(cookie === '' ? {} : { cookie }),
    ...(body === ''
      ? {}
      : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method: body === '' ? 'GET' : 'POST', headers }, (reply) => {
      let text = '';
      for (const set of reply.headers['set-cookie'] ?? []) {
        const [name, value] = set.split(';')[0]!.split('=');
        cookies[name!] = value!;
      }
      reply.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      reply.once('error', reject);
      reply.once('end', () => resolve({ status: reply.statusCode ?? 0, location: reply.headers.location ?? '', text }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
