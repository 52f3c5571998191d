/** Who may sign in, what becomes of a waiting request, and the answer with the tenant's arranged faults. It speaks no HTTP and shows no page. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type AnswerInput, answer } from './answer.ts';
import type { Delivery } from './delivery.ts';
import type { KeyPair } from './keys.ts';
import { offeredNameIdFormats } from './metadata.ts';
import { authnContexts, nameIdFormats, randomId, statusCode } from './saml-values.ts';
import {
  type App,
  findUser,
  hashOf,
  isAssigned,
  note,
  type PendingRequest,
  remember,
  type Session,
  type Tenant,
  type Transaction,
  tenantTime,
  type User,
} from './state.ts';

export const attemptsAllowed = 10;
const lockMs = 15 * 60_000;
const sessionMs = 8 * 60 * 60_000;
const transactionMs = 60 * 60_000;

type Status = NonNullable<AnswerInput['status']>;

export const cancelled: Status = { code: 'Responder', second: 'AuthnFailed', message: 'User cancelled' };

/** What comes next for a sign-in that waits. */
export type Outcome =
  | { kind: 'ask' }
  | { kind: 'refuse'; status: Status }
  | { kind: 'not-assigned'; user: User }
  | { kind: 'sign-in'; user: User; session: Session };

/** `fresh` says that the session's user has just given the password for this very sign-in. */
export function decide(
  tenant: Tenant,
  { app, request }: Transaction,
  session: Session | undefined,
  { fresh = false }: { fresh?: boolean } = {},
): Outcome {
  if (request?.nameIdFormat !== undefined && !offeredNameIdFormats.includes(request.nameIdFormat)) {
    return {
      kind: 'refuse',
      status: {
        code: 'Requester',
        second: 'InvalidNameIDPolicy',
        message: `The name identifier format ${request.nameIdFormat} is not offered`,
      },
    };
  }
  if (contextFor(request) === undefined)
    return {
      kind: 'refuse',
      status: {
        code: 'Responder',
        second: 'NoAuthnContext',
        message: 'None of the requested authentication contexts can be met',
      },
    };
  const user = session && findUser(tenant, session.username);
  const usable = user !== undefined && !isLocked(tenant, user) && (fresh || !request?.forceAuthn);
  if (!session || !usable)
    return request?.isPassive
      ? {
          kind: 'refuse',
          status: { code: 'Responder', second: 'NoPassive', message: 'The user would have to be asked' },
        }
      : { kind: 'ask' };
  return isAssigned(app, user) ? { kind: 'sign-in', user, session } : { kind: 'not-assigned', user };
}

/** The authentication context class to be stated, or undefined when the requested ones cannot be met (SAML core 3.3.2.2.1). */
function contextFor(request: PendingRequest | undefined): string | undefined {
  const byStrength: string[] = [
    authnContexts.unspecified,
    authnContexts.password,
    authnContexts.passwordProtectedTransport,
  ];
  const wanted = request?.authnContext;
  if (!wanted) return authnContexts.passwordProtectedTransport;
  if (wanted.declarations) return undefined;
  const known = wanted.classes.filter((one) => byStrength.includes(one));
  if (known.length === 0) return undefined;
  if (wanted.comparison === 'exact') return known[0];
  const ranks = known.map((one) => byStrength.indexOf(one));
  const best = byStrength.length - 1;
  if (wanted.comparison === 'minimum') return byStrength[best];
  if (wanted.comparison === 'maximum') return byStrength[Math.max(...ranks)];
  if (wanted.comparison === 'better') return Math.max(...ranks) < best ? byStrength[best] : undefined;
  return undefined;
}

/** Begins to wait for the user; the oldest wait is forgotten when there are too many. */
export function beginTransaction(tenant: Tenant, transaction: Omit<Transaction, 'id' | 'since'>): Transaction {
  const waiting = { ...transaction, id: randomBytes(24).toString('base64url'), since: tenantTime(tenant) };
  remember(tenant.transactions, waiting.id, waiting, 2_000);
  return waiting;
}

export function findTransaction(tenant: Tenant, id: unknown): Transaction | undefined {
  const found = typeof id === 'string' ? tenant.transactions.get(id) : undefined;
  return found && tenantTime(tenant) - found.since < transactionMs ? found : undefined;
}

export type Attempt = { user: User } | { failed: 'wrong' | 'locked' };

/** Checks a password; too many wrong ones in a row keep the user out for a while. */
export function authenticate(tenant: Tenant, username: string, password: string): Attempt {
  const user = findUser(tenant, username);
  if (user && isLocked(tenant, user)) {
    note(tenant, 'login', { username: user.username, ok: false, because: 'locked' });
    return { failed: 'locked' };
  }
  if (!user || !isSame(password, user.password)) {
    note(tenant, 'login', { username, ok: false, because: user ? 'wrong password' : 'unknown user' });
    if (user && ++user.wrong >= attemptsAllowed) {
      user.wrong = 0;
      user.lockedUntil = tenantTime(tenant) + lockMs;
    }
    return { failed: 'wrong' };
  }
  user.wrong = 0;
  note(tenant, 'login', { username: user.username, ok: true });
  return { user };
}

