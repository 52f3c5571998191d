/** The interface of an identity provider in a rehearsal, mock or real. It knows no product. */

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

/** Optional abilities, worded for the reason why a scenario is skipped. */
export const abilities = {
  faults: 'arrange a fault',
  clock: 'follow the service provider’s clock',
  unassign: 'remove one user’s assignment to the app',
  signedRequests: 'require signed requests',
  down: 'be taken down',
  door: 'sign a user in before the test',
  persona: 'play another product',
  session: 'keep a session: it asks for credentials every time',
} as const satisfies Record<string, string>;
export type Ability = keyof typeof abilities;

export interface IdentityProvider extends AsyncDisposable {
  /** Product and version, for reasons and reports. */
  name: string;
  can: Readonly<Record<Ability, boolean>>;
  form: SignInForm;
  /** URLs of its pages; the first is the usual one. */
  origins: readonly [string, ...string[]];
  /** Creates everything that this rehearsal needs at the IdP, including its users. */
  createTenant(rehearsal: Rehearsal): Promise<IdpSide>;
  /** Registers the SP by its metadata, as an administrator would, and assigns everyone. */
  registerApp(rehearsal: Rehearsal, sp: SpSide, options?: { signedRequests?: boolean }): Promise<void>;
  /** Removes one user's assignment to the app; the others keep it. */
  unassign(rehearsal: Rehearsal, sp: SpSide, name: Name): Promise<void>;
  /** Makes it unreachable until another rehearsal starts. */
  takeDown(rehearsal: Rehearsal): Promise<void>;
  /** The URL at which a user signs in to the IdP alone. */
  door(rehearsal: Rehearsal): string;
  /** Set if users are fixed: then every scenario gets its own SP at this port. */
  fixed?: FixedNames & { spPort: number };
}

export interface RehearsalAtIdp extends Rehearsal {
  /** Replaces the mock. */
  idp?: IdentityProvider;
}

/** The selected IdP cannot do what the scenario needs; the scenario is skipped with this reason. */
export class Unable extends Error {}

export { NotReady } from '../stack/not-ready.ts';

/** Throws Unable unless the IdP can do this. */
export function need({ name, can }: Pick<IdentityProvider, 'name' | 'can'>, ability: Ability): void {
  if (!can[ability]) throw new Unable(`${name} cannot ${abilities[ability]}`);
}

/** A method for adapters that lack an ability. */
export const unable = (name: string, ability: Ability) => (): never => {
  throw new Unable(`${name} cannot ${abilities[ability]}`);
};

/** True if a URL belongs to the IdP. */
export const isAt = ({ origins }: Pick<IdentityProvider, 'origins'>, url: string): boolean =>
  URL.canParse(url) && origins.includes(new URL(url).origin);
