/** The service providers of the report card: notes written by hand, and the results of the last run. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { makeFolder } from '../../stack/make-folder.ts';
import { type Result, resultFormat, unnamed } from './result.ts';

const folder = fileURLToPath(new URL('../../../docs/conformance/', import.meta.url));

const notes = z.strictObject({
  title: z.string(),
  /** How it is configured, in a few words. */
  setUp: z.string(),
  /** The page of its documentation that the application follows. */
  documentation: z.url(),
  /** Codes of findings that were seen in its own log or page, and are public. */
  checked: z.array(z.string()),
  /** Number of critical and high findings that were seen as well, but are not named: its makers come first. */
  withheld: z.int(),
  /** True if its medium findings are public, such as in findings.md. Otherwise they are counted and not named. */
  mediumIsPublic: z.boolean(),
});
export type Notes = z.infer<typeof notes>;

export interface Product extends Notes {
  peer: string;
  result: Result;
}

export const readNotes = (): Record<string, Notes> =>
  z.record(z.string(), notes).parse(JSON.parse(readFileSync(new URL('notes.json', import.meta.url), 'utf8')));

const resultFile = (peer: string): string => `${folder}results/${peer}.json`;

export function writeResult(result: Result): void {
  makeFolder(`${folder}results`);
  writeFileSync(resultFile(result.peer), `${JSON.stringify(result, null, 2)}\n`);
}

/** Those with a result, in the order of the notes. Throws if one has a finding that was not checked by hand. */
export function readProducts(): Product[] {
  return Object.entries(readNotes())
    .filter(([peer]) => existsSync(resultFile(peer)))
    .map(([peer, about]) => {
      const result = resultFormat.parse(JSON.parse(readFileSync(resultFile(peer), 'utf8')));
      return accepted({ ...about, peer, result });
    });
}

/** Throws unless this may be published. */
export function accepted(product: Product): Product {
  const { peer, result, withheld } = product;
  if (unnamed(result) !== withheld)
    throw new Error(
      `${peer} has ${unnamed(result)} critical or high findings that are not in “checked”, and “withheld” says ` +
        `${withheld}. Replay each by hand, then correct support/conformance/card/notes.json.`,
    );
  if (result.verified < 0.95)
    throw new Error(`${peer}: only ${Math.floor(100 * result.verified)} % of its faults could be judged`);
  return product;
}
