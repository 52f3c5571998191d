/** Colours for a terminal, and the progress bar of a run. */
import { styleText } from 'node:util';

export type Colour = 'green' | 'red' | 'yellow' | 'dim' | 'bold';
export type Paint = (colour: Colour, text: string) => string;

/** Leaves the text uncoloured. */
export const plain: Paint = (_colour, text) => text;

/** Colours for a terminal, plain text otherwise. */
export const paintFor = ({ isTTY = false }: { isTTY?: boolean }): Paint =>
  isTTY ? (colour, text) => styleText(colour, text, { validateStream: false }) : plain;

export interface Progress {
  passed: number;
  failed: number;
  skipped: number;
  planned: number;
}

/** Progress of the run, never wider than the terminal. */
export function progressBar(
  { passed, failed, skipped, planned }: Progress,
  { width, paint }: { width: number; paint: Paint },
): string {
  const done = passed + failed + skipped;
  const figures = ` ${done} of ${planned}${failed > 0 ? `, ${failed} failed` : ''}`;
  const room = Math.max(10, Math.min(50, width - figures.length - 2));
  const filled = planned === 0 ? 0 : Math.min(room, Math.round((done / planned) * room));
  const [filledPart, rest] = ['█'.repeat(filled), '░'.repeat(room - filled)];
  return `${paint(failed > 0 ? 'red' : 'green', filledPart)}${paint('dim', rest)}${figures}`;
}
