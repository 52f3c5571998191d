/** Load by k6: a correct product passes, wrong ones are caught, two k6 with two IdPs are merged, Ctrl+C reports. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findK6 } from '../load/find-k6.ts';
import { playWithK6 } from '../load/k6.ts';
import { makePlan } from '../load/make-plan.ts';
import { mergeRuns } from '../load/merge.ts';
import { writePlan } from '../load/played/plan.ts';
import type { Result } from '../load/result.ts';
import { playLoad, type RunOptions } from '../load/run.ts';
import { openTarget, type Target } from '../load/target.ts';
import { freePort } from '../stack/free-port.ts';
import { k6Program } from './k6-program.ts';
import { type SmallProductOptions, startSmallProduct, type Wrong } from './small-product.fixture.ts';

const program = k6Program();
const skip = program === undefined && 'k6 is not installed and has not been built';
if (program !== undefined) process.env.K6_PATH = program;

const folder = mkdtempSync(join(tmpdir(), 'load-peer-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** The machine that plays the tests may be busy: only what is wrong counts, not what is slow. */
const patient = { p95Ms: 60_000, p99Ms: 60_000, errors: 0.05 };

async function atProduct<Played>(
  { load = {}, ...options }: SmallProductOptions & { load?: object },
  use: (target: Target, place: string) => Promise<Played>,
): Promise<Played> {
  const place = mkdtempSync(join(folder, 'run-'));
  await using product = await startSmallProduct({ takesOneResponse: true, ...options });
  const recipe = {
    name: 'Board',
    origin: product.url,
    metadata: '/metadata',
    signIn: { page: '/login', email: 'Work email', next: 'Continue' },
    signedIn: { page: '/', text: 'Logged in: {user}!' },
    signOut: { page: '/', button: 'Log out' },
    idp: { by: 'request', url: '/idp', body: '{metadata}', port: await freePort(), nextCertificate: true },
    people: { domain: 'acme.example' },
    load: { thresholds: patient, ...load },
  };
  writeFileSync(join(place, 'board.json'), JSON.stringify(recipe));
  await using target = await openTarget(join(place, 'board.json'));
  return await use(target, place);
}

const twoDomains = { users: { emails: ['user{n}@acme.example', 'user{n}@branch.example'], count: 50 } };
const manyFaults = { faultShare: 0.5 };

const play = (options: Parameters<typeof atProduct>[0], how: Partial<RunOptions> = {}): Promise<Result> =>
  atProduct(options, (target, place) =>
    playLoad(target, { profile: 'steady', rate: 8, seconds: 10, folder: place, ...how }),
  );

test('a correct product passes a monday and a spike', { skip }, async () => {
  for (const profile of ['monday', 'spike'] as const) {
    const result = await play({ load: { ...twoDomains, ...manyFaults, signOutShare: 0.5 } }, { profile, seconds: 20 });
    assert.deepEqual(result.findings, [], result.bottleneck);
    assert.ok(result.counts['signed in'] > 5 && result.counts['fault rejected'] > 1, JSON.stringify(result.counts));
    assert.deepEqual(
      result.legs.map(({ leg }) => leg),
      ['discovery', 'redirect', 'idp', 'acs', 'first page'],
    );
  }
});

const caught: readonly [Wrong, RegExp, object][] = [
  ['shows the newest user in every browser', /mix-up/, {}],
  ['keeps sessions by the local part of the NameID', /mix-up/, twoDomains],
  ['checks no Audience while it is busy', /an assertion with a different Audience \(\d+\)/, manyFaults],
  ['keeps the session of a user who signs out', /sessions? went on/, { signOutShare: 1 }],
];

