/** Sign-ins that wait for the user. */
import { randomBytes } from 'node:crypto';
import { type App, defaultAcs, hashOf, type Tenant, type Transaction, tenantTime } from '../tenants/state.ts';

const transactionMs = 60 * 60_000;

/**
 * What may wait: in one browser, in all that have not shown their cookie yet, and in total, with its texts. Beyond the
 * total the newest of each browser goes last, so that who begins many does not throw out who begins one.
 */
const bounds = { ofBrowser: 50, ofUnknown: 1_000, inTotal: 10_000, characters: 8 * 1024 * 1024 };

type Beginning = Omit<Transaction, 'id' | 'since' | 'browser'>;

/** Starts to wait for the user. The oldest transactions are forgotten when there are too many. */
export function beginTransaction(tenant: Tenant, beginning: Beginning): Transaction {
  const begun = newTransaction(tenant, beginning);
  tenant.transactions.set(begun.id, begun);
  forgetTooMany(tenant);
  return begun;
}

/** From now on it counts for this browser. */
export function claimTransaction(tenant: Tenant, transaction: Transaction, browser: string): void {
  if (transaction.browser !== undefined || transaction.request === undefined) return;
  transaction.browser = browser;
  forgetTooMany(tenant);
}

/** A sign-in that starts here: its response will be unsolicited. Nothing is kept of it; the login page carries it. */
export const beginUnsolicited = (tenant: Tenant, app: App, relayState: string | undefined): Transaction =>
  newTransaction(tenant, { app, acsUrl: defaultAcs(app).url, request: undefined, relayState });

const newTransaction = (tenant: Tenant, beginning: Beginning): Transaction => ({
  ...beginning,
  id: randomBytes(24).toString('base64url'),
  since: tenantTime(tenant),
  browser: undefined,
});

function forgetTooMany(tenant: Tenant): void {
  const { transactions } = tenant;
  for (const one of transactions.values()) if (isOver(tenant, one)) transactions.delete(one.id);
  let [count, characters] = [0, 0];
  for (const { one, rank } of byRank([...transactions.values()].toReversed())) {
    count++;
    characters += lengthOf(one);
    const ofItsBrowser = one.browser === undefined ? bounds.ofUnknown : bounds.ofBrowser;
    if (rank >= ofItsBrowser || count > bounds.inTotal || characters > bounds.characters) transactions.delete(one.id);
  }
}

/** The newest of each browser first, then the second newest of each, and so on. */
function byRank(newestFirst: readonly Transaction[]): { one: Transaction; rank: number }[] {
  const ranks = new Map<string | undefined, number>();
  const ranked = newestFirst.map((one) => {
    const rank = ranks.get(one.browser) ?? 0;
    ranks.set(one.browser, rank + 1);
    return { one, rank };
  });
  return ranked.sort((former, latter) => former.rank - latter.rank);
}

/** Of its texts, which visitors choose. */
const lengthOf = ({ relayState = '', request }: Transaction): number => {
  const { id = '', nameIdFormat = '', authnContext } = request ?? {};
  const classes = authnContext?.classes.join('') ?? '';
  return relayState.length + id.length + nameIdFormat.length + classes.length + (authnContext?.comparison.length ?? 0);
};

export function findTransaction(tenant: Tenant, id: unknown): Transaction | undefined {
  const found = typeof id === 'string' ? tenant.transactions.get(id) : undefined;
  return found && !isOver(tenant, found) ? found : undefined;
}

const isOver = (tenant: Tenant, { since }: Transaction): boolean => tenantTime(tenant) - since >= transactionMs;

/** Under this key a tenant remembers the IDs of the requests that it took. */
export const requestKey = (app: App, id: string): string => hashOf(JSON.stringify([app.entityId, id]));
