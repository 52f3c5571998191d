/** What one scenario owns: its cast, its organization at the SP and its tenant at the identity provider. Everything else belongs to the worker. */
import { setWorldConstructor, World, type IWorldOptions } from '@cucumber/cucumber';
import { createActor, type Actor } from './actor.ts';
import { nameRehearsal, type Name, type Organization, type Rehearsal, type Tenant } from './rehearsal.ts';
import type { Stack } from './servers.ts';
import { stage } from './stage.ts';

/** A rehearsal whose people have browsers. */
export interface Scene extends Rehearsal {
  /** People are visitors over HTTP instead of browsers. */
  scripted?: boolean;
  cast: Readonly<Record<Name, Actor>>;
}

export class RehearsalWorld extends World implements Scene {
  scripted = false;
  readonly organization: Organization;
  readonly tenant: Tenant;
  readonly cast: Readonly<Record<Name, Actor>>;

  constructor(options: IWorldOptions) {
    super(options);
    const { organization, tenant, cast } = nameRehearsal();
    this.organization = organization;
    this.tenant = tenant;
    this.cast = Object.fromEntries(Object.values(cast).map((person) => [person.name, createActor(person, () => stage().browser())])) as Record<Name, Actor>;
  }

  get stack(): Stack {
    return stage().stack;
  }
}

setWorldConstructor(RehearsalWorld);
