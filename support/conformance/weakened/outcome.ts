/** The outcome of removing one check: it is caught, a twin rejects instead, or the check is not needed. */
import type { OwnName } from '../own-peer.ts';
import type { Played, Recorded, Verdicts } from './play.ts';

/** A response that is rejected differently than before. */
export interface Change {
  description: OwnName;
  phrase: string;
  /** The recorded rejections, the deciding one first, or the signed-in user. */
  before: string;
  after: string;
}

export type Outcome =
  | { kind: 'caught'; by: NonNullable<Played['caught']> }
  /** Another check rejects instead: `twin` is the recorded rejection. */
  | { kind: 'twin'; twin: string; example: Change }
  /** `twins` are checks with the same rejection; `example` is the change when they are removed as well. */
  | { kind: 'double'; twins: readonly string[]; example: Change }
  /** Something that cannot be removed rejects instead. */
  | { kind: 'elsewhere'; twin: string }
  /** The SP accepts no other responses. */
  | { kind: 'harmless'; because: string }
  /** No response shows the removal, and there is no explanation. */
  | { kind: 'unexplained' };

/** Compares the results without the check to those with all checks. */
export function outcomeOf({ caught, verdicts }: Played, intact: Verdicts): Outcome {
  if (caught) return { kind: 'caught', by: caught };
  const changed = changes(intact, verdicts);
  // A changed deciding rejection counts more than a changed additional one.
  const decisive = changed.filter(({ before, after }) => decisiveOf(before) !== decisiveOf(after));
  const shown = decisive.length > 0 ? decisive : changed;
  // A user is signed in, although the conformance test found nothing wrong: that is not a twin.
  if (shown.some(({ before, after }) => after.startsWith(signedIn) && !before.startsWith(signedIn)))
    return { kind: 'unexplained' };
  const [example] = shown;
  return example ? { kind: 'twin', twin: decisiveOf(example.after), example } : { kind: 'unexplained' };
}

export function changes(before: Verdicts, after: Verdicts): Change[] {
  return (Object.entries(before) as [OwnName, NonNullable<Verdicts[OwnName]>][]).flatMap(([description, verdicts]) =>
    Object.entries(verdicts).flatMap(([phrase, recorded]) => {
      const now = after[description]?.[phrase];
      return now === undefined || resultText(now) === resultText(recorded)
        ? []
        : [{ description, phrase, before: resultText(recorded), after: resultText(now) }];
    }),
  );
}

/** Values that are not rejections are in brackets. */
const signedIn = '(signed in as';
/** The response was accepted, but the session had expired or has no account. */
const noSession = '(no session)';
/** The SP failed, and recorded nothing. */
const serverError = '(an error)';

function resultText({ verdict, findings, signedInAs }: Recorded): string {
  if (findings !== '') return findings;
  if (signedInAs !== null) return `${signedIn} ${signedInAs})`;
  return verdict === 'success' ? noSession : serverError;
}

const decisiveOf = (recorded: string): string => (recorded.startsWith('(') ? recorded : recorded.split(/,? /)[0]!);
