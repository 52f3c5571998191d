/** The page docs/conformance/weakened.md: our service provider without each of its checks. */
import type { OwnName } from '../own-peer.ts';
import type { Outcome } from './outcome.ts';
import type { Removal } from './removals.ts';

export function table(outcomes: readonly (readonly [Removal, Outcome])[]): string {
  const of = <Kind extends Outcome['kind']>(kind: Kind): [string, Extract<Outcome, { kind: Kind }>][] =>
    outcomes.flatMap(([{ check }, outcome]) =>
      outcome.kind === kind ? [[check, outcome as Extract<Outcome, { kind: Kind }>]] : [],
    );
  const [caught, twins, doubles, elsewhere, harmless] = [
    of('caught'),
    of('twin'),
    of('double'),
    of('elsewhere'),
    of('harmless'),
  ];
  return `# Our service provider without each of its checks

<!-- Written by npm run weakened. -->

${introduction(outcomes.length)}

| | |
|---|---|
| caught | ${caught.length} |
| not caught, since another check refuses instead | ${twins.length} |
| not caught, since another check refuses in the same words | ${doubles.length} |
| not caught, since something else refuses: ${somethingElse} | ${elsewhere.length} |
| not caught, since the service provider is none the weaker | ${harmless.length} |

## Caught

The first fault that showed it. *refused* is a good message that was refused.

${rows(
  ['check that was taken away', 'fault', 'severity', 'description'],
  caught.map(([check, { by }]) => [check, `\`${by.code}\``, by.severity, by.description]),
)}

## Another check refuses instead

${aboutTwins}

${rows(
  ['check that was taken away', 'twin', 'seen with'],
  twins.map(([check, { twins: names, example }]) => [
    check,
    names.map((name) => `\`${name}\``).join(', '),
    `${example.phrase} (${example.description}): \`${example.before}\` → \`${example.after}\``,
  ]),
)}

## Another check refuses in the same words

${aboutDoubles}

${rows(
  ['check that was taken away', 'twins', 'without the twins → without the check, too'],
  doubles.map(([check, { twins: names, example }]) => [
    check,
    names.join('; '),
    `${example.phrase} (${example.description}): \`${example.before}\` → \`${example.after}\``,
  ]),
)}

## Something else refuses

${rows(
  ['check that was taken away', 'twin'],
  elsewhere.map(([check, { twin }]) => [check, twin]),
)}

## None the weaker

Without these our service provider takes no message more than with them.

${rows(
  ['check that was taken away', 'why, and what notices it'],
  harmless.map(([check, { because }]) => [check, because]),
)}
`;
}

const introduction = (checks: number): string =>
  `Does the stand notice a weak service provider? Ours was weakened: each of its ${checks} checks of a sign-in ` +
  'was taken away in turn, in a scratch copy, and the copy was put on the stand under all four of its descriptions ' +
  '([as it is set at first](sso-rehearsal.json), [strict](sso-rehearsal-strict.json), ' +
  '[lenient](sso-rehearsal-lenient.json), [from the portal](sso-rehearsal-portal.json)). ' +
  '`npm run weakened` does it again.\n\n' +
  'A check of a sign-in is whatever stands between the form that is posted and the session: how the message is read, ' +
  'verified and judged, whose answer it is, how long the session lasts. Who may open a test link ' +
  'and who may enter with a password is not: that is what scenarios are for.';

const somethingElse = 'a library, the runtime, a check of the same thing elsewhere';

const aboutTwins =
  'Nobody got in who should not. The twin is what was recorded instead, seen with one of the messages ' +
  'for which the check was made. *(no session)*: the message was accepted, and no session came of it, since it had ' +
  'ended or there is no such account to be in. *(an error)*: nothing was accepted and nothing recorded, since what ' +
  'follows cannot do without the check.';

const aboutDoubles =
  'Nothing changed at all, so the twins were taken away, too: what they refused is what changed when the check ' +
  'went with them.';

/** From the page: the fault (its code) that caught each check, and under which description. */
export const caughtBy = (page: string): Map<string, { only: string; description: OwnName }> =>
  new Map(
    [...page.matchAll(/^\| (.+) \| `([\w-]+)` \| [\w ]+ \| ([\w-]+) \|$/gm)].map(([, check, code, description]) => [
      check!,
      { only: code!, description: description as OwnName },
    ]),
  );

const rows = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...body]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
