/** The identity providers that can take part: which one IDP names, and how it starts. Only that one is loaded. */
import type { Control } from '../stack/control.ts';
import { type IdentityProvider, NotReady, Unable } from './identity-provider.ts';

interface Adapter {
  /** What it needs, for the list of choices. */
  needs: string;
  /** Called once for a run, before any worker; hands what it finds to the workers in the environment. */
  prepare?: (detail: string) => Promise<AsyncDisposable>;
  /** Only one worker can use it. */
  alone?: boolean;
  /** One sign-in must succeed before any scenario: what is said of it may not fit. */
  triedFirst?: boolean;
  /** Says what the identity provider must be told of the service provider, without asking it for anything. */
  announce?: (detail: string) => Promise<void>;
  /** Called once for a worker. */
  open: (detail: string) => Promise<IdentityProvider | undefined>;
}

export const adapters: Readonly<Record<string, Adapter>> = {
  mock: { needs: 'nothing; it plays when IDP is not set', open: () => Promise.resolve(undefined) },
  'saml-idp': {
    needs: 'the npm package saml-idp, a development dependency: npm ci',
    prepare: async () => (await import('./saml-idp.ts')).checkInstalled(),
    open: async () => (await import('./saml-idp.ts')).samlIdp(),
  },
  simplesamlphp: {
    needs: 'the Debian packages simplesamlphp, php-cli, php-xml and php-mbstring',
    prepare: async () => (await import('./simplesamlphp.ts')).checkInstalled(),
    open: async () => (await import('./simplesamlphp.ts')).simplesamlphp(),
  },
  keycloak: {
    needs:
      'KEYCLOAK_URL with KEYCLOAK_ADMIN and KEYCLOAK_ADMIN_PASSWORD, ' +
      'or the folder of a distribution in KEYCLOAK_HOME, or a container engine',
    prepare: async () => (await import('./keycloak-server.ts')).prepareKeycloak(),
    open: async () => (await import('./keycloak.ts')).keycloak(),
  },
  'recipe:FILE': {
    needs: 'a file that describes any other identity provider: see docs/any-idp.md',
    alone: true,
    triedFirst: true,
    announce: async (file) => (await import('./recipe.ts')).announce(file),
    async prepare(file) {
      await (await import('./recipe.ts')).announce(file);
      return new AsyncDisposableStack();
    },
    open: async (file) => (await import('./recipe.ts')).recipe(file),
  },
};

/** The adapter that the value of IDP names, and what follows its colon. Throws NotReady with the list of choices. */
export function adapterOf(idp = 'mock'): { adapter: Adapter; detail: string } {
  const detail = /^recipe:(.+)$/s.exec(idp)?.[1];
  const name = detail === undefined ? idp : 'recipe:FILE';
  const adapter = Object.hasOwn(adapters, name) ? adapters[name] : undefined;
  if (adapter === undefined || (name === 'recipe:FILE' && detail === undefined))
    throw new NotReady(
      `IDP=${idp} names no identity provider; known are:\n${Object.entries(adapters)
        .map(([known, { needs }]) => `  ${known.padEnd(15)}${needs}`)
        .join('\n')}`,
    );
  return { adapter, detail: detail ?? '' };
}

/** Undefined for the mock, which comes with the stack. */
export async function openRealIdp(idp?: string): Promise<IdentityProvider | undefined> {
  const { adapter, detail } = adapterOf(idp);
  return adapter.open(detail);
}

/** Starts what all workers share; it ends after the last of them. Throws NotReady with the reason. */
export async function prepareIdp(idp?: string): Promise<AsyncDisposable> {
  const { adapter, detail } = adapterOf(idp);
  try {
    return (await adapter.prepare?.(detail)) ?? new AsyncDisposableStack();
  } catch (error) {
    throw new NotReady((error as Error).message, { cause: error });
  }
}

/** For an identity provider that must know the service provider before it starts. Throws NotReady with the reason. */
export async function announceToIdp(idp?: string): Promise<void> {
  const { adapter, detail } = adapterOf(idp);
  if (adapter.announce === undefined)
    throw new NotReady(`--announce is for recipes: IDP=recipe:FILE. IDP=${idp ?? 'mock'} is told by the run itself.`);
  try {
    await adapter.announce(detail);
  } catch (error) {
    throw new NotReady((error as Error).message, { cause: error });
  }
}

/** The control routes beside a real identity provider: a scenario that needs the mock's is skipped. */
export function takesNoOrders(name: string): Control {
  const refuse = (path: string): Promise<never> =>
    Promise.reject(new Unable(`${name} cannot be arranged as the mock can: its ${path.split('/')[3] ?? 'settings'}`));
  return { put: refuse, patch: refuse, get: refuse, remove: refuse };
}
