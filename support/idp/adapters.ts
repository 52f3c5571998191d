/** The supported identity providers: selects the one in IDP and starts it. Only that one is loaded. */
import type { Control } from '../stack/control.ts';
import { type IdentityProvider, NotReady, Unable } from './identity-provider.ts';

interface Adapter {
  /** Its requirements, for the list of choices. */
  needs: string;
  /** Called once per run, before any worker. Passes what it finds to the workers in the environment. */
  prepare?: (detail: string) => Promise<AsyncDisposable>;
  /** True if only one worker can use it. */
  alone?: boolean;
  /** True if one sign-in must succeed before any scenario, as its description may be wrong. */
  triedFirst?: boolean;
  /** Prints what to configure at the identity provider for the SP, without contacting it. */
  announce?: (detail: string) => Promise<void>;
  /** Called once per worker. */
  open: (detail: string) => Promise<IdentityProvider | undefined>;
}

export const adapters: Readonly<Record<string, Adapter>> = {
  mock: { needs: 'nothing; used if IDP is not set', open: () => Promise.resolve(undefined) },
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

/** The adapter in IDP, and the part after its colon. Throws NotReady with the list of choices. */
export function adapterOf(idp = 'mock'): { adapter: Adapter; detail: string } {
  const detail = /^recipe:(.+)$/s.exec(idp)?.[1];
  const name = detail === undefined ? idp : 'recipe:FILE';
  const adapter = Object.hasOwn(adapters, name) ? adapters[name] : undefined;
  if (adapter === undefined || (name === 'recipe:FILE' && detail === undefined))
    throw new NotReady(
      `Unknown identity provider “${idp}” in IDP. Use one of:\n${Object.entries(adapters)
        .map(([known, { needs }]) => `  ${known.padEnd(15)}${needs}`)
        .join('\n')}`,
    );
  return { adapter, detail: detail ?? '' };
}

/** Undefined for the mock, which is part of the stack. */
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

/** For an identity provider that must know the SP before it starts. Throws NotReady with the reason. */
export async function announceToIdp(idp?: string): Promise<void> {
  const { adapter, detail } = adapterOf(idp);
  if (adapter.announce === undefined)
    throw new NotReady(`--announce is for recipes: IDP=recipe:FILE. IDP=${idp ?? 'mock'} is set up by the run.`);
  try {
    await adapter.announce(detail);
  } catch (error) {
    throw new NotReady((error as Error).message, { cause: error });
  }
}

/** Control routes next to a real identity provider: a scenario that needs the mock's is skipped. */
export function takesNoOrders(name: string): Control {
  const reject = (path: string): Promise<never> =>
    Promise.reject(new Unable(`${name} has no control routes for ${path.split('/')[3] ?? 'settings'}`));
  return { put: reject, post: reject, patch: reject, get: reject, remove: reject };
}
