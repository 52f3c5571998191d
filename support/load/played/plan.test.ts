/** The plan of a run: people, phases, and its JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownRecipe } from '../../product/own-product.ts';
import { makePlan } from '../make-plan.ts';
import { faultOf, type PeoplePlan, personOf, phaseOf, readPlan, writePlan } from './plan.ts';

const people: PeoplePlan = {
  patterns: ['user{n}@acme.example', 'user{n}@branch.example'],
  count: 3,
  shownAs: '{name} <{email}> {localPart}',
  password: 'x',
};

test('each sign-in is by another user, and users with the same number come one after the other', () => {
  const emails = Array.from({ length: 6 }, (_, signIn) => personOf(people, signIn).email);
  assert.deepEqual(
    emails,
    [1, 2, 3].flatMap((n) => [`user${n}@acme.example`, `user${n}@branch.example`]),
  );
  assert.equal(personOf(people, 6).email, 'user1@acme.example');
});

test('each fault is in one of the first sign-ins, and later by chance', () => {
  const sent = (share: number, chance: number): (string | undefined)[] =>
    Array.from({ length: 6 }, (_, signIn) => faultOf(['one', 'two'], { signIn, share, chance: () => chance }));
  assert.deepEqual(sent(0.05, 0.5), [undefined, 'one', undefined, 'two', undefined, undefined]);
  assert.deepEqual(sent(0.05, 0.01), [undefined, 'one', undefined, 'two', 'one', 'two']);
  assert.deepEqual(sent(0, 0), Array(6).fill(undefined));
  assert.deepEqual(sent(1, 0.99), ['one', 'two', 'one', 'two', 'one', 'two']);
  assert.equal(faultOf([], { signIn: 1, share: 1, chance: () => 0 }), undefined);
});

test('the name that is shown differs between users with the same number', () => {
  const shown = [0, 1].map((signIn) => personOf(people, signIn).shownAs);
  assert.deepEqual(shown, [
    'User 1 <user1@acme.example> user1',
    'User 1 of branch.example <user1@branch.example> user1',
  ]);
});

test('a sign-in belongs to the disturbance that it met', () => {
  const phases = [
    { name: 'rise', from: 0, to: 10 },
    { name: 'peak', from: 10, to: 30 },
    { name: 'IdP: down', from: 12, to: 14, idp: { faults: ['an HTTP 500 error page'] } },
  ];
  const at = (from: number, to: number): string | undefined => phaseOf(phases, [from, to])?.name;
  assert.deepEqual(
    [at(1, 2), at(9, 11), at(11, 11.5), at(11, 12.5), at(13, 15), at(14, 15)],
    ['rise', 'rise', 'peak', 'IdP: down', 'IdP: down', 'peak'],
  );
});

test('a plan keeps its patterns in JSON', () => {
  const recipe = {
    ...ownRecipe,
    people: { domain: 'acme.example', shownAs: '{email}', nameId: '{email}' },
    signIn: { ...ownRecipe.signIn, next: /Next|Weiter/i },
  };
  const idp = { origin: 'http://idp.localhost', tenant: 'acme', form: { username: 'Username', button: 'Sign in' } };
  const given = {
    recipe,
    url: 'http://sp.localhost',
    values: {},
    idp,
    profile: 'steady',
    rate: 5,
    seconds: 10,
  } as const;
  const plan = makePlan(given);
  assert.deepEqual(readPlan(writePlan(plan)), definedIn(plan));
});

/** Fields that are undefined are left out in JSON. */
function definedIn<Content>(content: Content): Content {
  if (content instanceof RegExp || typeof content !== 'object' || content === null) return content;
  if (Array.isArray(content)) return content.map(definedIn) as Content;
  return Object.fromEntries(
    Object.entries(content).flatMap(([key, value]) => (value === undefined ? [] : [[key, definedIn(value)]])),
  ) as Content;
}