for (const [wrong, finding, load] of caught)
  test(`a product that ${wrong} is caught`, { skip }, async () => {
    const { findings, incidents } = await play({ wrong, load }, { rate: 15 });
    assert.match(findings.join('\n'), finding);
    const mixUp = incidents.find(({ outcome }) => outcome === 'mix-up');
    if (!wrong.includes('newest') && !wrong.includes('local part')) return;
    assert.notEqual(mixUp?.person, mixUp?.shown);
    for (const [name, message] of [
      [mixUp?.person, mixUp?.message],
      [mixUp?.shown, mixUp?.otherMessage],
    ])
      assert.ok(Buffer.from(message!, 'base64').toString().includes(`>${name}</saml:NameID>`), name);
  });

test('a product recovers from an IdP that is slow, fails, drifts and rolls its key over', { skip }, async () => {
  const { findings, phases } = await play({ load: { faultShare: 0 } }, { seconds: 63, rate: 4, failingIdp: true });
  assert.deepEqual(findings, []);
  assert.equal(phases.filter(({ isDisturbed }) => isDisturbed).length, 4);
  assert.ok(phases.some(({ name, failedAtIdp }) => name.includes('500') && failedAtIdp > 0));
});

/** As on two machines: each k6 plays half of the test, with an IdP of its own. */
test('two k6 with two replicas of the IdP are merged', { skip }, () =>
  atProduct({ load: { ...twoDomains, ...manyFaults } }, async (target, place) => {
    const k6 = await findK6();
    const plan = makePlan({ ...target.product, profile: 'steady', rate: 8, seconds: 12 });
    const { host } = new URL(plan.idp.origin);
    const segments = ['0:1/2', '1/2:1'];
    const files = await Promise.all(
      segments.map(async (segment, index) => {
        const idps = await target.startIdps(plan.people, plan.faults.phrases, { isReplica: index > 0 });
        await using _ = idps;
        const lines: string[] = [];
        const own = mkdtempSync(join(place, 'k6-'));
        await playWithK6(k6, {
          plan,
          folder: own,
          onPoint: () => undefined,
          onLine: (line) => void lines.push(line),
          options: ['--execution-segment', segment, '--execution-segment-sequence', '0,1/2,1'],
          parameters: {
            KEEP_MESSAGES: '1',
            FAULTY_IDPS: JSON.stringify(idps.faulty),
            HOST_ADDRESSES: JSON.stringify({ '*.localhost': '127.0.0.1', [host]: new URL(idps.listensAt).host }),
          },
        });
        const file = join(place, `points-${index}.json`);
        writeFileSync(file, lines.join('\n'));
        return file;
      }),
    );
    writeFileSync(join(place, 'plan.json'), writePlan(plan));
    const merged = await mergeRuns(files, join(place, 'plan.json'));
    const each = await Promise.all(files.map((file) => mergeRuns([file], join(place, 'plan.json'))));
    assert.deepEqual(merged.findings, []);
    assert.equal(merged.signIns, each[0]!.signIns + each[1]!.signIns);
    for (const one of each) assert.ok(one.signIns > 0.3 * merged.signIns, 'each plays about half');
    const emails = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/"person":"([^"]+)"/g)].map(([, one]) => one),
    );
    assert.equal(new Set(emails).size, Math.min(100, emails.length), 'each sign-in is by another user');
  }),
);

test('Ctrl+C ends the run in order, and reports what was measured', { skip }, () =>
  atProduct({}, async (_target, place) => {
    const reports = join(place, 'reports');
    mkdirSync(reports);
    const command = fileURLToPath(new URL('../commands/load.ts', import.meta.url));
    const args = [command, '--product', join(place, 'board.json'), '--for', '60s', '--reports', reports];
    const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: place } });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (text.startsWith('10 of 60 s')) child.kill('SIGINT');
    });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 130, output);
    assert.match(output, /The run was interrupted: this is what was measured until then\./);
    assert.ok(existsSync(join(reports, 'load.html')));
    assert.deepEqual(
      readdirSync(place).filter((name) => name.startsWith('sso-rehearsal-')),
      [],
      'nothing is left',
    );
  }),
);
