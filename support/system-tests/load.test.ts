/** Sign-ins of the load test, played without k6: a correct product passes, and each wrong one is caught. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passwordOfAll } from '../load/make-plan.ts';
import { openNodeClient } from '../load/node-client.ts';
import { type PeoplePlan, personOf } from '../load/played/plan.ts';
import { type Deeds, type Place, type Played, playSignIn, replayed } from '../load/played/sign-in.ts';
import { formOfMock } from '../load/target.ts';
import { readRecipe } from '../product/recipe.ts';
import { request } from '../stack/http.ts';
import { startIdentityProvider } from '../stack/servers.ts';
import { type SmallProductOptions, startSmallProduct, type Wrong } from './small-product.fixture.ts';

const people: PeoplePlan = {
  patterns: ['user{n}@acme.example', 'user{n}@branch.example'],
  count: 100,
  shownAs: '{email}',
  password: passwordOfAll,
};
const users = people.patterns.map((pattern) => ({ pattern, count: 100, password: passwordOfAll, email: pattern }));

interface Around {
  place: Place;
  /** For all responses from now on. */
  arrange(...phrases: string[]): Promise<void>;
}

async function atProduct(options: SmallProductOptions, use: (around: Around) => Promise<void>): Promise<void> {
  await using product = await startSmallProduct({ takesOneResponse: true, ...options });
  await using idp = await startIdentityProvider({ hostname: '127.0.0.1' });
  const metadata = await (await request(`${product.url}/metadata`)).text();
  await idp.control.put('/tenants/acme', { users, apps: [{ metadata, assigned: 'everyone' }] });
  await request(`${product.url}/idp`, { method: 'POST', body: idp.tenant('acme').metadata() });
  const recipe = readRecipe(
    {
      name: 'Board',
      metadata: '/metadata',
      signIn: { page: '/login', email: 'Work email', next: 'Continue' },
      signedIn: { page: '/', text: 'Logged in: {user}!' },
      signOut: { page: '/', button: 'Log out' },
    },
    'board.json',
  );
  const place: Place = {
    product: { recipe, url: product.url },
    idp: idp.url,
    form: formOfMock(),
    open: () => openNodeClient(),
    think: () => Promise.resolve(),
  };
  await use({ place, arrange: async (...phrases) => void (await idp.control.put('/tenants/acme/faults', phrases)) });
}

/** Waits until all users are signed in before the product is asked again who is signed in. */
function playTogether(place: Place, count: number, deeds: Deeds = {}): Promise<Played[]> {
  let thinking = 0;
  const all = Promise.withResolvers<void>();
  const arrive = (): void => {
    thinking++;
    if (thinking === count) all.resolve();
  };
  return Promise.all(
    Array.from({ length: count }, async (_, signIn) => {
      let hasArrived = false;
      const think = (): Promise<void> => {
        hasArrived = true;
        arrive();
        return all.promise;
      };
      const played = await playSignIn({ ...place, think }, personOf(people, signIn), deeds);
      // Caught before it came to that.
      if (!hasArrived) arrive();
      return played;
    }),
  );
}

const outcomesOf = (played: readonly Played[]): string[] => played.map(({ outcome }) => outcome);

test('at a correct product every user is signed in, and every leg is measured', () =>
  atProduct({}, async ({ place, arrange }) => {
    const played = await playTogether(place, 4, { signsOut: true });
    assert.deepEqual(outcomesOf(played), Array(4).fill('signed in'));
    for (const { legs, message } of played) {
      assert.deepEqual(Object.keys(legs), ['discovery', 'redirect', 'idp', 'acs', 'first page']);
      assert.match(Buffer.from(message!, 'base64').toString(), /^<samlp:Response/);
    }
    const [again] = await playTogether(place, 1, { replays: true });
    assert.deepEqual([again?.outcome, again?.fault], ['fault rejected', replayed]);
    const fault = 'an assertion with a different Audience';
    await arrange(fault);
    assert.deepEqual(outcomesOf(await playTogether(place, 2, { fault })), Array(2).fill('fault rejected'));
  }));

