/** Cucumber and Playwright, which users install next to this package: what is missing, too old or too new. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export type Peer = '@cucumber/cucumber' | 'playwright';

export interface Installed {
  version: string;
  folder: string;
}

export interface PeerOptions {
  /** Tested versions, as `>=1.2.3 <2`. Default: those of package.json. */
  range?: (peer: Peer) => string;
  /** The installed package as this package loads it. */
  find?: (peer: Peer) => Installed | undefined;
  /** The installed package as the user's own steps load it. */
  findForUser?: (peer: Peer) => Installed | undefined;
}

const require = createRequire(import.meta.url);

/** The reason why `command` cannot use these packages, and what to run; undefined if it can. */
export function whyPeersUnfit(
  command: string,
  peers: readonly Peer[],
  {
    range = rangeOf,
    find = (peer) => installed(require, peer),
    findForUser = (peer) => installed(createRequire(join(process.cwd(), 'features', 'steps.js')), peer),
  }: PeerOptions = {},
): string | undefined {
  const missing = peers.filter((peer) => find(peer) === undefined);
  if (missing.length > 0) {
    const are = missing.length > 1 ? 'are' : 'is';
    return `${command} needs ${missing.join(' and ')}, which ${are} not installed. ${toInstall(missing, range)}`;
  }
  const outside = peers.filter((peer) => !isInRange(find(peer)!.version, range(peer)));
  if (outside.length > 0) {
    const each = outside.map((peer) => `${peer} ${range(peer)}, and ${find(peer)!.version} is installed`);
    return `${command} needs ${each.join('; ')}. ${toInstall(outside, range)}`;
  }
  const [ours, theirs] = [find, findForUser].map((each) => each('@cucumber/cucumber')?.folder);
  if (!peers.includes('@cucumber/cucumber') || theirs === undefined || ours === theirs) return undefined;
  return (
    `Your steps would load Cucumber from ${theirs}, but sso-rehearsal loads it from ${ours}, ` +
    'and a step registers in one of them only. Install both in the same package.json, or run: npm dedupe'
  );
}

/** The packages that are missing or outside the tested range, as `npm install` needs them: `playwright@1`. */
export function peersToInstall({
  range = rangeOf,
  find = (peer) => installed(require, peer),
}: PeerOptions = {}): string[] {
  const peers: readonly Peer[] = ['@cucumber/cucumber', 'playwright'];
  return peers
    .filter((peer) => {
      const found = find(peer);
      return found === undefined || !isInRange(found.version, range(peer));
    })
    .map((peer) => newestTested(peer, range));
}

const rangeOf = (peer: Peer): string =>
  (require('sso-rehearsal/package.json') as { peerDependencies: Record<Peer, string> }).peerDependencies[peer];

function installed(from: NodeJS.Require, peer: Peer): Installed | undefined {
  try {
    const file = from.resolve(`${peer}/package.json`);
    return { version: (from(file) as { version: string }).version, folder: dirname(file) };
  } catch {
    return undefined;
  }
}

function isInRange(version: string, range: string): boolean {
  const [from, below] = bounds(range);
  return compare(version, from) >= 0 && compare(version, below) < 0;
}

/** The first tested version, and the major version that is not tested. */
function bounds(range: string): [from: string, below: string] {
  const [, from, below] = /^>=([\d.]+) <(\d+)$/.exec(range) ?? [];
  if (from === undefined || below === undefined) throw new Error(`“${range}” is not like >=1.2.3 <2`);
  return [from, below];
}

/** Compares versions number by number; of a pre-release only the numbers. */
const compare = (one: string, other: string): number =>
  one.replace(/-.*/, '').localeCompare(other, 'en', { numeric: true });

/** The newest tested major version, such as `playwright@1`. */
const newestTested = (peer: Peer, range: (peer: Peer) => string): string =>
  `${peer}@${Number(bounds(range(peer))[1]) - 1}`;

const toInstall = (peers: readonly Peer[], range: (peer: Peer) => string): string =>
  `Run: npm install --save-dev ${peers.map((peer) => newestTested(peer, range)).join(' ')}`;
