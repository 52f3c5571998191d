/** Which hosts may be attacked: this machine's own, and those that somebody named. It resolves no name. */
import type { StandConfig } from './config.ts';

export class HostRefused extends Error {}

const loopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  /^127(\.\d+){3}$/.test(hostname) ||
  hostname === '[::1]';

export const mayReach = (url: URL, allowed: readonly string[]): boolean =>
  loopback(url.hostname) || allowed.includes(url.hostname) || allowed.includes(url.host);

/** Throws HostRefused for the first address that lies elsewhere. */
export function refuseStrangers(addresses: readonly string[], allowed: readonly string[]): void {
  const stranger = addresses.map((one) => new URL(one)).find((url) => !mayReach(url, allowed));
  if (stranger)
    throw new HostRefused(
      `${stranger.href} is not on this machine. The stand attacks what it is pointed at; ` +
        `if you may do that to ${stranger.hostname}, say so: --allow-host ${stranger.hostname}`,
    );
}

/** Knows every allowed host until `learned` is called; then only the hosts that it was asked about before. */
export function learnHosts(allowed: readonly string[]): { knows: (url: URL) => boolean; learned: () => void } {
  const seen = new Set<string>();
  let learning = true;
  return {
    knows(url) {
      if (!mayReach(url, allowed)) return false;
      if (learning) seen.add(url.host);
      return seen.has(url.host);
    },
    learned() {
      learning = false;
    },
  };
}

/** Every address that the configuration names. */
export const addressesOf = ({ metadata, acs, signIn, signedIn }: StandConfig): string[] =>
  [metadata, acs, signIn, signedIn.page, signedIn.address].filter(
    (one) => one !== undefined && URL.canParse(one),
  ) as string[];
