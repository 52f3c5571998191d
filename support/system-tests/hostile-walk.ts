/** Sends a route everything that foreign pages could send, and reports each forbidden change. */
import assert from 'node:assert/strict';
import { rawRequest } from '../stack/http.ts';
import { type Allowed, changesBeyond } from './allowed-changes.ts';
import { bodyOf, type ContentType, contentTypes, type HostileRequest, readers, writers } from './foreign-requests.ts';
import { differences, type State, type StateReader } from './kept-state.ts';
import type { Fields, Sample } from './route-samples.ts';
import type { Part, VictimsLab } from './victims-lab.ts';

export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const;
const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';
const formTypes = ['urlencoded', 'multipart', 'text'] as const;

/** Every sender, each content type at least once, and every method: enough to find an unguarded route. */
export function shortWalk(method: string): HostileRequest[] {
  const native = isReading(method)
    ? readers.map((sender): HostileRequest => ({ sender, method, type: 'none' }))
    : writers.map((sender, index): HostileRequest => ({ sender, method, type: formTypes[index % 3]! }));
  const types = isReading(method) ? [] : contentTypes.map((type) => ({ sender: writers[index(type)]!, method, type }));
  const others = methods
    .filter((other) => other !== method)
    .map((other): HostileRequest => {
      const sender = isReading(other) ? readers[0]! : writers[5]!;
      return { sender, method: other, type: isReading(other) ? 'none' : 'JSON' };
    });
  return [...native, ...types, ...others];
}
/** JSON if there is a guard, everything else from the sender with the fewest headers. */
const index = (type: ContentType): number => (type === 'JSON' ? 4 : 5);

/** Every sender with every method and every content type. */
export const longWalk = (): HostileRequest[] =>
  methods.flatMap((method) =>
    isReading(method)
      ? readers.map((sender) => ({ sender, method, type: 'none' as const }))
      : writers.flatMap((sender) => contentTypes.map((type) => ({ sender, method, type }))),
  );

export interface Target {
  part: Part;
  /** As listed by the router, with its method. */
  route: string;
  sample: Sample;
}

export const evaluated = <Value>(value: Value | (() => Value)): Value =>
  typeof value === 'function' ? (value as () => Value)() : value;

/** Path and body of a sample, with the fields that its page shows to the victim. */
export async function fill(lab: VictimsLab, { part, sample }: Target): Promise<{ path: string; fields: Fields }> {
  const path = evaluated(sample.path);
  const shown =
    sample.page === undefined ? {} : await lab.fieldsOn(lab.known.origins[part], sample.page, path.split('?')[0]!);
  return { path, fields: { ...shown, ...evaluated(sample.fields ?? {}) } };
}

export interface Reply {
  status: number;
  text: string;
  cookies: readonly string[];
}

/** Sends it unchanged, with the sender's Host. */
export async function sendHostile(
  { known, victim }: Pick<VictimsLab, 'known' | 'victim'>,
  { part, sample }: Target,
  { sender, method, type }: HostileRequest,
  shown: Fields,
): Promise<Reply> {
  const url = new URL(evaluated(sample.path), known.origins[part]);
  const body = bodyOf({ fields: { ...shown, ...evaluated(sample.fields ?? {}) }, json: sample.json }, type);
  const cookie =
    sender.cookies === 'nothing' ? '' : await victim.jar.getCookieString(url.href, { sameSiteContext: sender.cookies });
  const reply = await rawRequest({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: method as 'GET', // undici's type knows those of HTTP only
    headers: {
      host: sender.host === undefined ? url.host : `${sender.host}:${url.port}`,
      ...(cookie === '' ? {} : { cookie }),
      ...(body.type === undefined ? {} : { 'content-type': body.type }),
      ...sender.headers,
    },
    body: body.octets ?? null,
  });
  const cookies = [reply.headers['set-cookie'] ?? []].flat();
  return { status: reply.statusCode, text: await reply.body.text(), cookies };
}

interface Attack {
  requests: readonly HostileRequest[];
  allowed: readonly Allowed[];
}

