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
| not caught: another check rejects instead | ${twins.length} |
| not caught: another check rejects with the same code | ${doubles.length} |
| not caught: something else rejects: ${somethingElse} | ${elsewhere.length} |
| not caught: the service provider is not weaker without it | ${harmless.length} |

## Caught

The first fault that showed it. *rejected* is a valid response that was rejected.

${rows(
  ['removed check', 'fault', 'severity', 'description'],
  caught.map(([check, { by }]) => [check, `\`${by.code}\``, by.severity, by.description]),
)}

## Another check rejects instead

${aboutTwins}

${rows(
  ['removed check', 'twin', 'example'],
  twins.map(([check, { twin, example }]) => [
    check,
    `\`${twin}\``,
    `${example.phrase} (${example.description}): \`${example.before}\` → \`${example.after}\``,
  ]),
)}

## Another check rejects with the same code

${aboutDoubles}

${rows(
  ['removed check', 'twins', 'without the twins → also without the check'],
  doubles.map(([check, { twins: names, example }]) => [
    check,
    names.join('; '),
    `${example.phrase} (${example.description}): \`${example.before}\` → \`${example.after}\``,
  ]),
)}

## Something else rejects

${rows(
  ['removed check', 'twin'],
  elsewhere.map(([check, { twin }]) => [check, twin]),
)}

## Not weaker

Without these, our service provider accepts no other responses than with them.

${rows(
  ['removed check', 'why, and the test that notices it'],
  harmless.map(([check, { because }]) => [check, because]),
)}
`;
}

const introduction = (checks: number): string =>
  `Does the conformance test notice a weak service provider? Each of the ${checks} checks of a sign-in in ours was ` +
  'removed in turn, in a scratch copy, and the copy was tested in all four of its configurations ' +
  '([default](sso-rehearsal.json), [strict](sso-rehearsal-strict.json), ' +
  '[lenient](sso-rehearsal-lenient.json), [from the portal](sso-rehearsal-portal.json)). ' +
  'Later runs show each check again with the response in its row, and play the others only if the outcome is ' +
  'different then: `npm run weakened`; with `--again` they play all.\n\n' +
  'A check of a sign-in is everything between the posted form and the session: how the response is read, ' +
  'verified and judged, whose response it is, how long the session lasts. Who may open a test link ' +
  'and who may sign in with a password are covered by scenarios instead.';
const somethingElse = 'a library, the runtime, another check of the same thing';

const aboutTwins =
  'No wrong user got in. The twin is the rejection recorded instead, shown for one of the responses ' +
  'that the check is for. *(no session)*: the response was accepted, but there was no session, since it had ' +
  'expired or the account does not exist. *(an error)*: nothing was accepted or recorded, since later code ' +
  'needs the check.';
const aboutDoubles =
  'Nothing changed at all, so the twins were removed as well: the table shows what changed once the check ' +
  'was removed with them.';

/** The response that showed a check last time. */
export interface Shown {
  kind: 'caught' | 'twin' | 'double';
  /** The code of the fault, or its phrase. */
  fault: string;
  description: OwnName;
}

/** Parses the page: by check, the response that showed it. */
export const shownBy = (page: string): Map<string, Shown> =>
  new Map([
    ...cellsBelow('## Caught', page).map(([check, code, , description]): [string, Shown] => [
      check!,
      { kind: 'caught', fault: code!.replaceAll('`', ''), description: description as OwnName },
    ]),
    ...examplesBelow('## Another check rejects instead', 'twin', page),
    ...examplesBelow('## Another check rejects with the same code', 'double', page),
  ]);

const examplesBelow = (heading: string, kind: Shown['kind'], page: string): [string, Shown][] =>
  cellsBelow(heading, page).map(([check, , example]) => {
    const [fault = '', description] = example!.slice(0, example!.indexOf('): `')).split(/ \((?=sso-rehearsal)/);
    return [check!, { kind, fault, description: description as OwnName }];
  });

/** The rows of the table below a heading. */
function cellsBelow(heading: string, page: string): string[][] {
  const [, section = ''] = page.split(`\n${heading}\n`);
  const lines = section.split('\n## ')[0]!.split('\n');
  const table = lines.filter((line) => line.startsWith('| ')).slice(2);
  return table.map((line) =>
    line
      .slice(2, -2)
      .replaceAll('\\|', '\0')
      .split(' | ')
      .map((cell) => cell.replaceAll('\0', '|')),
  );
}

const rows = (head: readonly string[], body: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...body]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
