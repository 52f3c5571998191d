/** Signing in with a password: whom it lets in by which door, and what a visitor is told whom it does not let in. */
import { normalizeAddress } from '../address.ts';
import { machineTime } from '../clock.ts';
import { coverageOf, isRecoveryAdministrator } from '../enforcement.ts';
import { isKnownBrowser } from '../known-browsers.ts';
import { type Counter, countAttempt, giveBackAttempt } from '../lockout.ts';
import { audit, findOrganization, findUser, organizationOf, type User } from '../organization.ts';
import { isPassword } from '../password.ts';
import { isRecoveryKey } from '../recovery-key.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { startSession } from '../session.ts';
import type { Store } from '../store.ts';
import { createTurns } from './turns.ts';

/** Users whom no enforced profile covers sign in by `password`; recovery administrators by `recovery`, always. */
export type Door = 'password' | 'recovery';

export interface Attempt {
  address: string;
  password: string;
  door: Door;
  /** SHA-256 of the secret that the browser brought, if it brought one. */
  browser?: string | undefined;
  recoveryKey?: string;
  /** Called once the password has been found right: gives the browser a secret if it has none, and its SHA-256. */
  markBrowser: () => string;
}

export type Outcome = { session: string } | Problem;

export interface Problem {
  problem: string;
  status: 403 | 429;
}

/** Two of the four threads that Node has for such work; a line takes some seconds to work off. */
const turns = createTurns({ atOnce: 2, waiting: 64 });

/**
 * The secret of the new session, or what the visitor is told. Who the user is and what is allowed is read after the
 * password was checked, in the transaction that starts the session; of what was read before, nothing is used but the
 * password's hash, which must still be the same. An address without an account takes the same way as one with.
 */
export async function authenticate({ store, passwordCost }: ServiceProvider, attempt: Attempt): Promise<Outcome> {
  const address = normalizeAddress(attempt.address) ?? '';
  const counter = counterOf(store, address, attempt);
  if (!countAttempt(store, counter, machineTime())) return tooManyWrong;
  const stored = findUser(store, address)?.password;
  const standIn = passwordOfAnother(store, address);
  const checking = turns.take(counter.browser === '' ? 'strangers' : 'known', () =>
    isPassword(attempt.password, stored, { standIn, cost: passwordCost }),
  );
  if (checking === undefined) {
    giveBackAttempt(store, counter, machineTime());
    return tooBusy;
  }
  const rightFor = (await checking) ? stored : undefined;
  return store.transaction(() => conclude(store, attempt, { address, counter, rightFor }));
}

/** Of an account in the same organization: its hash costs as much to check as those of the others there. */
const passwordOfAnother = (store: Store, address: string): string | undefined =>
  store.get<{ password: string }>`
    SELECT password FROM users WHERE organization = ${organizationOf(store, address)?.slug} LIMIT 1`?.password;

/** Strangers share one counter to each address; known browsers and recovery keys have their own. */
function counterOf(store: Store, address: string, { browser, recoveryKey }: Attempt): Counter {
  if (recoveryKey && isRecoveryKey(store, address, recoveryKey)) return { address, browser: 'recovery-key' };
  return { address, browser: browser !== undefined && isKnownBrowser(store, address, browser) ? browser : '' };
}

/** `rightFor` is the hash that the password was right for. */
function conclude(
  store: Store,
  { door, markBrowser }: Attempt,
  { address, counter, rightFor }: { address: string; counter: Counter; rightFor: string | undefined },
): Outcome {
  const user = findUser(store, address);
  const organization = user ? findOrganization(store, user.organization) : organizationOf(store, address);
  if (user && organization && user.password === rightFor && isOpen(store, user, door)) {
    giveBackAttempt(store, counter, machineTime());
    audit(store, organization, address, 'signed-in', { method: door });
    return { session: startSession(store, organization, { browser: markBrowser(), address, method: door }) };
  }
  const covered = user !== undefined && coverageOf(store, user) !== undefined;
  if (organization) audit(store, organization, address, 'password-refused', { door, covered });
  return { problem: wrong[door], status: 403 };
}

function isOpen(store: Store, user: User, door: Door): boolean {
  if (user.deactivated) return false;
  return door === 'recovery' ? isRecoveryAdministrator(user) : coverageOf(store, user) === undefined;
}

/** One sentence for every cause, so that it tells a stranger nothing. */
const wrong: Readonly<Record<Door, string>> = {
  password:
    'The address or the password is wrong. ' +
    'If your organization uses single sign-on, go back, give your address and press Next.',
  recovery: 'That did not work: the address or password is wrong, or this account is not a recovery administrator.',
};

const tooManyWrong: Problem = {
  problem:
    'There were too many wrong passwords for this address. Wait two minutes and try again, ' +
    'or use a browser in which you have signed in before. Administrators may give their recovery key instead.',
  status: 429,
};

const tooBusy: Problem = {
  problem: 'Too many people are signing in at this moment. Wait a few seconds and try again.',
  status: 429,
};
