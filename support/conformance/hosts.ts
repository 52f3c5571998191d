/** Hosts that may be attacked: this machine, and hosts that the user allows. It resolves no names. */
import type { StandConfig } from './config.ts';

export class HostNotAllowed extends Error {}

const loopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  /^127(\.\d+){3}$/.test(hostname) ||
  hostname === '[::1]';

export const mayReach = (url: URL, allowed: readonly string[]): boolean =>
  loopback(url.hostname) || allowed.includes(url.hostname) || allowed.includes(url.host);

/** Throws HostNotAllowed for the first URL on a host that is not allowed. */
export function checkHosts(urls: readonly string[], allowed: readonly string[]): void {
  const foreign = urls.map((one) => new URL(one)).find((url) => !mayReach(url, allowed));
  if (foreign)
    throw new HostNotAllowed(
      `${foreign.href} is not on this machine. If you are allowed to attack ${foreign.hostname}, ` +
        `add --allow-host ${foreign.hostname}`,
    );
}

/** Accepts every allowed host until `learned` is called; after that, only the hosts seen so far. */
export function learnHosts(allowed: readonly string[]): { knows: (url: URL) => boolean; learned: () => void } {
  const hosts = new Set<string>();
  let learning = true;
  return {
    knows(url) {
      if (!mayReach(url, allowed)) return false;
      if (learning) hosts.add(url.host);
      return hosts.has(url.host);
    },
    learned() {
      learning = false;
    },
  };
}

/** Every URL in the configuration. */
export const urlsOf = ({ second, ...first }: Pointing & { second?: Pointing | undefined }): string[] =>
  [first, ...(second === undefined ? [] : [second])]
    .flatMap(({ metadata, acs, signIn, signedIn }) => [metadata, acs, signIn, signedIn?.page, signedIn?.address])
    .filter((one): one is string => one !== undefined && URL.canParse(one));

interface Pointing extends Pick<StandConfig, 'metadata' | 'acs' | 'signIn'> {
  signedIn?: StandConfig['signedIn'] | undefined;
}
