/** Explains what a removed check means for the service provider. */
import type { Copy } from './copy.ts';
import { elsewhere, harmless } from './library-checks.ts';
import { changes, type Outcome, outcomeOf } from './outcome.ts';
import type { Played, Verdicts } from './play.ts';
import { type Removal, removals } from './removals.ts';
import { twins } from './twins.ts';

/** Throws when there is no such check. */
export function removalOf(name: string): Removal {
  const found = removals.find(({ check }) => check === name);
  if (found === undefined) throw new Error(`there is no check “${name}”`);
  return found;
}

/** Explains the result. If nothing changed, the check's twins are removed as well: without all of them it must show. */
export async function explain(copy: Copy, removal: Removal, played: Played, intact: Verdicts): Promise<Outcome> {
  const outcome = outcomeOf(played, intact);
  if (outcome.kind !== 'unexplained') return outcome;
  const twin = twins[removal.check];
  if (twin) {
    const [shownBy, ...names] = twin;
    const away = names.map(removalOf);
    const options = { only: [shownBy], whole: true };
    const [example] = changes(
      (await copy.play(away, options)).verdicts,
      (await copy.play([...away, removal], options)).verdicts,
    );
    return example ? { kind: 'double', twins: names, example } : { kind: 'unexplained' };
  }
  const [otherwise, because] = [elsewhere[removal.check], harmless[removal.check]];
  if (otherwise !== undefined) return { kind: 'elsewhere', twin: otherwise };
  return because === undefined ? { kind: 'unexplained' } : { kind: 'harmless', because };
}
