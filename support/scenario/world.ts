/**
 * The world of one scenario: its cast, its organization at the SP and its tenant at the IdP. Everything else belongs
 * to the worker.
 */
import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber';
import type { Name } from '../catalogue/cast.ts';
import type { IdentityProvider } from '../idp/identity-provider.ts';
import type { Driver } from '../product/driver.ts';
import type { ProductUnderTest } from '../product/under-test.ts';
import type { Organization, Tenant } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';
import type { Actor } from './actor.ts';
import type { Evidence } from './evidence.ts';
import { newScene } from './new-scene.ts';
import type { Scene } from './scene.ts';
import { stage } from './stage.ts';

/** Options of the run, the same for every scenario. */
export interface RunParameters {
  /** True to collect evidence. */
  evidence?: boolean;
  /** Folder for the browsers' traces of scenarios that failed. */
  traces?: string;
  /** Swaps the drivers: HTTP acts for people in scenarios without the tag @scripted, browsers in those with it. */
  swapDrivers?: boolean;
}

export class RehearsalWorld extends World<RunParameters> implements Scene {
  /** HTTP in scenarios tagged @scripted, browsers in the others. */
  drivers: Driver['kind'];
  /** Set at the start of the scenario when the run collects evidence. */
  evidence: Evidence | undefined;
  /** The step that is played. */
  step = '';
  readonly organization: Organization;
  readonly tenant: Tenant;
  readonly cast: Readonly<Record<Name, Actor>>;

  constructor(options: IWorldOptions<RunParameters>) {
    super(options);
    const { traces, swapDrivers = false } = options.parameters;
    this.drivers = swapDrivers ? 'http' : 'browser';
    const { organization, tenant, cast } = newScene({ kind: () => this.drivers, trace: traces !== undefined });
    this.organization = organization;
    this.tenant = tenant;
    this.cast = cast;
  }

  get stack(): Stack {
    return stage().stack;
  }

  get idp(): IdentityProvider {
    return stage().idp;
  }

  get product(): ProductUnderTest | undefined {
    return stage().product;
  }
}

setWorldConstructor(RehearsalWorld);
