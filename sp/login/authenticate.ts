/** Signing in with a password: whom it lets in by which door, and what a visitor is told whom it does not let in. */
import { normalizeAddress } from '../address.ts';
import { machineTime } from '../clock.ts';
import { coverageOf, isRecoveryAdministrator } from '../enforcement.ts';
import { countWrongPassword, forgetWrongPasswords, isLockedOut } from '../lockout.ts';
import { audit, findOrganization, findUser, type User } from '../organization.ts';
import { isPassword } from '../password.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';

/** Users whom no enforced profile covers sign in by `password`; recovery administrators by `recovery`, always. */
export type Door = 'password' | 'recovery';

/** Wrong passwords are counted by address, whether it exists or not. */
export async function authenticate(
  { store, passwordCost }: ServiceProvider,
  { address: written, password, door }: { address: string; password: string; door: Door },
): Promise<{ user: User } | { problem: string }> {
  const address = normalizeAddress(written) ?? '';
  const time = machineTime();
  if (isLockedOut(store, address, time))
    return {
      problem: 'There were too many wrong passwords for this address. Wait a quarter of an hour and try again.',
    };
  const user = findUser(store, address);
  const isRight = await isPassword(password, user?.password, passwordCost);
  if (user && isRight && isOpen(store, user, door)) {
    forgetWrongPasswords(store, address);
    return { user };
  }
  countWrongPassword(store, address, time);
  if (user) recordRefusal(store, user, door);
  return { problem: problemFor(door, { isCovered: isRight && user !== undefined && !user.deactivated }) };
}

function isOpen(store: Store, user: User, door: Door): boolean {
  if (user.deactivated) return false;
  return door === 'recovery' ? isRecoveryAdministrator(user) : coverageOf(store, user) === undefined;
}

function recordRefusal(store: Store, user: User, door: Door): void {
  const organization = findOrganization(store, user.organization)!;
  const covered = coverageOf(store, user) !== undefined;
  audit(store, organization, user.address, 'password-refused', { door, covered });
}

/** The recovery door says the same about a wrong password and about an account that is no recovery administrator. */
function problemFor(door: Door, { isCovered }: { isCovered: boolean }): string {
  if (door === 'recovery')
    return 'That did not work: the address or password is wrong, or this account is not a recovery administrator.';
  if (isCovered)
    return (
      'Your organization signs in through its identity provider, so this password no longer works. ' +
      'Go back, give your address and press Next.'
    );
  return 'The address or the password is wrong.';
}