/** One line per problem: a server error, content for a foreign Host, a forbidden change. */
export async function attackRoute(
  lab: VictimsLab,
  state: StateReader,
  target: Target,
  attack: Attack,
): Promise<string[]> {
  const { part, route } = target;
  const filled = await fill(lab, target).catch((error: Error) => error.message);
  // An earlier request has ended the session or the test that the form belongs to.
  if (typeof filled === 'string') return [`${route} of the ${part} cannot be tried any more: ${filled}`];
  const { fields: shown } = filled;
  const path = route.replace(/^\w+ /, '');
  if (attack.allowed.some((one) => one.part === part && one.routes.includes(path)))
    return attackOneByOne(lab, state, target, { ...attack, shown });
  // Comparing once is faster; only after a change are the requests tried one by one.
  const before = await state.read();
  const wrong: string[] = [];
  for (const request of attack.requests)
    wrong.push(...wrongReply(target, request, await sendHostile(lab, target, request, shown)));
  const changes = differences(before, await state.read());
  if (changes.length === 0) return wrong;
  const found = await attackOneByOne(lab, state, target, { ...attack, shown });
  return found.length > 0 ? found : changes.map(({ part: where }) => `${route} of the ${part}, once: ${where} changed`);
}

async function attackOneByOne(
  lab: VictimsLab,
  state: StateReader,
  target: Target,
  { requests, allowed, shown }: Attack & { shown: Fields },
): Promise<string[]> {
  const { part, route } = target;
  const read = (): State | Promise<State> => (part === 'sp' ? state.readTables() : state.read());
  const wrong: string[] = [];
  let before = await read();
  for (const request of requests) {
    wrong.push(...wrongReply(target, request, await sendHostile(lab, target, request, shown)));
    const after = await read();
    for (const change of changesBeyond(differences(before, after), { part, route, request, allowed }))
      wrong.push(`${inWords(target, request)}: ${change}`);
    before = after;
  }
  return wrong;
}

const inWords = ({ part, route }: Target, { method, sender, type }: HostileRequest): string =>
  `${method} ${route.replace(/^\w+ /, '')} of the ${part} from ${sender.name}, ${type}`;

function wrongReply(target: Target, request: HostileRequest, { status, text }: Reply): string[] {
  const isForeign = request.sender.host !== undefined && (status !== 421 || text.length > 300);
  if (status < 500 && !isForeign) return [];
  return [`${inWords(target, request)}: status ${status}${isForeign ? ' under a foreign Host' : ''}`];
}

/** The same request by the victim from its own page, or by the holder of the control token. */
export async function sendRightly(lab: VictimsLab, target: Target): Promise<number> {
  const { part, route, sample } = target;
  const method = route.split(' ')[0]!;
  const { path, fields } = await fill(lab, target);
  if (path.startsWith('/control')) return sendToControl(lab, { part, method, path, json: sample.json });
  const type =
    path.endsWith('/metadata') && method === 'POST' ? 'multipart' : isReading(method) ? 'none' : 'urlencoded';
  const own = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  const sender = { name: 'its own page', headers: own, cookies: 'strict' } as const;
  const { status, cookies } = await sendHostile(lab, target, { sender, method, type }, fields);
  for (const cookie of cookies) await lab.victim.jar.setCookie(cookie, `${lab.known.origins[part]}${path}`);
  return status;
}

async function sendToControl(
  { known }: VictimsLab,
  { part, method, path, json = {} }: { part: Part; method: string; path: string; json: unknown },
): Promise<number> {
  const { sp, idp } = known.lab.rehearsal.stack;
  const { control } = part === 'sp' ? sp : idp;
  const at = path.slice('/control'.length);
  const calls: Record<string, () => Promise<unknown>> = {
    GET: () => control.get(at),
    PUT: () => control.put(at, json),
    POST: () => control.post(at, json),
    PATCH: () => control.patch(at, json),
    DELETE: () => control.remove(at),
  };
  return calls[method]!().then(
    () => 200,
    (error: { status: number }) => error.status,
  );
}

/** Fails for a route without a sample, and for a sample without a route. */
export function assertSampled(part: Part, routes: readonly { method: string; path: string }[], samples: object): void {
  assert.deepEqual(
    routes.map(({ method, path }) => `${method} ${path}`).toSorted(),
    Object.keys(samples).toSorted(),
    `each route of the ${part} needs a sample in route-samples.ts, with valid parameters and fields`,
  );
}