const isLocked = (tenant: Tenant, user: User): boolean => user.locked || user.lockedUntil > tenantTime(tenant);
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** Opens a session and gives the value of its cookie. The same user's session in this browser goes on under its index, so that the apps' sessions still belong to it. */
export function openSession(
  tenant: Tenant,
  user: User,
  formerCookie: string | undefined,
): { cookie: string; session: Session } {
  const former = sessionOf(tenant, formerCookie);
  if (formerCookie !== undefined) tenant.sessions.delete(hashOf(formerCookie));
  const kept = former?.username === user.username ? former : undefined;
  const session: Session = {
    index: kept?.index ?? randomId(),
    username: user.username,
    authnInstant: tenantTime(tenant),
    apps: kept?.apps ?? new Map(),
  };
  const cookie = randomBytes(32).toString('base64url');
  remember(tenant.sessions, hashOf(cookie), session);
  return { cookie, session };
}

export function sessionOf(tenant: Tenant, cookie: string | undefined): Session | undefined {
  const session = cookie === undefined ? undefined : tenant.sessions.get(hashOf(cookie));
  return session && tenantTime(tenant) - session.authnInstant < sessionMs ? session : undefined;
}

/** Ends every session that fits; gives those that ended. */
export function endSessions(tenant: Tenant, fits: (session: Session, cookieHash: string) => boolean): Session[] {
  const ended = [...tenant.sessions].filter(([hash, session]) => fits(session, hash));
  for (const [hash, session] of ended) {
    tenant.sessions.delete(hash);
    note(tenant, 'logout', { username: session.username, sessionIndex: session.index });
  }
  return ended.map(([, session]) => session);
}

export interface Answering {
  issuer: string;
  stranger: KeyPair;
  /** Who signs in; absent when the answer is a refusal. */
  signIn?: { user: User; session: Session };
  status?: Status;
}

/** The answer to a waiting request, arranged faults included. Whatever was waiting is answered from now on. */
export function answerTransaction(
  tenant: Tenant,
  transaction: Transaction,
  { issuer, stranger, signIn, status }: Answering,
): Delivery {
  const { app, acsUrl, request, relayState } = transaction;
  const named = signIn
    ? nameFor(tenant, app, signIn.user, request?.nameIdFormat)
    : { nameId: '', nameIdFormat: nameIdFormats.unspecified };
  const now = tenantTime(tenant);
  const active = tenant.faults.filter(({ fault, times }) => fault.transport === undefined && times !== 0);
  const other = tenant.apps.find((one) => one !== app);
  const delivery = answer({
    issuer,
    keys: tenant.keys,
    stranger,
    app: { entityId: app.entityId, acsUrl, encryptionCertificate: app.encrypt ? app.encryptionCertificate : undefined },
    request: request && { id: request.id },
    relayState,
    user: { ...named, attributes: signIn ? attributesOf(signIn.user) : {} },
    status,
    now: new Date(now),
    authnInstant: new Date(signIn?.session.authnInstant ?? now),
    sessionIndex: signIn?.session.index ?? randomId(),
    authnContextClassRef: contextFor(request) ?? authnContexts.unspecified,
    faults: active,
    elsewhere: {
      acsUrl: other?.acs[0]?.url ?? app.acs.find(({ url }) => url !== acsUrl)?.url,
      entityId: other?.entityId,
      requestId: [...tenant.transactions.values()].findLast(
        (one) => one !== transaction && one.app === app && one.request !== undefined && one.request.id !== request?.id,
      )?.request?.id,
      previous: tenant.previous,
    },
  });
  for (const arranged of active) {
    if (delivery.struck.includes(arranged.phrase)) arranged.struck++;
    if (arranged.times !== undefined) arranged.times--;
  }
  tenant.previous = delivery;
  tenant.transactions.delete(transaction.id);
  if (request) tenant.requests.set(requestKey(app, request.id), undefined);
  if (signIn && !status) signIn.session.apps.set(app.entityId, named);
  note(tenant, 'response', {
    app: app.entityId,
    acsUrl: delivery.action,
    inResponseTo: request?.id,
    username: signIn?.user.username,
    nameId: signIn && named.nameId,
    status: statusCode(status?.code ?? 'Success'),
    second: status?.second && statusCode(status.second),
    struck: delivery.struck,
  });
  return delivery;
}

export const requestKey = (app: App, id: string): string => `${app.entityId} ${id}`;

/** The name identifier in the format asked for; unless asked otherwise, that of the app, and the mail address as the last resort. */
function nameFor(
  tenant: Tenant,
  app: App,
  user: User,
  asked: string | undefined,
): { nameId: string; nameIdFormat: string } {
  const open = asked === undefined || asked === nameIdFormats.unspecified;
  const format = open ? (app.nameIdFormat ?? nameIdFormats.emailAddress) : asked;
  if (format === nameIdFormats.transient) return { nameId: randomId(), nameIdFormat: format };
  if (format === nameIdFormats.persistent) {
    const pairwise = createHmac('sha256', tenant.secret)
      .update(JSON.stringify([app.entityId, user.username.toLowerCase()]))
      .digest('base64url');
    return { nameId: pairwise, nameIdFormat: format };
  }
  return { nameId: user.nameId ?? user.email ?? user.username, nameIdFormat: format };
}

const attributesOf = ({ email, attributes }: User): Record<string, readonly string[]> =>
  email === undefined || 'email' in attributes ? attributes : { email: [email], ...attributes };
