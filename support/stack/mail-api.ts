/** MailHog or Mailpit, read by its HTTP API. Neither marks an email as read in this way. */
import { randomUUID } from 'node:crypto';
import createMailhogClient from 'mailhog';
import { z } from 'zod';
import { networkProblem, shortened } from './foreign-reply.ts';
import { isSameAddress, spellingsOf } from './mail-address.ts';
import { MailFailure } from './mail-failure.ts';
import { getMail, type MailReply, parsedJson } from './mail-http.ts';
import { checkSize, contentOf, largestEmail, parseEmail } from './mail-message.ts';
import { type Found, type FoundEmail, type MailReader, usualPollMs } from './mail-reader.ts';

export interface ApiOptions {
  /** With the path prefix, if there is one. */
  url: string;
  user?: string | undefined;
  password?: string | undefined;
}

/** Emails of one recipient in a search. */
const newest = 200;

/** MailHog sends them whole. */
const largestSearch = 64 * 1024 * 1024;

type Get = (path: string, options?: { largest?: number }) => Promise<MailReply>;

/** Finds out which of the two it is. Throws MailFailure if it is neither. */
export async function openApi({ url, user, password = '' }: ApiOptions): Promise<MailReader> {
  const base = url.replace(/\/$/, '');
  const headers: Record<string, string> =
    user === undefined ? {} : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  const get: Get = (path, options) =>
    getMail(new URL(base + path), { headers, credentials: 'user and password', ...options });
  const where = shortened(base);
  const isPit = await isMailpit(get);
  const hog = isPit ? undefined : await mailhogIfThere(get, { base, user, password });
  const reader = hog ?? (isPit || (await searchesLikeMailpit(get)) ? mailpit(get) : undefined);
  if (reader === undefined)
    throw new MailFailure(
      `${where} is neither MailHog nor Mailpit: it has neither /api/v1/info nor /api/v2/search. ` +
        'Enter the address of its web page, with the path prefix if there is one',
    );
  const { name, find } = reader;
  return {
    name: `${name} at ${where}`,
    find,
    everyMs: usualPollMs,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

type Api = Pick<MailReader, 'name' | 'find'>;

const pitAddress = z.array(z.object({ Address: z.string() })).nullish();
const pitInfo = z.object({ Version: z.string(), Messages: z.number() });
const pitSearch = z.object({
  messages: z.array(
    z.object({
      ID: z.string().regex(/^[\w-]+$/),
      Created: z.coerce.date(),
      Size: z.number().default(0),
      To: pitAddress,
      Cc: pitAddress,
      Bcc: pitAddress,
    }),
  ),
});

const isMailpit = async (get: Get): Promise<boolean> =>
  pitInfo.safeParse(parsedJson((await get('/api/v1/info')).body)).success;

/** For one that hides its version. Asks for a recipient that has no emails, so that none is sent. */
async function searchesLikeMailpit(get: Get): Promise<boolean> {
  const query = encodeURIComponent(`to:"${noUser()}"`);
  const { body } = await get(`/api/v1/search?query=${query}&limit=1`);
  return pitSearch.safeParse(parsedJson(body)).success;
}

/** Its events would bring the beginnings of all emails, so it is searched by recipient. */
function mailpit(get: Get): Api {
  async function search(field: string, address: string, spelling: string): Promise<Found> {
    const query = encodeURIComponent(`${field}:"${spelling}"`);
    const { body, aheadMs } = await get(`/api/v1/search?query=${query}&limit=${newest}`, { largest: largestSearch });
    const { messages } = readAs(pitSearch, body, 'Mailpit');
    const ours = messages.filter(({ To, Cc, Bcc }) =>
      [To, Cc, Bcc].some((list) => list?.some(({ Address }) => isSameAddress(Address, address))),
    );
    return { emails: ours.map(toFound), others: messages.length - ours.length, aheadMs };
  }

  const toFound = ({ ID, Created, Size }: z.infer<typeof pitSearch>['messages'][number]): FoundEmail => ({
    id: ID,
    at: Created,
    async read() {
      checkSize(Size);
      const { status, body } = await get(`/api/v1/message/${ID}/raw`, { largest: largestEmail });
      return status === 404 ? undefined : contentOf(await parseEmail(body), Created);
    },
  });

  return {
    name: 'Mailpit',
    async find(address) {
      // Recipients that no header names are its Bcc.
      const fields = ['to', 'cc', 'bcc'];
      return merged(spellingsOf(address).flatMap((one) => fields.map((field) => search(field, address, one))));
    },
  };
}

const hogEmail = z.object({
  ID: z.string(),
  Created: z.coerce.date(),
  Raw: z.object({ To: z.array(z.string()).nullable(), Data: z.string() }),
});
type HogEmail = z.infer<typeof hogEmail>;
const hogSearch = z.object({ total: z.number(), items: z.array(hogEmail).nullable() });

const noUser = (): string => `${randomUUID()}@sso-rehearsal.invalid`;

interface Hog {
  base: string;
  user: string | undefined;
  password: string;
}

/** Asks for a recipient that has no emails, so that none is sent. */
async function mailhogIfThere(get: Get, hog: Hog): Promise<Api | undefined> {
  const { body, aheadMs } = await get(`/api/v2/search?kind=to&query=${noUser()}&start=0&limit=1`);
  return hogSearch.safeParse(parsedJson(body)).success ? mailhog(hog, aheadMs) : undefined;
}

/**
 * By its own client. It finds recipients that contain the address, and sends every email whole: those of others are
 * dropped unread.
 */
function mailhog({ base, user, password }: Hog, aheadMs: number): Api {
  const { protocol, hostname, port, pathname } = new URL(base);
  const client = createMailhogClient({
    protocol: protocol as 'http:' | 'https:',
    host: hostname.endsWith('.localhost') ? '127.0.0.1' : hostname,
    port: Number(port) || (protocol === 'https:' ? 443 : 80),
    basePath: `${pathname.replace(/\/$/, '')}/api`,
    ...(user === undefined ? {} : { auth: `${user}:${password}` }),
  });

  async function search(address: string, spelling: string): Promise<Found> {
    const found: unknown = await client.search(spelling, 'to', 0, newest).catch((error: Error) => {
      throw new MailFailure(`MailHog at ${shortened(base)} ${problemOf(error)}`, { cause: error });
    });
    const items = checked(hogSearch, found, 'MailHog').items ?? [];
    const ours = items.filter(({ Raw }) => Raw.To?.some((one) => isSameAddress(one, address)));
    return { emails: ours.map(toFound), others: items.length - ours.length, aheadMs };
  }

  const toFound = ({ ID, Created, Raw }: HogEmail): FoundEmail => ({
    id: ID,
    at: Created,
    async read() {
      checkSize(Buffer.byteLength(Raw.Data));
      return contentOf(await parseEmail(Raw.Data), Created);
    },
  });

  return { name: 'MailHog', find: (address) => merged(spellingsOf(address).map((one) => search(address, one))) };
}

/** Its client parses any reply as JSON. */
const problemOf = (error: Error): string =>
  error instanceof SyntaxError
    ? 'replied to a search with something other than JSON: check that no other server has taken its place'
    : networkProblem(error);

async function merged(searches: readonly Promise<Found>[]): Promise<Found> {
  const found = await Promise.all(searches);
  return {
    emails: oldestFirst(found.flatMap(({ emails }) => emails)),
    others: found.reduce((sum, { others = 0 }) => sum + others, 0),
    aheadMs: found[0]?.aheadMs ?? 0,
  };
}

/** Without repetitions. */
const oldestFirst = (emails: readonly FoundEmail[]): FoundEmail[] =>
  [...new Map(emails.map((one) => [one.id, one])).values()]
    .toReversed() // the newest comes first, with times that may be equal
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());

const readAs = <Schema extends z.ZodType>(schema: Schema, body: Buffer, name: string): z.infer<Schema> =>
  checked(schema, parsedJson(body), name);

function checked<Schema extends z.ZodType>(schema: Schema, reply: unknown, name: string): z.infer<Schema> {
  const { success, data } = schema.safeParse(reply);
  if (!success) throw new MailFailure(`${name} replied to a search with something other than a list of emails`);
  return data;
}
