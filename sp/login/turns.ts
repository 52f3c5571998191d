/**
 * Limits how many passwords are checked at once, because each check costs memory and processor time on purpose. Unknown
 * and known browsers wait in separate queues that take turns, so that a flood of strangers does not lock out users.
 */

interface Lines {
  known: (() => void)[];
  strangers: (() => void)[];
}

export interface Turns {
  /** Does the work when it is its turn. Returns undefined if the queue is full. */
  take<Result>(line: keyof Lines, work: () => Promise<Result>): Promise<Result> | undefined;
}

export function createTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns {
  const lines: Lines = { known: [], strangers: [] };
  let free = atOnce;
  let last: keyof Lines = 'strangers';
  /** Gives the turn to the other queue, if it is not empty. */
  function passOn(): void {
    const other = last === 'known' ? 'strangers' : 'known';
    if (lines[other].length > 0) last = other;
    const next = lines[last].shift();
    if (next) next();
    else free++;
  }
  async function run<Result>(line: keyof Lines, work: () => Promise<Result>): Promise<Result> {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => lines[line].push(resolve));
    try {
      return await work();
    } finally {
      passOn();
    }
  }
  return {
    take: (line, work) => (free === 0 && lines[line].length >= waiting ? undefined : run(line, work)),
  };
}
