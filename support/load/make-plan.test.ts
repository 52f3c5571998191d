/** A plan is made from a recipe, or a sentence says what is missing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownRecipe } from '../product/own-product.ts';
import { type Recipe, readRecipe } from '../product/recipe.ts';
import { makePlan, type PlanOptions, UnusablePlan } from './make-plan.ts';
import { courseOf, profileNames } from './profiles.ts';

const fields = {
  name: 'Board',
  origin: 'http://board.localhost',
  metadata: '/metadata',
  signIn: { page: '/login', sso: 'Sign in with SSO' },
  signedIn: { page: '/', text: 'Logged in: {user}!' },
  people: { domain: 'acme.example' },
};
const recipeWith = (changes: object): Recipe => readRecipe({ ...fields, ...changes }, 'board.json');
const idp = { origin: 'http://idp.localhost', tenant: 'acme', form: { username: 'Username', button: 'Sign in' } };

const planOf = (changes: object = {}, options: Partial<PlanOptions> = {}) =>
  makePlan({
    recipe: recipeWith(changes),
    url: 'http://board.localhost',
    values: {},
    idp,
    profile: 'steady',
    rate: 10,
    seconds: 100,
    ...options,
  });

test('the defaults of a recipe without “load”', () => {
  const { people, faults, replayShare, signOutShare, thresholds } = planOf();
  assert.deepEqual(people.patterns, ['load{n}@acme.example']);
  assert.equal(faults.phrases.length, 3);
  assert.ok(faults.share > 0 && replayShare > 0);
  assert.equal(signOutShare, 0, 'the recipe does not say how to sign out');
  assert.deepEqual(thresholds, { p95Ms: 2_000, p99Ms: 5_000, errors: 0.01 });
});

const unusable: readonly [object, Partial<PlanOptions>, RegExp][] = [
  [{ signIn: { page: 'portal' } }, {}, /needs signIn\.page/],
  [{ signedIn: { cookie: 'session' } }, {}, /signedIn needs text or json/],
  [{ people: { Sam: { email: 'sam@acme.example' } } }, {}, /"users": \{ "emails": \["user\{n\}@acme\.example"\]/],
  [
    { load: { faults: ['an assertion with another Audience'] } },
    {},
    /Similar: .*an assertion with a different Audience/,
  ],
  [{ load: { faults: ['an HTTP 500 error page'] } }, {}, /“an HTTP 500 error page” cannot be used/],
  [{ load: { phases: [{ at: 90, for: 9, rollKey: true }] } }, {}, /a phase ends at 99 s, and the run at 100 s/],
  [
    {
      load: {
        phases: [
          { at: 10, for: 9, rollKey: true },
          { at: 15, for: 9, clockMinutes: 1 },
        ],
      },
    },
    {},
    /begins at 15 s, before the one at 10 s has ended/,
  ],
  [{}, { failingIdp: true, seconds: 20 }, /--failing-idp needs at least --for 42s/],
];

test('a recipe that cannot be played says what is missing', () => {
  for (const [changes, options, sentence] of unusable)
    assert.throws(
      () => planOf(changes, options),
      (error) => error instanceof UnusablePlan && sentence.test(error.message),
      String(sentence),
    );
});

test('a failing IdP has time to recover after each failure', () => {
  const { phases } = planOf({}, { failingIdp: true, mayRollKey: true });
  const disturbed = phases.filter((one) => one.idp !== undefined);
  assert.deepEqual(
    disturbed.map(({ name }) => name),
    [
      'IdP: a correct response after 2 seconds',
      'IdP: an HTTP 500 error page',
      'IdP: clock 2 min behind',
      'IdP: key rollover',
    ],
  );
  for (const [index, { to }] of disturbed.entries()) assert.ok((disturbed[index + 1]?.from ?? 100) - to >= 10);
  const own = planOf({ load: { phases: [{ at: 10, for: 5, clockMinutes: -1 }] } }, { failingIdp: true }).phases;
  assert.equal(own.filter((one) => one.idp !== undefined).length, 1, 'phases of the recipe replace the usual ones');
});

test('every profile takes the time and reaches the rate', () => {
  for (const profile of profileNames) {
    const { stages, phases } = courseOf(profile, { rate: 200, seconds: 300 });
    assert.equal(
      stages.reduce((sum, one) => sum + one.seconds, 0),
      300,
      profile,
    );
    assert.equal(Math.max(...stages.map(({ target }) => target)), 200);
    assert.deepEqual([phases[0]?.from, phases.at(-1)?.to], [0, 300]);
    for (const [index, { to }] of phases.entries()) assert.equal(phases[index + 1]?.from ?? to, to);
  }
});

test('a plan of our own service provider signs users out', () => {
  const people = { domain: 'acme.example', shownAs: '{email}', nameId: '{email}' };
  assert.ok(planOf({}, { recipe: { ...ownRecipe, people } }).signOutShare > 0);
});
