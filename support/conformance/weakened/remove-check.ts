/** Explains what a removed check means for the service provider. */
import type { OwnName } from '../own-peer.ts';
import type { Copy } from './copy.ts';
import { elsewhere, harmless } from './library-checks.ts';
import { changes, type Outcome, outcomeOf } from './outcome.ts';
import type { Played, Verdicts } from './play.ts';
import { type Removal, removals } from './removals.ts';
import { twins } from './twins.ts';

/** Throws if the check does not exist. */
export function removalOf(name: string): Removal {
  const found = removals.find(({ check }) => check === name);
  if (found === undefined) throw new Error(`unknown check “${name}”`);
  return found;
}

/** Explains the result. If nothing changed, removes the check's twins as well: then something must change. */
export async function explain(copy: Copy, removal: Removal, played: Played, intact: Verdicts): Promise<Outcome> {
  const outcome = outcomeOf(played, intact);
  if (outcome.kind !== 'unexplained') return outcome;
  const twin = twins[removal.check];
  if (twin) {
    const [fault, ...names] = twin;
    const away = names.map(removalOf);
    const options = { only: [fault], whole: true, description: onlyOne(played) };
    const [example] = changes(
      (await copy.play(away, options)).verdicts,
      (await copy.play([...away, removal], options)).verdicts,
    );
    return example ? { kind: 'double', twins: names, example } : { kind: 'unexplained' };
  }
  const [otherCheck, because] = [elsewhere[removal.check], harmless[removal.check]];
  if (otherCheck !== undefined) return { kind: 'elsewhere', twin: otherCheck };
  return because === undefined ? { kind: 'unexplained' } : { kind: 'harmless', because };
}

/** The configuration, if only one was played. */
function onlyOne({ verdicts }: Played): OwnName | undefined {
  const [description, ...others] = Object.keys(verdicts) as OwnName[];
  return others.length === 0 ? description : undefined;
}
