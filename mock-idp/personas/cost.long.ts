/** A persona costs at most a tenth more processor time per response than none, with two signatures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildResponse } from '../response/build-response.ts';
import { personaCodes } from './codes.ts';
import { inputTo } from './persona-response.fixture.ts';

const responses = 500;
const perRound = 20;
const most = 1.1;
/** A busy machine adds to both times, so the smallest of each count, and more rounds bring them nearer to the truth. */
const mostRounds = 20 * (responses / perRound);
const attributes = { email: ['sam@acme.example'], displayName: ['Sam'] };

const processorTime = (act: () => unknown): number => {
  const { user, system } = process.cpuUsage();
  for (let turn = 0; turn < perRound; turn++) act();
  const spent = process.cpuUsage({ user, system });
  return spent.user + spent.system;
};

function shareOf(played: () => unknown, plain: () => unknown): number {
  const least = { played: Number.POSITIVE_INFINITY, plain: Number.POSITIVE_INFINITY };
  for (let round = 0; round < mostRounds; round++) {
    least.played = Math.min(least.played, processorTime(played));
    least.plain = Math.min(least.plain, processorTime(plain));
    if (round * perRound >= responses && least.played <= most * least.plain) break;
  }
  return least.played / least.plain;
}

for (const persona of personaCodes)
  test(persona, (context) => {
    const { input, in: inPersona } = inputTo({ persona, attributes });
    const share = shareOf(
      () => buildResponse(inPersona(input)),
      () => buildResponse(input),
    );
    context.diagnostic(`${share.toFixed(3)} of a response without a persona`);
    assert.ok(share <= most, `${share}`);
  });
