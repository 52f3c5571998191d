/**
 * Valid sign-ins as each product writes, at a service provider that runs here. Each rejection has its reason in
 * persona-rejections.json, and the line of the service provider's log that says so.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PersonaCode, personaCodes } from '../../mock-idp/personas/codes.ts';
import { BaselineFailed } from './baseline.ts';
import { encryptsAll } from './examination.ts';
import { withValidSignIn } from './examine.ts';
import type { Peer } from './peer.ts';
import type { Stand } from './stand.ts';
import { onStand } from './try-personas.ts';

interface Rejection {
  personas: readonly PersonaCode[];
  /** Set if only the encrypted assertion is rejected, or only the other. */
  isEncrypted?: boolean;
  /** Part of the line in the service provider's log. */
  log: string;
  because: string;
}

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'persona-rejections.json'), 'utf8')) as Readonly<
  Record<string, readonly Rejection[]>
>;

interface Checked {
  stand: Stand;
  peer: Peer;
  /** Returns what was logged since the last call, in parts that each need a reason if a response was rejected. */
  newLog: () => Promise<readonly string[]>;
}

/** Fails for a rejection without a recorded reason, and for a recorded one that does not happen. */
export async function checkRejections(name: string, { stand, peer, newLog }: Checked): Promise<void> {
  const expected = recorded[name] ?? [];
  const wrong: string[] = [];
  const unseen = new Set(expected.flatMap((one) => one.personas.map((persona) => `${persona}, ${one.log}`)));
  await withValidSignIn({ config: peer.config, stand }, async ({ app, config }, validSignIn) => {
    const ways = encryptsAll(config) ? [true] : app.decrypts ? [false, true] : [false];
    for (const persona of personaCodes)
      for (const isEncrypted of ways) {
        await app.play(onStand(persona));
        await newLog();
        const isRejected = await validSignIn({ isEncrypted }).then(() => false, isRejection);
        const log = await newLog();
        const reasons = expected.filter(
          (one) => one.personas.includes(persona) && (one.isEncrypted ?? isEncrypted) === isEncrypted,
        );
        for (const reason of isRejected ? reasons : [])
          if (log.some((part) => part.includes(reason.log))) unseen.delete(`${persona}, ${reason.log}`);
        const problem = problemOf({ isRejected, reasons, log });
        if (problem !== undefined) wrong.push(`${persona}${isEncrypted ? ', encrypted' : ''}, ${problem}`);
      }
  });
  assert.deepEqual({ wrong, unseen: [...unseen] }, { wrong: [], unseen: [] });
}

/** False if it signed in a user by another name: the product's own identifier. */
function isRejection(error: unknown): boolean {
  if (!(error instanceof BaselineFailed)) throw error;
  return error.attempt.signedIn === undefined;
}

interface Seen {
  isRejected: boolean;
  reasons: readonly Rejection[];
  log: readonly string[];
}

function problemOf({ isRejected, reasons, log }: Seen): string | undefined {
  if (!isRejected) return reasons.length === 0 ? undefined : 'is accepted, although a reason is recorded';
  const isExplained = log.length > 0 && log.every((part) => reasons.some((reason) => part.includes(reason.log)));
  return isExplained ? undefined : `is rejected without a recorded reason; the log: ${log.join(' ').slice(-1500)}`;
}
