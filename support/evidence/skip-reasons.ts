/** Why scenarios were skipped, from the messages of a run. */
import type { Envelope } from '@cucumber/messages';
import { harmless } from '../terminal/foreign-text.ts';

const prefix = 'Skipped: ';

export interface Skips {
  see(message: Envelope): void;
  /** The sentence for a run in which more scenarios were skipped than expected. */
  tooMany(skipped: number, expected: number): string;
}

export function watchSkips(): Skips {
  const reasons = new Map<string, number>();
  return {
    see({ attachment }) {
      if (!attachment?.body.startsWith(prefix)) return;
      const reason = attachment.body.slice(prefix.length);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    },
    tooMany(skipped, expected) {
      const unexplained = skipped - [...reasons.values()].reduce((sum, one) => sum + one, 0);
      const lines = [...reasons].map(([reason, times]) => `  ${times} × ${harmless(reason)}`);
      if (unexplained > 0) lines.push(`  ${unexplained} × without a reason`);
      const were = skipped === 1 ? '1 scenario was' : `${skipped} scenarios were`;
      return `${were} skipped; --expect-skipped allows ${expected}:\n${lines.join('\n')}`;
    },
  };
}
