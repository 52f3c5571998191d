/** Pending sign-ins. */
import { randomText } from '../random.ts';
import { type App, defaultAcs, hashOf, type Tenant, type Transaction, tenantTime } from '../tenants/state.ts';

const transactionMs = 60 * 60_000;

/**
 * Limits of pending sign-ins: per browser, for all browsers without a cookie yet, and in total, also in characters.
 * Beyond the total, the newest of each browser is dropped last, so that many from one browser do not displace others.
 */
const bounds = { ofBrowser: 50, ofUnknown: 1_000, inTotal: 10_000, characters: 8 * 1024 * 1024 };

type Beginning = Omit<Transaction, 'id' | 'since' | 'browser'>;

/** Adds a pending transaction. Drops the oldest ones beyond the limits. */
export function beginTransaction(tenant: Tenant, beginning: Beginning): Transaction {
  const begun = newTransaction(tenant, beginning);
  const index = indexOf(tenant);
  tenant.transactions.set(begun.id, begun);
  add(index, begun);
  dropExcess(tenant, index, undefined);
  return begun;
}

/** Counts the transaction towards this browser's limit. */
export function claimTransaction(tenant: Tenant, transaction: Transaction, browser: string): void {
  if (transaction.browser !== undefined || transaction.request === undefined) return;
  const index = indexOf(tenant);
  const isPending = tenant.transactions.get(transaction.id) === transaction;
  if (isPending) remove(index, transaction);
  transaction.browser = browser;
  if (!isPending) return;
  add(index, transaction);
  dropExcess(tenant, index, browser);
}

/** Removes a transaction, as once it has its response. Returns false if it is not pending. */
export function endTransaction(tenant: Tenant, transaction: Transaction): boolean {
  const index = indexOf(tenant);
  if (!tenant.transactions.delete(transaction.id)) return false;
  remove(index, transaction);
  return true;
}

/** Makes a transaction pending again. */
export function resumeTransaction(tenant: Tenant, transaction: Transaction): void {
  const index = indexOf(tenant);
  tenant.transactions.set(transaction.id, transaction);
  add(index, transaction);
}

/** Starts an IdP-initiated sign-in. It is not stored; the login page carries its data. */
export const beginUnsolicited = (tenant: Tenant, app: App, relayState: string | undefined): Transaction =>
  newTransaction(tenant, { app, acsUrl: defaultAcs(app).url, request: undefined, relayState });

const newTransaction = (tenant: Tenant, beginning: Beginning): Transaction => ({
  ...beginning,
  id: randomText(24, 'base64url'),
  since: tenantTime(tenant),
  browser: undefined,
});

/** Counts to which the limits apply, so that a new sign-in need not look at all pending ones. */
interface Index {
  /** Oldest first; undefined for those without a cookie yet. */
  byBrowser: Map<string | undefined, Set<Transaction>>;
  count: number;
  characters: number;
}

const indexes = new WeakMap<Tenant, Index>();

function indexOf(tenant: Tenant): Index {
  const known = indexes.get(tenant);
  if (known?.count === tenant.transactions.size) return known;
  const index: Index = { byBrowser: new Map(), count: 0, characters: 0 };
  for (const one of tenant.transactions.values()) add(index, one);
  indexes.set(tenant, index);
  return index;
}

function add(index: Index, one: Transaction): void {
  const ofBrowser = index.byBrowser.get(one.browser) ?? new Set();
  index.byBrowser.set(one.browser, ofBrowser.add(one));
  index.count++;
  index.characters += lengthOf(one);
}

function remove(index: Index, one: Transaction): void {
  const ofBrowser = index.byBrowser.get(one.browser);
  if (!ofBrowser?.delete(one)) return;
  if (ofBrowser.size === 0) index.byBrowser.delete(one.browser);
  index.count--;
  index.characters -= lengthOf(one);
}

/** `changed` is the browser whose number of sign-ins has grown. */
function dropExcess(tenant: Tenant, index: Index, changed: string | undefined): void {
  const drop = (one: Transaction): void => {
    tenant.transactions.delete(one.id);
    remove(index, one);
  };
  for (const one of tenant.transactions.values()) {
    if (!isExpired(tenant, one)) break;
    drop(one);
  }
  const ofBrowser = index.byBrowser.get(changed);
  const most = changed === undefined ? bounds.ofUnknown : bounds.ofBrowser;
  if (ofBrowser !== undefined && ofBrowser.size > most) drop(oldestOf(ofBrowser));
  while (index.count > bounds.inTotal || index.characters > bounds.characters) drop(worst(tenant, index));
}

const oldestOf = (some: ReadonlySet<Transaction>): Transaction => some.values().next().value!;

/** The oldest of the browser that has most; among several such browsers, the oldest of all. */
function worst({ transactions }: Tenant, { byBrowser }: Index): Transaction {
  let most = 0;
  for (const { size } of byBrowser.values()) most = Math.max(most, size);
  for (const one of transactions.values()) if (byBrowser.get(one.browser)!.size === most) return one;
  throw new Error('no sign-in is pending');
}

/** Length of its texts, which come from outside. */
const lengthOf = ({ relayState = '', request }: Transaction): number => {
  const { id = '', nameIdFormat = '', authnContext } = request ?? {};
  const classes = authnContext?.classes.join('') ?? '';
  return relayState.length + id.length + nameIdFormat.length + classes.length + (authnContext?.comparison.length ?? 0);
};

export function findTransaction(tenant: Tenant, id: unknown): Transaction | undefined {
  const found = typeof id === 'string' ? tenant.transactions.get(id) : undefined;
  return found && !isExpired(tenant, found) ? found : undefined;
}

const isExpired = (tenant: Tenant, { since }: Transaction): boolean => tenantTime(tenant) - since >= transactionMs;

/** Key under which a tenant remembers a request. */
export const requestKey = (app: App, id: string): string => hashOf(JSON.stringify([app.entityId, id]));