const caught: readonly { wrong?: Wrong; once?: boolean; deeds?: Deeds; outcomes: readonly string[] }[] = [
  { wrong: 'shows the newest user in every browser', outcomes: ['mix-up', 'signed in'] },
  { wrong: 'keeps sessions by the local part of the NameID', outcomes: ['mix-up', 'signed in'] },
  { wrong: 'keeps the session of a user who signs out', deeds: { signsOut: true }, outcomes: ['session not ended'] },
  { once: false, deeds: { replays: true }, outcomes: ['fault accepted'] },
];

for (const { wrong, once = true, deeds = {}, outcomes } of caught)
  test(`a product that ${wrong ?? 'takes a response twice'} is caught`, () =>
    atProduct({ wrong, takesOneResponse: once }, async ({ place }) => {
      const played = await playTogether(place, outcomes.length, deeds);
      assert.deepEqual(outcomesOf(played).toSorted(), outcomes);
      const mixUp = played.find(({ outcome }) => outcome === 'mix-up');
      if (mixUp !== undefined) assert.match(mixUp.shown!, /^user1@(acme|branch)\.example$/);
    }));

test('a product that shows another user a moment later is caught', () =>
  atProduct({ wrong: 'shows the newest user in every browser' }, async ({ place }) => {
    const second: Played[] = [];
    const think = async (): Promise<void> => void second.push(await playSignIn(place, personOf(people, 1)));
    const first = await playSignIn({ ...place, think }, personOf(people, 0));
    assert.deepEqual([first.outcome, first.shown], ['mix-up', 'user1@branch.example']);
    assert.deepEqual(outcomesOf(second), ['signed in']);
  }));

test('a product that checks no Audience while it is busy is caught', () =>
  atProduct({ wrong: 'checks no Audience while it is busy' }, async ({ place, arrange }) => {
    const fault = 'an assertion with a different Audience';
    await arrange(fault);
    const one = await playSignIn(place, personOf(people, 0), { fault });
    assert.equal(one.outcome, 'fault rejected');
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, (_, signIn) => playSignIn(place, personOf(people, signIn), { fault })),
    );
    assert.ok(outcomesOf(outcomes).includes('fault accepted'), outcomesOf(outcomes).join());
  }));

test('a host that the recipe does not name is not visited', () =>
  atProduct({}, async ({ place }) => {
    const open = (...origins: string[]) => openNodeClient({ origins: [place.product.url, ...origins] });
    const client = open();
    const { cause } = await playSignIn({ ...place, open: () => client }, personOf(people, 0));
    const { host } = new URL(place.idp);
    assert.equal(cause, `the IdP did not reply: ${host} is a host that the recipe does not name in origins`);
    assert.deepEqual(
      client.exchanges.filter(({ url, status }) => url.startsWith(place.idp) && status > 0),
      [],
    );
    const { outcome } = await playSignIn({ ...place, open: () => open(place.idp) }, personOf(people, 0));
    assert.equal(outcome, 'signed in');
  }));

test('a failed sign-in has a cause in our words', () =>
  atProduct({}, async ({ place, arrange }) => {
    const causeOf = async (changed: Partial<Place>): Promise<string | undefined> =>
      (await playSignIn({ ...place, ...changed }, personOf(people, 0))).cause;
    const recipe = { ...place.product.recipe, signIn: { page: '/login', email: 'Company', next: 'Continue' } };
    assert.match(
      (await causeOf({ product: { ...place.product, recipe } }))!,
      /^a page lacks the field labelled “Company”/,
    );
    assert.match(
      (await causeOf({ product: { ...place.product, url: 'http://127.0.0.1:1' } }))!,
      /^the product did not reply: /,
    );
    await arrange('an HTTP 500 error page');
    assert.equal(await causeOf({}), 'the IdP failed (500)');
    await arrange('an assertion with a different Audience');
    assert.equal(await causeOf({}), 'the product rejected the response');
  }));
