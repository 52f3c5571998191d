/** Signing in with a password, on the usual or on the recovery page. */
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

/** `password` is for users who are not covered; `recovery` is for recovery administrators, always. */
export type PasswordMethod = 'password' | 'recovery';

export interface Attempt {
  address: string;
  password: string;
  method: PasswordMethod;
  /** SHA-256 of the browser's secret, if it has one. */
  browser?: string | undefined;
  recoveryKey?: string;
  /** Called once the password is right. Gives the browser a secret if it has none, and returns its SHA-256. */
  markBrowser: () => string;
}

export type Outcome = { session: string } | Problem;

export interface Problem {
  problem: string;
  status: 403 | 429;
}

/** Uses two of Node's four threads for such work. A full queue takes some seconds. */
const turns = createTurns({ atOnce: 2, waiting: 64 });

/**
 * Returns the secret of the new session, or the error. The user and their rights are read after the password check, in
 * the transaction that starts the session; of what was read before, only the password's hash is used, which must still
 * be the same. An email without an account takes the same steps as one with.
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

/** A hash in the same organization, which takes as long to check as those of the other users. */
const passwordOfAnother = (store: Store, address: string): string | undefined =>
  store.get<{ password: string }>`
    SELECT password FROM users WHERE organization = ${organizationOf(store, address)?.slug} LIMIT 1`?.password;

/** Unknown browsers share one counter per email. Known browsers and recovery keys have their own. */
function counterOf(store: Store, address: string, { browser, recoveryKey }: Attempt): Counter {
  if (recoveryKey && isRecoveryKey(store, address, recoveryKey)) return { address, browser: 'recovery-key' };
  return { address, browser: browser !== undefined && isKnownBrowser(store, address, browser) ? browser : '' };
}

/** `rightFor` is the hash that the password matches, if any. */
function conclude(
  store: Store,
  { method, markBrowser }: Attempt,
  { address, counter, rightFor }: { address: string; counter: Counter; rightFor: string | undefined },
): Outcome {
  const user = findUser(store, address);
  const organization = user ? findOrganization(store, user.organization) : organizationOf(store, address);
  if (user && organization && user.password === rightFor && isAllowed(store, user, method)) {
    giveBackAttempt(store, counter, machineTime());
    audit(store, organization, address, 'signed-in', { method });
    return { session: startSession(store, organization, { browser: markBrowser(), address, method }) };
  }
  const covered = user !== undefined && coverageOf(store, user) !== undefined;
  if (organization) audit(store, organization, address, 'password-refused', { door: method, covered });
  return { problem: wrong[method], status: 403 };
}

function isAllowed(store: Store, user: User, method: PasswordMethod): boolean {
  if (user.deactivated) return false;
  return method === 'recovery' ? isRecoveryAdministrator(user) : coverageOf(store, user) === undefined;
}

/** One sentence for all causes, so that it reveals nothing to a stranger. */
const wrong: Readonly<Record<PasswordMethod, string>> = {
  password:
    'The email or the password is wrong. ' +
    'If your organization uses single sign-on, go back, enter your email and click Next.',
  recovery: 'The email or the password is wrong, or this account is not a recovery administrator.',
};

const tooManyWrong: Problem = {
  problem:
    'Too many wrong passwords for this email. Wait two minutes and try again, ' +
    'or use a browser in which you have signed in before. Administrators can enter their recovery key instead.',
  status: 429,
};

const tooBusy: Problem = {
  problem: 'Too many users are signing in right now. Wait a few seconds and try again.',
  status: 429,
};
