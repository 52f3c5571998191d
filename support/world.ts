/** What one scenario owns: its cast, its organization at the SP and its tenant at the identity provider. Everything else belongs to the worker. */
import { randomBytes } from 'node:crypto';
import { setWorldConstructor, World, type IWorldOptions } from '@cucumber/cucumber';
import { createActor, names, type Actor, type Name } from './actor.ts';
import { stage } from './stage.ts';

/** The SP's side of one scenario. Its slug and its mail domain are its own, so nothing has to be cleared afterwards. */
export interface Organization {
  slug: string;
  name: string;
  domain: string;
}

/** The identity provider's side. */
export interface Tenant {
  slug: string;
}

export interface Rehearsal {
  cast: Readonly<Record<Name, Actor>>;
  organization: Organization;
  tenant: Tenant;
}

export class RehearsalWorld extends World implements Rehearsal {
  readonly organization: Organization;
  readonly tenant: Tenant;
  readonly cast: Readonly<Record<Name, Actor>>;

  constructor(options: IWorldOptions) {
    super(options);
    const unique = randomBytes(5).toString('hex');
    this.organization = { slug: `acme-${unique}`, name: 'Acme', domain: `acme-${unique}.example` };
    this.tenant = { slug: `idp-${unique}` };
    const address = (name: Name): string => `${name.toLowerCase()}@${name === 'Nora' || name === 'Mallory' ? `elsewhere-${unique}.example` : this.organization.domain}`;
    this.cast = Object.fromEntries(names.map((name) => [name, createActor({ name, address: address(name), browser: () => stage().browser() })])) as Record<Name, Actor>;
  }
}

setWorldConstructor(RehearsalWorld);
