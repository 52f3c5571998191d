/** What a rehearsal asks of an identity provider, the mock or a real one. It knows no product. */

import type { Name } from '../catalogue/cast.ts';
import type { FixedNames, Rehearsal } from '../stack/rehearsal.ts';
import type { SignInForm } from '../stack/sign-in-form.ts';

export interface IdpSide {
  entityId: string;
  metadataUrl: string;
  ssoUrl: string;
  certificates: string[];
}

export interface SpSide {
  entityId: string;
  acsUrl: string;
  metadataUrl: string;
}

/** What some identity providers cannot do, in the words that say why a scenario is skipped. */
export const abilities = {
  faults: 'arrange a fault',
  clock: 'follow the service provider’s clock',
  unassign: 'take the application from one person',
  signedRequests: 'be told to demand signed requests',
  down: 'be taken down',
  door: 'sign somebody in ahead of the test',
  session: 'remember who is signed in: it asks every time',
} as const satisfies Record<string, string>;
export type Ability = keyof typeof abilities;

export interface IdentityProvider extends AsyncDisposable {
  /** Product and version, for reasons and reports. */
  name: string;
  can: Readonly<Record<Ability, boolean>>;
  form: SignInForm;
  /** Where its pages are; the first is the usual one. */
  origins: readonly [string, ...string[]];
  /** Creates what this rehearsal needs at the identity provider, its users too. */
  createTenant(rehearsal: Rehearsal): Promise<IdpSide>;
  /** Registers the SP by its metadata, as an administrator would, and assigns everybody. */
  registerApp(rehearsal: Rehearsal, sp: SpSide, options?: { signedRequests?: boolean }): Promise<void>;
  /** Takes the app away from one person; the others keep it. */
  unassign(rehearsal: Rehearsal, sp: SpSide, name: Name): Promise<void>;
  /** Makes it unreachable until another rehearsal starts. */
  takeDown(rehearsal: Rehearsal): Promise<void>;
  /** The address at which a person signs in at the identity provider alone. */
  door(rehearsal: Rehearsal): string;
  /** Set where users are fixed: then every scenario gets a service provider of its own at this port. */
  fixed?: FixedNames & { spPort: number };
}

export interface RehearsalAtIdp extends Rehearsal {
  /** Takes the mock's place. */
  idp?: IdentityProvider;
}

/** The identity provider at hand cannot do what the scenario needs; the scenario is skipped with this reason. */
export class Unable extends Error {}

/** The identity provider that was asked for is not available; nothing has run yet. */
export class NotReady extends Error {}

/** Throws Unable unless the identity provider can do this. */
export function need({ name, can }: Pick<IdentityProvider, 'name' | 'can'>, ability: Ability): void {
  if (!can[ability]) throw new Unable(`${name} cannot ${abilities[ability]}`);
}

/** A method for adapters that lack an ability. */
export const unable = (name: string, ability: Ability) => (): never => {
  throw new Unable(`${name} cannot ${abilities[ability]}`);
};

/** True if a URL belongs to the identity provider. */
export const isAt = ({ origins }: Pick<IdentityProvider, 'origins'>, url: string): boolean =>
  URL.canParse(url) && origins.includes(new URL(url).origin);
