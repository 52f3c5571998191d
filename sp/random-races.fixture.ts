/** Random races for the story's invariants: which actions come in which order, and many of them played. */
import fc from 'fast-check';
import { type Actor, administrators, beginRace, type Form, type Move, type Person, people } from './races.fixture.ts';
import { openWorld } from './two-organizations.fixture.ts';

/** A new seed each time, or RACE_SEED; and how many races are played with one seed. */
export const firstSeed = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
export const races = Number(process.env.RACES ?? 12);

const person = fc.constantFrom(...people);
const actor = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Actor>(...administrators) },
  { weight: 1, arbitrary: fc.constantFrom<Actor>('sam', 'nora', 'stranger') },
);
const form: fc.Arbitrary<Form> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('https://idp.acme.example/sso', 'https://other.example/sso')
      .map((ssoUrl) => ({ name: 'profile' as const, ssoUrl })),
  },
  { weight: 4, arbitrary: person.map((tester) => ({ name: 'test' as const, tester })) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('success' as const, 'success' as const, 'success' as const, 'failure' as const)
      .map((mark) => ({ name: 'result' as const, mark })),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      name: fc.constant('enforce' as const),
      users: fc.subarray<Person>([...people], { minLength: 1 }),
      recovery: fc.subarray<Person>([...people]),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ name: 'lift' as const }) },
);
const profile = fc.constantFrom(0 as const, 0 as const, 1 as const);

const one: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('begin' as const), who: actor, profile, form }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('arrive' as const), who: fc.oneof(actor, person) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('open link' as const), who: person }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('discover' as const), who: person }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('respond' as const), who: person, about: person }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('sign in' as const),
      who: person,
      door: fc.constantFrom('password' as const, 'recovery' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sign out' as const), who: person }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('change user' as const),
      who: person,
      to: fc.constantFrom(
        { administrator: false },
        { administrator: true },
        { deactivated: true },
        { deactivated: false },
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(5, 11, 31, 1_441) }),
  },
);

/** A sequence that is rare by chance: a colleague is asked, tries, and the administrator marks the result. */
const rehearsal = (who: 'ada' | 'grace', tester: Person, profile: 0 | 1): Move[] => [
  { kind: 'begin', who, profile, form: { name: 'test', tester } },
  { kind: 'arrive', who },
  { kind: 'open link', who: tester },
  { kind: 'discover', who: tester },
  { kind: 'respond', who: tester, about: tester },
  { kind: 'arrive', who: tester },
  { kind: 'begin', who, profile, form: { name: 'result', mark: 'success' } },
  { kind: 'arrive', who },
];
const enforcement = (who: 'ada' | 'grace', profile: 0 | 1): Move[] => [
  { kind: 'begin', who, profile, form: { name: 'enforce', users: ['sam', 'grace'], recovery: ['ada'] } },
  { kind: 'arrive', who },
];
const start = fc.constantFrom<Move[]>(
  [],
  rehearsal('ada', 'sam', 0),
  [...rehearsal('ada', 'sam', 0), ...enforcement('ada', 0)],
  [...rehearsal('ada', 'sam', 0), ...rehearsal('ada', 'sam', 1), ...enforcement('ada', 0)],
);
const part = fc.oneof(
  { weight: 12, arbitrary: one.map((move) => [move]) },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...administrators), person, profile).map((all) => rehearsal(...all)),
  },
);
const race = fc
  .tuple(start, fc.array(part, { minLength: 10, maxLength: 40 }))
  .map(([first, rest]) => [...first, ...rest.flat()]);

/** Throws on the first race that breaks an invariant, with the seed that plays it again. */
export async function playRaces(seed: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(race, async (actions) => {
      await using world = await openWorld();
      const { move, finish } = await beginRace(world);
      for (const each of actions) await move(each);
      await finish();
    }),
    { seed, numRuns: races, endOnFailure: process.env.RACE_SHRINK !== '1' },
  );
}
