/** What one scenario owns: its cast, its organization at the SP and its tenant at the identity provider. Everything else belongs to the worker. */
import { type IWorldOptions, setWorldConstructor, World } from '@cucumber/cucumber';
import type { Name } from '../catalogue/cast.ts';
import { collectEvidence, type Evidence } from '../evidence/collect.ts';
import type { IdentityProvider } from '../idp/identity-provider.ts';
import { nameRehearsal, type Organization, type Tenant } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';
import { type Actor, createActor } from './actor.ts';
import type { Scene } from './scene.ts';
import { stage } from './stage.ts';

/** What a run hands to every scenario. */
export interface RunParameters {
  /** Whether evidence is collected. */
  evidence?: boolean;
  /** Folder for the browsers' traces of scenarios that failed. */
  traces?: string;
}

export class RehearsalWorld extends World<RunParameters> implements Scene {
  scripted = false;
  readonly organization: Organization;
  readonly tenant: Tenant;
  readonly cast: Readonly<Record<Name, Actor>>;

  readonly evidence: Evidence | undefined;

  constructor(options: IWorldOptions<RunParameters>) {
    super(options);
    const { evidence = false, traces } = options.parameters;
    const { organization, tenant, cast } = nameRehearsal(stage().idp.fixed);
    this.organization = organization;
    this.tenant = tenant;
    this.cast = Object.fromEntries(
      Object.values(cast).map((person) => [
        person.name,
        createActor(person, () => stage().browser(), { trace: traces !== undefined }),
      ]),
    ) as Record<Name, Actor>;
    this.evidence = evidence ? collectEvidence(this, this, { traces }) : undefined;
  }

  get stack(): Stack {
    return stage().stack;
  }

  get idp(): IdentityProvider {
    return stage().idp;
  }
}

setWorldConstructor(RehearsalWorld);
