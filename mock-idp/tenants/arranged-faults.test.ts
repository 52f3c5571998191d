/** Arranged faults: valid ones, the responses at which they strike, counting, and isolation between tenants. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FaultWish } from '../api.ts';
import { responseIn } from '../app.fixture.ts';
import type { Fault } from '../fault.ts';
import { faults } from '../faults.ts';
import { type Control, consoleApp, openWorld, type Party, type World } from '../two-tenants.fixture.ts';

let world: World;
let acme: Party;
let globex: Party;
before(async () => {
  world = await openWorld();
  ({ acme, globex } = world);
});
after(() => world[Symbol.asyncDispose]());

const put = (requests: unknown, { name } = acme): Promise<Control> =>
  world.control('PUT', `/tenants/${name}/faults`, requests);
const signIn = (party = acme) =>
  party.api.signIn('sam', { unsolicited: true, app: consoleApp.entityId, relayState: 'r' });
const counts = (party = acme) => party.api.faults().map(({ times, struck }) => [times, struck]);

const expired = 'an assertion that expired {minutes} minutes ago';
for (const [rule, request, view] of [
  ['a phrase', { phrase: 'a response without RelayState' }, ['a response without RelayState', 0, null]],
  ['a number of times', { phrase: 'a response without RelayState', times: 1 }, ['a response without RelayState', 0, 1]],
  ['a separate amount', { phrase: expired, amount: 7 }, ['an assertion that expired 7 minutes ago', 7, null]],
  [
    'an amount in the phrase',
    { phrase: 'an assertion that expired 7 minutes ago' },
    ['an assertion that expired 7 minutes ago', 7, null],
  ],
  ['zero minutes', { phrase: expired, amount: 0 }, ['an assertion that expired 0 minutes ago', 0, null]],
  [
    'a hundred years',
    { phrase: expired, amount: 52_560_000 },
    ['an assertion that expired 52560000 minutes ago', 52_560_000, null],
  ],
] as const)
  test(`a fault is accepted: ${rule}`, async () => {
    const { status, json } = await put([request]);
    const [phrase, amount, times] = view;
    assert.deepEqual([status, json], [200, [{ phrase, amount, times, struck: 0 }]]);
    assert.deepEqual(acme.api.faults(), json);
    assert.deepEqual((await world.control('GET', '/tenants/acme/faults')).json, json);
    assert.deepEqual(globex.api.faults(), []);
    await signIn();
    assert.deepEqual(counts(), [[times === null ? null : times - 1, 1]]);
  });

const needsAmount = `“${expired}” needs an amount: a whole number of minutes`;
const unknown = (phrase: string): RegExp =>
  new RegExp(`^Unknown fault “${phrase.replaceAll('.', '\\.')}”\\. The nearest are “.+”, “.+”, “.+”$`);
for (const [rule, request, sentence, allowed] of [
  ['an unknown phrase', { phrase: 'bad weather' }, unknown('bad weather'), 'the nearest'],
  [
    'a misspelled phrase',
    { phrase: 'a response without relaystate' },
    unknown('a response without relaystate'),
    'the nearest',
  ],
  [
    'a phrase with extra text',
    { phrase: 'a response without RelayState ' },
    unknown('a response without RelayState '),
    'the nearest',
  ],
  ['the start of a phrase', { phrase: 'a response without Relay' }, unknown('a response without Relay'), 'the nearest'],
  ['an inherited property name', { phrase: 'constructor' }, unknown('constructor'), 'the nearest'],
  ['an empty phrase', { phrase: '' }, unknown(''), 'the nearest'],
  [
    'a fraction in the phrase',
    { phrase: 'an assertion that expired 0.5 minutes ago' },
    unknown('an assertion that expired 0.5 minutes ago'),
    'the nearest',
  ],
  [
    'a negative amount in the phrase',
    { phrase: 'an assertion that expired -1 minutes ago' },
    unknown('an assertion that expired -1 minutes ago'),
    'the nearest',
  ],
  ['no amount', { phrase: expired }, needsAmount],
  ['a fraction', { phrase: expired, amount: 0.5 }, needsAmount],
  ['a negative amount', { phrase: expired, amount: -1 }, /^“0\.amount”: /],
  ['an amount that is a string', { phrase: expired, amount: '7' }, /^“0\.amount”: /],
  [
    'more than a hundred years',
    { phrase: expired, amount: 52_560_001 },
    /the amount of “an assertion that expired 52560001 minutes ago” is more than 52560000 minutes/,
  ],
  [
    'more than a hundred years in the phrase',
    { phrase: `an assertion that expired ${'9'.repeat(30)} minutes ago` },
    /the amount of “.*” is more than 52560000 minutes/,
  ],
  [
    'an amount in exponent notation',
    { phrase: expired, amount: 1e300 },
    /the amount of “.*” is more than 52560000 minutes/,
  ],
  [
    'an amount for a phrase without one',
    { phrase: 'a response without RelayState', amount: 1 },
    '“a response without RelayState” does not take an amount',
  ],
  [
    'a second amount',
    { phrase: 'an assertion that expired 7 minutes ago', amount: 8 },
    '“an assertion that expired 7 minutes ago” does not take an amount',
  ],
  ['zero times', { phrase: 'a response without RelayState', times: 0 }, /^“0\.times”: /],
  ['a fraction of times', { phrase: 'a response without RelayState', times: 1.5 }, /^“0\.times”: /],
  [
    'an unknown setting',
    { phrase: 'a response without RelayState', time: 1 },
    '“0” has the unknown “time”',
    ['phrase', 'amount', 'times'],
  ],
  ['no phrase', { times: 1 }, /^“0\.phrase”: /],
  ['a number instead of a phrase', 7, /^“0”: /],
] as const)
  test(`a fault is rejected, and the arranged faults stay: ${rule}`, async () => {
    await acme.api.arrangeFaults('a response without RelayState');
    const before = world.contents(acme);
    const { status, json } = await put([{ phrase: 'a response without RelayState', times: 5 }, request].toReversed());
    assert.equal(status, 400);
    if (sentence instanceof RegExp) assert.match(json.error, sentence);
    else assert.equal(json.error, sentence);
    const nearest = [...json.error.matchAll(/(?<=nearest are .*)“(.+?)”/g)].map(([, phrase]) => phrase);
    assert.deepEqual(json.allowed, allowed === 'the nearest' ? nearest : allowed);
    if (allowed === 'the nearest') assert.equal(nearest.length, 3);
    assert.deepEqual(world.contents(acme), before);
    if (typeof request === 'object')
      await assert.rejects(
        acme.api.arrangeFaults(request as FaultWish),
        { message: json.error },
        'the API throws the same error',
      );
    assert.deepEqual(world.contents(acme), before);
  });

for (const body of [{}, 'a response without RelayState', { phrase: 'a response without RelayState' }, null])
  test(`not a list of faults: ${JSON.stringify(body)}`, async () => {
    const before = world.contents(acme);
    assert.equal((await put(JSON.stringify(body))).status, 400);
    assert.deepEqual(world.contents(acme), before);
  });

const units = Object.entries(faults as Record<string, Fault>).flatMap(([phrase, { amount }]) =>
  amount ? [{ phrase, amount }] : [],
);
const limits = { minutes: 52_560_000, seconds: 86_400, levels: 10_000, megabytes: 1_000, characters: 1_000_000 };
test('each unit has a limit, above all amounts in the catalogue', async () => {
  for (const { phrase, amount } of units) {
    const most = limits[amount.unit];
    for (const one of [...amount.accept, ...amount.reject, most])
      assert.equal((await put([{ phrase, amount: one }])).status, 200, `${phrase} ${one}`);
    assert.match(
      (await put([{ phrase, amount: most + 1 }])).json.error,
      new RegExp(`more than ${most} ${amount.unit}`),
    );
  }
});

for (const { phrase, amount } of units.filter(({ amount: { unit } }) => unit !== 'megabytes'))
  test(`a response can be built at the limit: ${phrase}`, async () => {
    await put([{ phrase, amount: limits[amount.unit] }]);
    await signIn();
    await acme.api.arrangeFaults();
  });

for (const [rule, times, expected] of [
  ['without a number, always', undefined, [true, true, true, true]],
  ['once', 1, [true, false, false, false]],
  ['twice', 2, [true, true, false, false]],
  ['three times', 3, [true, true, true, false]],
] as const)
  test(`how often a fault strikes: ${rule}`, async () => {
    await globex.api.arrangeFaults();
    await acme.api.arrangeFaults({ phrase: 'a response without RelayState', ...(times && { times }) });
    const struck: boolean[] = [];
    for (let index = 0; index < 4; index++) {
      // Responses of the other tenant neither have the fault nor use it up.
      assert.deepEqual((await signIn(globex)).struck, []);
      const { fields, struck: phrases } = await signIn();
      assert.equal(phrases.includes('a response without RelayState'), !new Map(fields).has('RelayState'));
      struck.push(phrases.length > 0);
    }
    assert.deepEqual(struck, expected);
    const left = times === undefined ? null : 0;
    assert.deepEqual(counts(), [[left, expected.filter(Boolean).length]]);
    assert.deepEqual(
      acme.api
        .log('response')
        .slice(-4)
        .map((one) => one.struck.length > 0),
      expected,
    );
  });

test('responses that a fault does not change use it up, but do not count as struck', async () => {
  await acme.api.arrangeFaults({ phrase: 'a response without RelayState', times: 2 });
  await acme.api.signIn('sam', { unsolicited: true, app: consoleApp.entityId });
  assert.deepEqual([counts(), acme.api.struckFaults()], [[[1, 0]], []]);
  await signIn();
  assert.deepEqual(counts(), [[0, 1]]);
  assert.deepEqual(acme.api.struckFaults(), acme.api.faults());
});

test('several faults strike together, each counted separately, and arranging others replaces them all', async () => {
  await acme.api.arrangeFaults(
    { phrase: 'a response without RelayState', times: 1 },
    'an assertion with a different Audience',
  );
  assert.equal((await signIn()).struck.length, 2);
  assert.deepEqual((await signIn()).struck, ['an assertion with a different Audience']);
  assert.deepEqual(counts(), [
    [0, 1],
    [null, 2],
  ]);
  await acme.api.arrangeFaults({ phrase: 'a response without RelayState', times: 1 });
  assert.deepEqual(counts(), [[1, 0]]);
  await acme.api.arrangeFaults();
  assert.deepEqual(acme.api.faults(), []);
  assert.deepEqual((await signIn()).struck, []);
});

test('server faults count browser visits to their tenant, not responses', async () => {
  await acme.api.arrangeFaults({ phrase: 'an HTTP 500 error page', times: 2 });
  await globex.api.arrangeFaults();
  const browser = world.browser();
  assert.deepEqual((await signIn()).struck, []);
  assert.deepEqual(counts(), [[2, 0]]);
  assert.equal((await browser.get('/globex')).status, 200);
  const statuses = [];
  for (let index = 0; index < 3; index++) statuses.push((await browser.get('/acme')).status);
  assert.deepEqual(statuses, [500, 500, 200]);
  assert.deepEqual(counts(), [[0, 2]]);
  assert.deepEqual(
    acme.api.log('fault').map(({ phrase, path }) => [phrase, path]),
    Array(2).fill(['an HTTP 500 error page', '/acme']),
  );
  assert.deepEqual(globex.api.log('fault'), []);
});

test('a fault strikes over HTTP and in process until it is removed', async () => {
  await acme.api.arrangeFaults({ phrase: 'a response without RelayState', times: 1 });
  const browser = world.browser();
  assert.equal(responseIn(await browser.askAndSignIn(globex, { relayState: 'r' })).relayState, 'r');
  assert.equal(responseIn(await browser.askAndSignIn(acme, { relayState: 'r' })).relayState, undefined);
  assert.equal(responseIn(await browser.ask(acme, { relayState: 'r' })).relayState, 'r');
});

test('faults are returned as copies', async () => {
  await acme.api.arrangeFaults('a response without RelayState');
  acme.api.faults()[0]!.struck = 7;
  assert.deepEqual(counts(), [[null, 0]]);
});
