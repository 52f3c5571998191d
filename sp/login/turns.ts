/**
 * Bounds how many passwords are checked at once, since each check costs memory and processor time on purpose. Strangers
 * and known browsers wait in lines of their own and take turns, so that a crowd of strangers keeps nobody else out.
 */

interface Lines {
  known: (() => void)[];
  strangers: (() => void)[];
}

export interface Turns {
  /** Does the work as soon as it has its turn; undefined at once if the line is full. */
  take<Result>(line: keyof Lines, work: () => Promise<Result>): Promise<Result> | undefined;
}

export function createTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns {
  const lines: Lines = { known: [], strangers: [] };
  let free = atOnce;
  let last: keyof Lines = 'strangers';
  /** Hands the turn to the line that did not have the last one, if anybody waits there. */
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
