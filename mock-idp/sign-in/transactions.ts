/** Pending sign-ins. */
import { randomBytes } from 'node:crypto';
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
  tenant.transactions.set(begun.id, begun);
  dropExcess(tenant);
  return begun;
}

/** Counts the transaction towards this browser's limit. */
export function claimTransaction(tenant: Tenant, transaction: Transaction, browser: string): void {
  if (transaction.browser !== undefined || transaction.request === undefined) return;
  transaction.browser = browser;
  dropExcess(tenant);
}

/** Starts an IdP-initiated sign-in. It is not stored; the login page carries its data. */
export const beginUnsolicited = (tenant: Tenant, app: App, relayState: string | undefined): Transaction =>
  newTransaction(tenant, { app, acsUrl: defaultAcs(app).url, request: undefined, relayState });

const newTransaction = (tenant: Tenant, beginning: Beginning): Transaction => ({
  ...beginning,
  id: randomBytes(24).toString('base64url'),
  since: tenantTime(tenant),
  browser: undefined,
});

function dropExcess(tenant: Tenant): void {
  const { transactions } = tenant;
  for (const one of transactions.values()) if (isExpired(tenant, one)) transactions.delete(one.id);
  let [count, characters] = [0, 0];
  for (const { one, rank } of byRank([...transactions.values()].toReversed())) {
    count++;
    characters += lengthOf(one);
    const ofItsBrowser = one.browser === undefined ? bounds.ofUnknown : bounds.ofBrowser;
    if (rank >= ofItsBrowser || count > bounds.inTotal || characters > bounds.characters) transactions.delete(one.id);
  }
}

/** Sorts by rank: the newest of each browser, then the second newest of each, and so on. */
function byRank(newestFirst: readonly Transaction[]): { one: Transaction; rank: number }[] {
  const ranks = new Map<string | undefined, number>();
  const ranked = newestFirst.map((one) => {
    const rank = ranks.get(one.browser) ?? 0;
    ranks.set(one.browser, rank + 1);
    return { one, rank };
  });
  return ranked.sort((former, latter) => former.rank - latter.rank);
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
