/** Control routes for managed users. */
import type { Request, Response } from 'express';
import { domainOf } from '../address.ts';
import { keepRecoveryPossible } from '../enforcement.ts';
import { audit, controlActor, domainsOf, findUser, mostUsers, type User, usersOf } from '../organization.ts';
import { hashPassword } from '../password.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { endSessionsOf } from '../session.ts';
import type { Store } from '../store.ts';
import { ControlError } from './control-error.ts';
import { type NewUser, newUser, userChange } from './input.ts';
import { organizationIn, profileNamed, userNamed } from './look-up.ts';

export async function addUser(sp: ServiceProvider, request: Request, response: Response): Promise<void> {
  const { store } = sp;
  organizationIn(store, request);
  const input = newUser.parse({ ...(request.body as object), address: request.params.address });
  if (findUser(store, input.address))
    throw new ControlError('user-exists', `the user ${input.address} already exists; PATCH it`);
  const password = await hashPassword(input.password, sp.passwordCost);
  store.transaction(() => {
    const organization = organizationIn(store, request);
    const { slug } = organization;
    if (usersOf(store, slug).length >= mostUsers)
      throw new ControlError('too-many-users', `${slug} already has ${mostUsers} users, which is the maximum`);
    insertUser(store, slug, input, password);
    const { address: user, administrator, deactivated } = input;
    audit(store, organization, controlActor, 'user-added', { user, administrator, deactivated });
  });
  response.status(201).json({ address: input.address });
}

/** `password` is the hash. */
export function insertUser(
  store: Store,
  organization: string,
  { address, name, administrator, deactivated }: NewUser,
  password: string,
): void {
  if (findUser(store, address)) throw new ControlError('user-exists', `the user ${address} already exists`);
  const domains = domainsOf(store, organization);
  if (!domains.includes(domainOf(address)))
    throw new ControlError('outside-domains', `${address} is outside the verified domains ${domains.join(', ')}`);
  store.run`
    INSERT INTO users (address, organization, name, password, administrator, deactivated)
    VALUES (${address}, ${organization}, ${name}, ${password}, ${administrator}, ${deactivated})`;
}

export function changeUser({ store }: ServiceProvider, request: Request, response: Response): void {
  const organization = organizationIn(store, request);
  const user = userNamed(store, organization, String(request.params.address));
  const input = userChange.parse(request.body ?? {});
  const { administrator = user.administrator, deactivated = user.deactivated, name = user.name } = input;
  const profile =
    input.profile === undefined
      ? user.profile
      : input.profile === null
        ? undefined
        : profileNamed(store, organization, input.profile).id;
  const after = { profile, administrator, deactivated, name };
  const changed = Object.entries(input).filter(([key]) => after[key as keyof typeof after] !== user[key as keyof User]);
  keepRecoveryPossible(store, organization, () => {
    if (changed.length === 0) return;
    store.run`
      UPDATE users
      SET profile = ${profile}, administrator = ${administrator}, deactivated = ${deactivated}, name = ${name}
      WHERE address = ${user.address}`;
    if (input.deactivated) endSessionsOf(store, organization, user.address, 'user-changed');
    audit(store, organization, controlActor, 'user-changed', { user: user.address, ...Object.fromEntries(changed) });
  });
  response.json({ address: user.address });
}
