/** Plays scenarios with the identity provider named by IDP, and collects their messages. */
import type { Envelope } from '@cucumber/messages';
import { type RunOptions, runScenarios } from '../evidence/run-scenarios.ts';
import type { Tally } from '../evidence/scenario-count.ts';

export interface Played {
  tally: Tally;
  /** Why scenarios were skipped: one sentence each. */
  skipped: readonly string[];
  /** All messages and attachments, for failures. */
  output: string;
}

export async function playWithIdp(idp: string, options: RunOptions): Promise<Played> {
  const before = process.env.IDP;
  process.env.IDP = idp;
  const output: string[] = [];
  try {
    const tally = await runScenarios({
      formats: ['progress:/dev/null'],
      ...options,
      onMessage: ({ attachment, testStepFinished }: Envelope) =>
        void output.push(attachment?.body ?? testStepFinished?.testStepResult.message ?? ''),
    });
    const skipped = output.filter((text) => text.startsWith('Skipped: '));
    return { tally, skipped, output: output.filter((text) => text !== '').join('\n') };
  } finally {
    if (before === undefined) delete process.env.IDP;
    else process.env.IDP = before;
  }
}
