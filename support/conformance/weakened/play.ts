/** Runs in a weakened copy: examines the SP of that copy under each of its descriptions, up to the first finding. */
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

/** What the service provider recorded of a response. */
export interface Recorded {
  verdict: string;
  /** All of them, separated by spaces. */
  findings: string;
  /** Who was signed in afterwards; null for nobody. */
  signedInAs: string | null;
}

/** By the name of the description and the phrase of the fault. */
export type Verdicts = Partial<Record<OwnName, Record<string, Recorded>>>;

export interface Played {
  /** The first finding; undefined where there is none. */
  caught: (Pick<Row, 'code' | 'phrase' | 'why'> & { severity: string; description: OwnName }) | undefined;
  verdicts: Verdicts;
}

class Caught extends Error {}

/**
 * `--only WORDS` plays only faults that hold them, `--description NAME` uses only that description,
 * `--whole` goes on after the first finding.
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
 * Guests who remember what was recorded of their last response. After a rejection they only pretend to sign in again:
 * that saves half of the time, and the next fault shows the same.
 */
function remembering(peer: OwnPeer): {
  newGuest: (options: GuestOptions) => Guest;
  last: () => Omit<Recorded, 'signedInAs'>;
} {
  let [seen, stumbles] = [0, 0];
  let last = { verdict: 'none', findings: '' };
  let refused = false;
  const newGuest = (options: GuestOptions): Guest => {
    const guest = createGuest(options);
    return {
      ...guest,
      async signIn(how) {
        if (refused && how === undefined) {
          refused = false;
          return { ...nothing, signedIn: { as: options.config.user.nameId } };
        }
        const attempt = await guest.signIn(how);
        refused = attempt.signedIn === undefined;
        const expected = how?.thief === undefined ? 1 : 2;
        const answers = await peer.responsesAfter(seen, expected);
        seen = Math.max(seen, ...answers.map(({ id }) => id));
        // Where it stumbled nothing was recorded, so the newest record is of an answer before.
        const errors = answers.length < expected ? await peer.errors() : stumbles;
        last =
          errors > stumbles
            ? { verdict: 'stumbled', findings: '' }
            : {
                verdict: answers[0]?.verdict ?? 'none',
                findings: answers.map(({ findings }) => findings.join(' ')).join(', '),
              };
        stumbles = errors;
        return attempt;
      },
    };
  };
  return { newGuest, last: () => last };
}

console.log(JSON.stringify(await play()));
