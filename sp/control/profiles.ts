/** Control routes for SSO profiles: add, change, enforce without a test, and turn off enforcement. */
import type { Request, Response } from 'express';
import { now } from '../clock.ts';
import { keepRecoveryPossible, nameRecoveryAdministrators, turnOffEnforcement } from '../enforcement.ts';
import { audit, controlActor, usersOf } from '../organization.ts';
import { changeProfile, createProfile, profilesOf } from '../profile.ts';
import type { ServiceProvider } from '../service-provider.ts';
import { ControlError } from './control-error.ts';
import { newProfile, nothing, profileChange } from './input.ts';
import { organizationIn, profileNamed } from './look-up.ts';

export function addProfile({ store }: ServiceProvider, request: Request, response: Response): void {
  const organization = organizationIn(store, request);
  const { name, ...settings } = newProfile.parse({ ...(request.body as object), name: request.params.profile });
  if (profilesOf(store, organization.slug).some((profile) => profile.name === name))
    throw new ControlError('profile-exists', `the profile ${name} already exists; PATCH it`);
  response.status(201).json(createProfile(store, organization, { by: controlActor, name, input: settings }));
}

export function editProfile({ store }: ServiceProvider, request: Request, response: Response): void {
  const organization = organizationIn(store, request);
  const profile = profileNamed(store, organization, String(request.params.profile));
  const { oldCertificates, ...settings } = profileChange.parse(request.body ?? {});
  const input = { ...settings, ...(oldCertificates === undefined ? {} : { certificates: oldCertificates }) };
  response.json(changeProfile(store, organization, profile, { by: controlActor, input }));
}

/** Enforces without a test, for load tests only. The audit log says that the revision is not verified. */
export function enforceUnproven({ store }: ServiceProvider, request: Request, response: Response): void {
  const organization = organizationIn(store, request);
  nothing.parse(request.body ?? {});
  const { id, name, revision } = profileNamed(store, organization, String(request.params.profile));
  const { slug } = organization;
  const administrators = usersOf(store, slug).filter(({ administrator }) => administrator);
  keepRecoveryPossible(store, organization, () => {
    store.run`
      UPDATE profiles SET enforced_revision = ${revision}, enforced_at = ${now(organization)} WHERE id = ${id}`;
    store.run`UPDATE users SET profile = ${id} WHERE organization = ${slug} AND profile IS NULL`;
    const addresses = administrators.map(({ address }) => address);
    nameRecoveryAdministrators(store, id, addresses);
    audit(store, organization, controlActor, 'enforced-unproven', { profile: name, revision });
  });
  response.status(204).end();
}

/** Changes nothing if the profile is not enforced. */
export function endEnforcement({ store }: ServiceProvider, request: Request, response: Response): void {
  const organization = organizationIn(store, request);
  nothing.parse(request.body ?? {});
  const profile = profileNamed(store, organization, String(request.params.profile));
  if (profile.enforcedRevision !== undefined) turnOffEnforcement(store, organization, profile, controlActor);
  response.status(204).end();
}
