/** Issues the response of a transaction: builds it, counts faults, closes the transaction, and logs it. */
import type { Fault } from '../fault.ts';
import { type BuildInput, buildResponseInThreadPool } from '../response/build-response.ts';
import type { Delivery } from '../response/delivery.ts';
import { inputInPersona } from '../response/in-persona.ts';
import { authnContexts, nameIdFormats, statusCode } from '../response/saml-values.ts';
import { switchExpiredKeys } from '../tenants/key-switch.ts';
import type { KeyPair } from '../tenants/keys.ts';
import { idsOfMessage } from '../tenants/seed.ts';
import {
  type App,
  type Arrangement,
  findUser,
  note,
  type SentName,
  type Session,
  type Tenant,
  type Transaction,
  tenantTime,
  type User,
} from '../tenants/state.ts';
import { inPersona } from '../tenants/tenant-persona.ts';
import { type NameId, nameIdOf } from './name-id.ts';
import { authnContextFor, type Status } from './sign-in.ts';
import { endTransaction, requestKey, resumeTransaction } from './transactions.ts';

export interface ResponseOptions {
  /** The tenant's entity ID. */
  issuer: string;
  untrustedKeys: KeyPair;
  /** The user who signs in; absent for an error response. */
  signIn?: { user: User; session: Session };
  /** The status of an error response. */
  status?: Status;
  /** True if the caller delivers the form, and counts those faults then that are in how it is sent. */
  isDeliveredLater?: boolean;
}

/** Input for building and recording a response. */
interface Issue extends ResponseOptions {
  tenant: Tenant;
  transaction: Transaction;
  nameId: SentName;
  /** Arranged faults that apply to this response. */
  faults: readonly Arrangement[];
}

/**
 * Builds the response with the tenant's arranged faults and closes the transaction. The request and the strikes of the
 * faults are used up before the first signature, so that no other response uses them, too.
 */
export async function issueResponse(
  tenant: Tenant,
  transaction: Transaction,
  options: ResponseOptions,
): Promise<Delivery> {
  switchExpiredKeys(tenant);
  const asked: Issue = {
    ...options,
    tenant,
    transaction,
    nameId: nameIdFor(tenant, transaction, options),
    faults: tenant.faults.filter(({ fault, times }) => isOfResponse(fault) && times !== 0),
  };
  const input = inputFor(asked);
  const issue = asked.tenant.persona ? { ...asked, nameId: sentIn(input()) } : asked;
  const giveBack = use(issue);
  const delivery = await inTurn(issue, () => buildResponseInThreadPool(input())).catch((error: unknown) => {
    giveBack();
    throw error;
  });
  countStrikes(issue, delivery);
  log(issue, delivery);
  return delivery;
}

/** Not in a Set: what was in one is kept until the next full garbage collection. */
const underWay = new WeakMap<Tenant, Promise<unknown>[]>();

/** A fault that uses the previous response waits for those under way. */
async function inTurn({ tenant, faults }: Issue, build: () => Promise<Delivery>): Promise<Delivery> {
  const others = underWay.get(tenant) ?? [];
  underWay.set(tenant, others);
  const waitsFor = faults.some(({ fault }) => fault.usesPrevious) ? [...others] : [];
  const made = (waitsFor.length === 0 ? build() : Promise.allSettled(waitsFor).then(build)).then((delivery) => {
    tenant.previous = delivery;
    return delivery;
  });
  others.push(made);
  return made.finally(() => others.splice(others.indexOf(made), 1));
}

/** A persona may send another NameID and another index of the session. */
const sentIn = ({ user: { nameId, nameIdFormat }, sessionIndex }: BuildInput): SentName => ({
  nameId,
  nameIdFormat,
  sessionIndex,
});

const isOfResponse = ({ transport, logout }: Fault): boolean => transport === undefined && logout === undefined;

const nameIdFor = (tenant: Tenant, { app, request }: Transaction, { signIn }: ResponseOptions): NameId =>
  signIn
    ? nameIdOf(tenant, app, signIn.user, request?.nameIdFormat)
    : { nameId: '', nameIdFormat: nameIdFormats.unspecified };

