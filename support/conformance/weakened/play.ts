/** Runs in a weakened copy: examines its SP in each configuration, up to the first finding. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Row } from '../examination.ts';
import { examine } from '../examine.ts';
import { createGuest, type Guest, type GuestOptions, nothing } from '../guest.ts';
import { type OwnName, type OwnPeer, ownNames, startOwn } from '../own-peer.ts';
import { configOfPeer } from '../peers.ts';
import { type Stand, startStand } from '../stand.ts';

/** The SP's record of a response. */
export interface Recorded {
  verdict: string;
  /** All findings, separated by spaces. */
  findings: string;
  /** The user signed in afterwards; null if none is. */
  signedInAs: string | null;
}

/** By configuration and fault phrase. */
export type Verdicts = Partial<Record<OwnName, Record<string, Recorded>>>;

export interface Played {
  /** The first finding; undefined if there is none. */
  caught: (Pick<Row, 'code' | 'phrase' | 'why'> & { severity: string; description: OwnName }) | undefined;
  verdicts: Verdicts;
}

class Caught extends Error {}

/**
 * `--only WORDS` plays only faults that contain them, `--description NAME` uses only that configuration,
 * `--whole` continues after the first finding.
 */
const {
  values: { only = [], description: chosen, whole = false },
} = parseArgs({
  options: { only: { type: 'string', multiple: true }, description: { type: 'string' }, whole: { type: 'boolean' } },
});

async function play(): Promise<Played> {
  const folder = mkdtempSync(join(tmpdir(), 'weakened-'));
  try {
    await using stand = await startStand({ port: 0, stateFile: join(folder, 'stand.json') });
    const verdicts: Verdicts = {};
    let caught: Played['caught'];
    for (const description of ownNames.filter((name) => chosen === undefined || name === chosen)) {
      const { found, recorded } = await playAs(description, stand);
      verdicts[description] = recorded;
      if (found) caught ??= { description, ...found };
      if (caught && !whole) break;
    }
    return { caught, verdicts };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Found = Omit<NonNullable<Played['caught']>, 'description'>;

async function playAs(
  description: OwnName,
  stand: Stand,
): Promise<{ found: Found | undefined; recorded: Record<string, Recorded> }> {
  await using peer = await startOwn(description, await configOfPeer(description), stand, { port: 0 });
  const memory = remembering(peer);
  const recorded: Record<string, Recorded> = {};
  let found: Found | undefined;
  const onRow = ({ phrase, code, result, why, severity, reply, signedInAs }: Row): void => {
    if (reply !== null) recorded[phrase] = { ...memory.last(), signedInAs };
    if (result !== 'fail') return;
    found ??= { code, phrase, why, severity: severity ?? 'rejected' };
    if (!whole) throw new Caught();
  };
  try {
    await examine({
      config: peer.config,
      stand,
      only,
      deliveries: peer.deliveries ?? [],
      newGuest: memory.newGuest,
      onRow,
    });
  } catch (error) {
    if (!(error instanceof Caught)) throw error;
  }
  return { found, recorded };
}

/**
 * Guests that remember the SP's record of their last response. After a rejection they only pretend to sign in again:
 * this saves half of the time, and the next fault shows the same.
 */
function remembering(peer: OwnPeer): {
  newGuest: (options: GuestOptions) => Guest;
  last: () => Omit<Recorded, 'signedInAs'>;
} {
  let [lastId, serverErrors] = [0, 0];
  let last = { verdict: 'none', findings: '' };
  let wasRejected = false;
  const newGuest = (options: GuestOptions): Guest => {
    const guest = createGuest(options);
    return {
      ...guest,
      async signIn(how) {
        if (wasRejected && how === undefined) {
          wasRejected = false;
          return { ...nothing, signedIn: { as: options.config.user.nameId } };
        }
        const attempt = await guest.signIn(how);
        wasRejected = attempt.signedIn === undefined;
        const expected = how?.thief === undefined ? 1 : 2;
        const responses = await peer.responsesAfter(lastId, expected);
        lastId = Math.max(lastId, ...responses.map(({ id }) => id));
        // After a server error nothing was recorded, so the newest record is of an earlier response.
        const errors = responses.length < expected ? await peer.errors() : serverErrors;
        last =
          errors > serverErrors
            ? { verdict: 'stumbled', findings: '' }
            : {
                verdict: responses[0]?.verdict ?? 'none',
                findings: responses.map(({ findings }) => findings.join(' ')).join(', '),
              };
        serverErrors = errors;
        return attempt;
      },
    };
  };
  return { newGuest, last: () => last };
}

console.log(JSON.stringify(await play()));
