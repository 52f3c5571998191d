/** Plays all scenarios for `npm test` in its own process; its last line is the tally as JSON. */
import { runScenarios } from '../evidence/run-scenarios.ts';
import { Unwritable } from '../evidence/unwritable.ts';
import { NotReady } from '../idp/identity-provider.ts';
import { stop } from '../terminal/options.ts';

const tally = await runScenarios({ reports: 'reports' }).catch((error: Error) => {
  if (error instanceof Unwritable || error instanceof NotReady) return stop(error.message);
  throw error;
});
console.log(`\n${JSON.stringify(tally)}`);