function inputFor({
  tenant,
  transaction,
  issuer,
  untrustedKeys,
  signIn,
  status,
  nameId,
  faults,
}: Issue): () => BuildInput {
  const { app, acsUrl, request, relayState } = transaction;
  const now = tenantTime(tenant);
  const isEncrypted = app.encrypt || faults.some(({ fault }) => fault.encrypts);
  const id = idsOfMessage(tenant);
  const plain: BuildInput = {
    issuer: app.forgedIssuer ?? issuer,
    keys: tenant.keys,
    untrustedKeys,
    app: {
      entityId: app.entityId,
      acsUrl,
      encryptionCertificate: isEncrypted ? app.encryptionCertificate : undefined,
      knownBy: app.knownBy,
    },
    request: request && { id: request.id },
    relayState,
    user: { ...nameId, attributes: signIn ? attributesOf(signIn.user) : {} },
    status,
    now: new Date(now),
    authnInstant: new Date(signIn?.session.authnInstant ?? now),
    sessionIndex: signIn?.session.index ?? id(),
    id,
    authnContextClassRef: authnContextFor(request) ?? authnContexts.unspecified,
    faults,
  };
  const persona = inPersona(tenant, {
    username: signIn?.user.username,
    attributeNames: tenant.persona && namesOfAttributes(tenant),
  });
  const known = faults.length === 0 ? plain : { ...plain, elsewhere: elsewhere(tenant, transaction) };
  const input = persona ? inputInPersona(known, persona) : known;
  return faults.length === 0
    ? () => input
    : () => ({ ...input, elsewhere: { ...input.elsewhere, previous: tenant.previous } });
}

/** Of all users, except those by a pattern. */
const namesOfAttributes = ({ users }: Tenant): string[] => [
  ...new Set([...users.values()].flatMap(({ attributes }) => Object.keys(attributes))),
];

/** Other state of this tenant that faults use. */
function elsewhere(tenant: Tenant, transaction: Transaction): BuildInput['elsewhere'] {
  const { app, acsUrl, request } = transaction;
  const otherApp = tenant.apps.find((one) => one !== app);
  const otherTransaction = [...tenant.transactions.values()].findLast(
    (one) => one !== transaction && one.app === app && one.request !== undefined && one.request.id !== request?.id,
  );
  return {
    acsUrl: otherApp?.acs[0]?.url ?? app.acs.find(({ url }) => url !== acsUrl)?.url,
    entityId: otherApp?.entityId,
    requestId: otherTransaction?.request?.id,
    forged: forgedNames(tenant, app),
  };
}

/** The names of the app's `forgedUser`. */
function forgedNames(
  tenant: Tenant,
  app: App,
): { nameId: string; attributes: Record<string, readonly string[]> } | undefined {
  const user = app.forgedUser === undefined ? undefined : findUser(tenant, app.forgedUser);
  return user && { nameId: nameIdOf(tenant, app, user, undefined).nameId, attributes: attributesOf(user) };
}

function countStrikes({ faults, isDeliveredLater = false }: Issue, { struck, struckForm }: Delivery): void {
  for (const fault of faults) {
    const counts = struck.includes(fault.phrase) && !(isDeliveredLater && struckForm.includes(fault.phrase));
    if (counts) fault.struck++;
  }
}

/**
 * Marks the request as answered, adds the app to the session, and counts down the faults. Returns how to give the
 * request and the faults back if no response can be made.
 */
function use({ tenant, transaction, signIn, status, nameId, faults }: Issue): () => void {
  const { id, app, request } = transaction;
  const isPending = endTransaction(tenant, transaction);
  const key = request && requestKey(app, request.id);
  if (key !== undefined) tenant.requests.set(key, undefined);
  if (signIn && !status) signIn.session.apps.set(app.entityId, nameId);
  const counted = faults.filter(({ times }) => times !== undefined);
  for (const fault of counted) fault.times!--;
  return () => {
    if (isPending) resumeTransaction(tenant, transaction);
    if (key !== undefined) tenant.requests.set(key, id);
    for (const fault of counted) fault.times!++;
  };
}

function log({ tenant, transaction, signIn, status, nameId }: Issue, { action, struck }: Delivery): void {
  note(tenant, 'response', {
    app: transaction.app.entityId,
    acsUrl: action,
    inResponseTo: transaction.request?.id,
    username: signIn?.user.username,
    nameId: signIn && nameId.nameId,
    status: statusCode(status?.code ?? 'Success'),
    second: status?.second && statusCode(status.second),
    struck,
  });
}

const attributesOf = ({ email, attributes }: User): Record<string, readonly string[]> =>
  email === undefined || 'email' in attributes ? attributes : { email: [email], ...attributes };
