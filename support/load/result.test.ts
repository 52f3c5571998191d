/** Measurements become figures, findings and a bottleneck. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownRecipe } from '../product/own-product.ts';
import { droppedLine, legLine, ownLine, phaseLine, signInLine } from './lines.fixture.ts';
import { makePlan } from './make-plan.ts';
import { timesOf } from './percentiles.ts';
import type { Plan } from './played/plan.ts';
import { replayed } from './played/sign-in.ts';
import { linesOf, readPoint } from './points.ts';
import { type Measured, type Result, resultOf } from './result.ts';
import { createTally, mostIncidents } from './tally.ts';

const idp = { origin: 'http://idp.localhost', tenant: 'acme', form: { username: 'Username', button: 'Sign in' } };
const people = { domain: 'acme.example', shownAs: '{email}', nameId: '{email}' };
const recipe = { ...ownRecipe, people };
const options = {
  recipe,
  url: 'http://sp.localhost',
  values: {},
  idp,
  profile: 'steady',
  rate: 5,
  seconds: 60,
} as const;
const withFaults = makePlan(options);
const plan: Plan = { ...withFaults, faults: { ...withFaults.faults, share: 0 }, replayShare: 0 };

function measured(lines: readonly string[], changes: Partial<Measured> = {}): Result {
  const tally = createTally();
  for (const line of lines) {
    const point = readPoint(line);
    if (point !== undefined) tally.add(point);
  }
  const run = { at: '2026-11-30T09:00:00Z', interrupted: false, generators: ['k6 1.8.1'] };
  return resultOf({ run, plan, tally, use: undefined, idpBusy: [], struck: plan.faults.phrases, ...changes });
}

const good = (count: number): string[] => Array.from({ length: count }, (_, at) => signInLine({ at }));

test('a run without a finding', () => {
  const use = { generator: [0.2], machine: [0.5], processors: 2 };
  const result = measured([...good(10), legLine('acs', 5), ownLine(20), ownLine(40)], { use });
  assert.deepEqual(result.findings, []);
  assert.deepEqual([result.signIns, result.took, result.perSecond, result.errors], [10, 10, 1, 0]);
  assert.deepEqual(result.legs, [{ leg: 'acs', count: 1, p50: 5, p95: 5, p99: 5, max: 5, perSecond: 0.1 }]);
  assert.deepEqual(result.own, { count: 2, p50: 20, p95: 40, p99: 40, max: 40 });
  assert.equal(result.bottleneck, 'None: every sign-in began in time.');
});

test('percentiles are values, by the nearest rank', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  assert.deepEqual(timesOf(values), { count: 200, p50: 100, p95: 190, p99: 198, max: 200 });
  assert.equal(timesOf([]), undefined);
});

const broken: readonly [string, readonly string[], RegExp][] = [
  ['a mix-up', [signInLine({ outcome: 'mix-up', shown: 'user2@acme.example' })], /^1 mix-up: /],
  [
    'a fault that got in',
    [signInLine({ outcome: 'fault accepted', fault: 'a corrupted SignatureValue' })],
    /^1 response with a fault got in: a corrupted SignatureValue \(1\)/,
  ],
  ['a session that goes on', [signInLine({ outcome: 'session not ended' })], /^1 session went on after/],
  ['errors', [signInLine({ outcome: 'not signed in', cause: 'the product failed (500)' })], /^9\.09 % of the sign-ins/],
  ['slow sign-ins', [ownLine(9_000)], /^95 of 100 sign-ins took up to 9000 ms/],
  [
    'a fault that changed nothing',
    [signInLine({ outcome: 'fault rejected', fault: plan.faults.phrases[0]! })],
    /changed no response/,
  ],
];

for (const [name, lines, finding] of broken)
  test(`${name} fails the run`, () => {
    const { findings } = measured([...good(10), ...lines], { struck: [] });
    assert.match(findings[0] ?? 'no finding', finding);
  });

test('a chosen fault that was never sent is not verified', () => {
  const [sent, ...others] = withFaults.faults.phrases;
  const lines = [...good(10), signInLine({ outcome: 'fault rejected', fault: sent! })];
  const { findings, notJudged, faults } = measured(lines, { plan: withFaults });
  assert.deepEqual(findings, []);
  assert.equal(
    notJudged,
    `Not verified, as never sent: ${[...others, replayed].map((one) => `“${one}”`).join(', ')}. ` +
      'Play longer, or at a higher rate.',
  );
  assert.deepEqual(
    faults.map(({ phrase, sent: times }) => [phrase, times]),
    [[sent, 1], ...[...others, replayed].map((one) => [one, 0])],
  );
  const all = [...others, replayed].map((fault) => signInLine({ outcome: 'fault rejected', fault }));
  assert.equal(measured([...lines, ...all], { plan: withFaults }).notJudged, undefined);
});

test('a run in which every response has a fault says nothing about correct ones', () => {
  const { findings, notJudged } = measured([
    signInLine({ outcome: 'fault rejected', fault: 'a corrupted SignatureValue' }),
  ]);
  assert.deepEqual(findings, []);
  assert.match(
    notJudged!,
    /^Every sign-in had a fault, so nothing is known of correct ones: lower load\.faultShare\.$/,
  );
});

test('a failure of the IdP is not the product’s', () => {
  const cause = 'the IdP failed (500)';
  const result = measured([...good(10), signInLine({ outcome: 'not signed in', cause })]);
  assert.deepEqual([result.errors, result.findings, result.causes[0]?.cause], [0, [], cause]);
  assert.match(result.notJudged!, /The IdP failed in 1 of 11 sign-ins\.$/);
  assert.match(result.bottleneck, /^Not known/);
});

test('slow sign-ins are not judged when processor time was short', () => {
  const short: readonly [Partial<Measured>, RegExp][] = [
    [{ idpBusy: [0.95, 0.99] }, /^The mock IdP/],
    [{ use: { generator: [1.9, 1.95], machine: [], processors: 2 } }, /^k6/],
    [{ use: { generator: [0.2], machine: [1, 1], processors: 2 } }, /^This machine/],
  ];
  for (const [changes, bottleneck] of short) {
    const result = measured([...good(10), ownLine(9_000)], changes);
    assert.match(result.bottleneck, bottleneck);
    assert.deepEqual(result.findings, []);
    assert.match(result.notJudged!, /9000 ms/);
  }
});

test('a product that is too slow to begin sign-ins is the bottleneck', () => {
  const { bottleneck } = measured([...good(5), legLine('acs', 900), legLine('redirect', 20), droppedLine(7)]);
  assert.match(bottleneck, /^7 sign-ins could not begin in time.*the leg “acs”|“acs”/);
});

const down = { name: 'IdP: down', from: 10, to: 15, idp: { faults: ['an HTTP 500 error page'] } };
const withPhase: Plan = { ...plan, phases: [{ name: 'steady', from: 0, to: 60 }, down] };
const failing = (at: number, phase = 'steady'): string =>
  signInLine({ at, phase, outcome: 'not signed in', cause: 'the product failed (500)' });

test('a disturbance is expected to fail sign-ins, and the product to recover', () => {
  const lines = [
    ...good(10),
    ...[10, 12, 14].map((at) => failing(at, 'IdP: down')),
    phaseLine('IdP: down', 'ends', 15),
  ];
  const later = [15, 16, 17, 18, 19, 20, 21, 22, 23, 24].map((at) => signInLine({ at }));
  const recovered = measured([...lines, ...later], { plan: withPhase });
  assert.deepEqual([recovered.findings, recovered.errors, recovered.phases[1]?.recoveredAfter], [[], 0, 0]);
  assert.equal(recovered.causes[0]?.isExpected, true);
  const slowly = measured([...lines, failing(16), ...later], { plan: withPhase });
  assert.equal(slowly.phases[1]?.recoveredAfter, 2);
  const never = measured([...lines, ...[16, 19, 22, 24].map((at) => failing(at)), ...later], { plan: withPhase });
  assert.equal(never.phases[1]?.recoveredAfter, null);
  assert.ok(never.findings.some((one) => one === 'After “IdP: down” the product did not recover.'));
});

test('a mix-up is shown with both messages, whichever came first', () => {
  const mixUp = signInLine({
    outcome: 'mix-up',
    person: 'user1@acme.example',
    shown: 'User2@acme.example',
    message: 'b25l',
  });
  const other = signInLine({ person: 'user2@acme.example', message: 'dHdv' });
  for (const lines of [
    [mixUp, other],
    [other, mixUp],
  ]) {
    const [incident] = measured(lines).incidents;
    assert.deepEqual([incident?.person, incident?.shown], ['user1@acme.example', 'User2@acme.example']);
    assert.deepEqual([incident?.message, incident?.otherMessage], ['b25l', 'dHdv']);
    assert.equal(incident?.at, '2026-11-30T09:00:00.000Z');
  }
});

test('of many mix-ups the first are kept, and all are counted', () => {
  const result = measured(Array.from({ length: 50 }, () => signInLine({ outcome: 'mix-up', shown: 'x' })));
  assert.deepEqual([result.counts['mix-up'], result.incidents.length], [50, mostIncidents]);
});

test('messages are kept within limits', () => {
  const tally = createTally();
  const add = (line: string): void => tally.add(readPoint(line)!);
  for (let n = 0; n < 4_001; n++) add(signInLine({ person: `user${n}`, message: 'x' }));
  add(signInLine({ outcome: 'mix-up', person: 'a', shown: 'user0', message: 'x' }));
  add(signInLine({ outcome: 'mix-up', person: 'a', shown: 'user4000', message: 'x' }));
  assert.deepEqual(
    tally.incidents.map(({ otherMessage }) => otherMessage),
    [undefined, 'x'],
  );
});

test('lines of other metrics and broken lines are left out', () => {
  const broken = signInLine().slice(0, -20);
  const other = '{"metric":"http_reqs","type":"Point","data":{"time":"2026-11-30T09:00:00Z","value":1}}';
  const metric = '{"type":"Metric","data":{"name":"sso_leg"},"metric":"sso_leg"}';
  for (const line of [broken, other, metric, '', 'running (10s)', signInLine({ outcome: 'something else' })])
    assert.equal(readPoint(line), undefined, line);
});

test('lines are complete, wherever the pieces of a stream end', async () => {
  async function* pieces(): AsyncGenerator<Buffer> {
    const text = Buffer.from('erste Zeile ä\nzweite\ndritte');
    for (let at = 0; at < text.length; at += 3) yield text.subarray(at, at + 3);
  }
  const lines: string[] = [];
  for await (const line of linesOf(pieces())) lines.push(line);
  assert.deepEqual(lines, ['erste Zeile ä', 'zweite', 'dritte']);
});
