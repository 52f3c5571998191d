/** The outcome of removing one check: the stand catches it, a twin rejects instead, or the check is not needed. */
import type { OwnName } from '../own-peer.ts';
import type { Played, Recorded, Verdicts } from './play.ts';

/** A message that is refused otherwise than before. */
export interface Change {
  description: OwnName;
  phrase: string;
  /** The rejections that were recorded, the decisive one first, or who is signed in. */
  before: string;
  after: string;
}

export type Outcome =
  | { kind: 'caught'; by: NonNullable<Played['caught']> }
  /** Another refuses instead: `twins` are the rejections that were recorded. */
  | { kind: 'twin'; twins: string[]; example: Change }
  /** `twins` are checks that refuse in the same words; `example` is what changes when they are gone, too. */
  | { kind: 'double'; twins: readonly string[]; example: Change }
  /** What refuses instead is none of the checks that can be taken away. */
  | { kind: 'elsewhere'; twin: string }
  /** The service provider takes no message more. */
  | { kind: 'harmless'; because: string }
  /** Nothing that was sent shows that it is gone, and nobody said why. */
  | { kind: 'unexplained' };

/** From what was played without the check, and with all of them. */
export function outcomeOf({ caught, verdicts }: Played, intact: Verdicts): Outcome {
  if (caught) return { kind: 'caught', by: caught };
  const changed = changes(intact, verdicts);
  // What decides counts more than what is told besides.
  const decisive = changed.filter(({ before, after }) => decisiveOf(before) !== decisiveOf(after));
  const shown = decisive.length > 0 ? decisive : changed;
  // Somebody is signed in whom the stand was content with: that is no twin.
  if (shown.some(({ before, after }) => after.startsWith(signedIn) && !before.startsWith(signedIn)))
    return { kind: 'unexplained' };
  return shown[0]
    ? { kind: 'twin', twins: [...new Set(shown.map(({ after }) => decisiveOf(after)))], example: shown[0] }
    : { kind: 'unexplained' };
}

export function changes(before: Verdicts, after: Verdicts): Change[] {
  return (Object.entries(before) as [OwnName, NonNullable<Verdicts[OwnName]>][]).flatMap(([description, verdicts]) =>
    Object.entries(verdicts).flatMap(([phrase, recorded]) => {
      const now = after[description]?.[phrase];
      return now === undefined || inWords(now) === inWords(recorded)
        ? []
        : [{ description, phrase, before: inWords(recorded), after: inWords(now) }];
    }),
  );
}

/** What is no rejection stands in brackets. */
const signedIn = '(signed in as';
/** Where the message was accepted, and the session did not last or has no account. */
const noSession = '(no session)';
/** The service provider stumbled, and recorded nothing. */
const stumbled = '(an error)';

function inWords({ verdict, findings, signedInAs }: Recorded): string {
  if (findings !== '') return findings;
  if (signedInAs !== null) return `${signedIn} ${signedInAs})`;
  return verdict === 'success' ? noSession : stumbled;
}

const decisiveOf = (recorded: string): string => (recorded.startsWith('(') ? recorded : recorded.split(/,? /)[0]!);
