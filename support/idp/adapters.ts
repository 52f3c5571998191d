/** The identity providers that can play: which the word in IDP names, and how it begins. Only the one that is asked for is loaded. */
import type { Control } from '../control.ts';
import { Unable, type IdentityProvider } from './identity-provider.ts';

interface Adapter {
  /** What it needs, for the list. */
  needs: string;
  /** Once for a run, before any worker; what it finds goes into the environment. */
  prepare?: () => Promise<AsyncDisposable>;
  /** Once for a worker. */
  open: (detail: string) => Promise<IdentityProvider | undefined>;
}

export const adapters: Readonly<Record<string, Adapter>> = {
  mock: { needs: 'nothing; it plays when IDP is not set', open: () => Promise.resolve(undefined) },
  simplesamlphp: { needs: 'the Debian packages simplesamlphp and php-cli', open: async () => (await import('./simplesamlphp.ts')).simplesamlphp() },
  keycloak: { needs: 'KEYCLOAK_URL with KEYCLOAK_ADMIN and KEYCLOAK_ADMIN_PASSWORD, or the folder of a distribution in KEYCLOAK_HOME, or a container engine', open: async () => (await import('./keycloak.ts')).keycloak() },
};

/** The adapter and what follows its colon; throws with the list of the known ones. */
export function adapterOf(said = 'mock'): { adapter: Adapter; detail: string } {
  const [, name = '', detail = ''] = /^([^:]*):?(.*)$/s.exec(said) ?? [];
  const adapter = Object.hasOwn(adapters, name) ? adapters[name] : undefined;
  if (adapter === undefined) throw new Error(`IDP=${said} names no identity provider; known are:\n${Object.entries(adapters).map(([known, { needs }]) => `  ${known.padEnd(15)}${needs}`).join('\n')}`);
  return { adapter, detail };
}

/** Undefined for the mock, which comes with the stack. */
export async function openRealIdp(said?: string): Promise<IdentityProvider | undefined> {
  const { adapter, detail } = adapterOf(said);
  return adapter.open(detail);
}

/** What all workers share: started before the first of them, ended after the last. */
export async function prepareIdp(said?: string): Promise<AsyncDisposable> {
  const { adapter } = adapterOf(said);
  return (await adapter.prepare?.()) ?? new AsyncDisposableStack();
}

/** Control routes of a mock that does not play: whoever needs them cannot be played. */
export function takesNoOrders(name: string): Control {
  const refuse = (path: string): Promise<never> => Promise.reject(new Unable(`${name} cannot be arranged as the mock can: its ${path.split('/')[3] ?? 'settings'}`));
  return { put: refuse, patch: refuse, get: refuse, remove: refuse };
}
