/** No page of a service provider ends the conformance test, and earlier results are kept. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { hostilePages } from '../stack/hostile-pages.fixture.ts';
import { hostileReplies } from '../stack/hostile-server.fixture.ts';
import { inFull, sample } from '../stack/sample.fixture.ts';
import { readConfig, type StandConfig } from './config.ts';
import type { Examination, Row } from './examination.ts';
import { examine } from './examine.ts';
import { type Gullible, type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { standForTests } from './stand.fixture.ts';
import { startStand } from './stand.ts';

const { stand, folder } = await standForTests();

const only = ['audience-wrong', 'in-response-to-other-session', 'issueinstant-millis'];

async function configOf({ config }: Gullible, changed: object = {}): Promise<StandConfig> {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify({ ...config, ...changed }));
  return readConfig(file);
}

interface Watched extends GullibleOptions {
  /** Called after each row. */
  onRow?: (row: Row, sp: Gullible) => void;
  timeoutSeconds?: number;
}

async function examineGullible({
  onRow,
  timeoutSeconds = 60,
  ...options
}: Omit<Watched, 'ssoUrl'>): Promise<Examination> {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...options });
  const config = await configOf(sp, { timeoutSeconds });
  return await examine({ config, stand, only, onRow: (row) => onRow?.(row, sp) });
}

const resultsOf = ({ rows }: Examination): [code: string, result: string][] =>
  rows.map(({ code, result }) => [code, result]);

describe('a try is not verified, and the next ones work, if its first page is', () => {
  for (const path of sample(Object.keys(hostileReplies), 3))
    test(path, async () => {
      let isArmed = false;
      const examination = await examineGullible({
        timeoutSeconds: path === '/drip' || path === '/silent' ? 1.1 : 60,
        onRow: ({ code }) => {
          isArmed = code === 'issueinstant-millis';
        },
        instead({ method, path: requested }) {
          if (requested === '/loop') return '/loop';
          if (!isArmed || method !== 'GET' || requested !== '/login') return undefined;
          isArmed = false;
          return path;
        },
      });
      assert.deepEqual(resultsOf(examination), [
        ['issueinstant-millis', 'pass'],
        ['in-response-to-other-session', 'not verified'],
        ['audience-wrong', 'fail'],
      ]);
      assert.equal(examination.endedEarly, undefined);
      const { why } = examination.rows[1]!;
      // A guest visits no unknown host, so nothing is waiting there.
      if (path !== '/elsewhere') assert.match(why, /http:\/\/127\.0\.0\.1/);
      assert.doesNotMatch(why, /fetch failed|internal error|undefined/);
    });
});

/** Replies that end at once. */
const immediateReplies = Object.keys(hostileReplies).filter((path) => path !== '/drip' && path !== '/silent');

test('every row has a result, in spite of any replies to any requests', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          path: fc.constantFrom('/login', '/acs', '/'),
          turn: fc.integer({ min: 4, max: 11 }),
          reply: fc.constantFrom(
            ...immediateReplies,
            '',
            'You are bob',
            '<form action="http://[" method=post><input name=SAMLResponse>',
          ),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      async (planned) => {
        const { rows } = await examineGullible({
          instead({ path, before }) {
            if (path === '/loop') return '/loop';
            // The valid sign-ins at the start are not disturbed.
            return planned.find((one) => one.path === path && one.turn === before)?.reply;
          },
        });
        assert.deepEqual(rows.map(({ code }) => code).toSorted(), only.toSorted());
        for (const { result, why } of rows) {
          assert.match(result, /^(pass|fail|policy|not verified)$/);
          assert.doesNotMatch(why, /fetch failed|internal error|undefined/);
        }
      },
    ),
    { numRuns: inFull ? 20 : 6, ...(process.env.SEED === undefined ? {} : { seed: Number(process.env.SEED) }) },
  );
});

test('if the service provider stays down, the run ends with a sentence, and results are kept', async () => {
  const examination = await examineGullible({
    onRow: ({ code }, sp) => code === 'issueinstant-millis' && sp.shutDown(),
  });
  assert.deepEqual(resultsOf(examination), [
    ['issueinstant-millis', 'pass'],
    ['in-response-to-other-session', 'not verified'],
    ['audience-wrong', 'not verified'],
  ]);
  assert.match(
    examination.endedEarly ?? '',
    /^The run ended early: after “.*” sign-in stopped working: http:\S+\/login refused the connection: /,
  );
});

test('a real browser also reports in words what it received instead of a page', async () => {
  const { openBrowserGuests } = await import('./browser-guests.ts');
  await using guests = await openBrowserGuests({ allowedHosts: [] });
  const replies: readonly (readonly [path: string, words: RegExp])[] = [
    ['/reset', / cut the connection before its reply was complete$/],
    ['/loop', / led to more redirects than a browser follows$/],
    ['/nowhere', / redirected to an invalid URL$/],
  ];
  for (const [path, words] of sample(replies, 1)) {
    await using sp = await startGullible({
      ssoUrl: stand.connection.ssoUrl,
      instead: ({ path: requested }) => (requested === '/loop' || requested === '/login' ? path : undefined),
    });
    const config = await configOf(sp, { timeoutSeconds: 60 });
    await assert.rejects(examine({ config, stand, newGuest: guests.newGuest }), { message: words }, path);
  }
});

test('a reply that comes too late once is waited for if valid responses take as long at the same time', async () => {
  let isArmed = false;
  const examination = await examineGullible({
    timeoutSeconds: 1.1,
    onRow: ({ code }) => {
      isArmed = code === 'in-response-to-other-session';
    },
    instead({ method, path }) {
      if (!isArmed || method !== 'POST' || path !== '/acs') return undefined;
      isArmed = false;
      return '/silent';
    },
  });
  assert.deepEqual(resultsOf(examination).at(-1), ['audience-wrong', 'fail']);
});

test('a response stops a service provider if no reply comes, and no valid sign-in works afterwards', async () => {
  let posted: number | undefined;
  const examination = await examineGullible({
    timeoutSeconds: 1.1,
    onRow: ({ code }) => {
      if (code === 'in-response-to-other-session') posted = 0;
    },
    instead({ method, path }) {
      if (posted === undefined || method !== 'POST' || path !== '/acs') return undefined;
      posted++;
      return posted === 1 ? '/silent' : 'Sorry, that did not work.';
    },
  });
  const { code, severity, cause } = examination.rows.at(-1)!;
  assert.deepEqual([code, severity, cause], ['audience-wrong', 'high', 'goes out of service']);
});

test('if the service provider cannot be restarted, the run ends in the same way', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, breaks: true });
  const { rows, endedEarly } = await examine({
    config: await configOf(sp),
    stand,
    only: ['audience-wrong', 'audiencerestriction-missing'],
    restart: () => Promise.reject(new Error('no such command')),
  });
  assert.deepEqual(
    rows.map(({ result }) => result),
    ['fail', 'not verified'],
  );
  assert.match(endedEarly ?? '', /no such command/);
});

describe('the user is recognized above a hostile part of a page:', () => {
  for (const [name, page] of sample(Object.entries(hostilePages), 3))
    test(name, async () => {
      await using sp = await startGullible({
        ssoUrl: stand.connection.ssoUrl,
        beneath: page(20_000),
      });
      const { rows } = await examine({ config: await configOf(sp), stand, only: ['audience-wrong'] });
      assert.deepEqual(
        rows.map(({ result, signedInAs }) => [result, signedInAs]),
        [['fail', 'alice@example.org']],
      );
    });
});

describe('the command', () => {
  const command = fileURLToPath(new URL('../commands/conformance.ts', import.meta.url));
  test('accepts any number of seconds, and exits with 2 and a report if the service provider is down', async () => {
    const [stateFile, config, reports] = [join(folder, 'keys.json'), join(folder, 'sp.json'), join(folder, 'reports')];
    const { url, connection, ...before } = await startStand({ port: 0, stateFile });
    await before[Symbol.asyncDispose]();
    await using sp: Gullible = await startGullible({
      ssoUrl: connection.ssoUrl,
      instead({ path, before: earlier }) {
        if (path !== '/login' || earlier < 4) return undefined; // two valid sign-ins, one by another name, one fault
        sp.shutDown();
        return '/reset';
      },
    });
    writeFileSync(config, JSON.stringify({ ...sp.config, timeoutSeconds: 16.1 }));
    const args = ['--config', config, '--port', url.port, '--state', stateFile, '--reports', reports];
    const { code, stdout, stderr } = await promisify(execFile)(process.execPath, [
      command,
      ...args,
      ...['issueinstant-millis', 'in-response-to-other-session'].flatMap((one) => ['--only', one]),
    ]).then(
      (done) => ({ code: 0, ...done }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    assert.equal(code, 2, stderr);
    assert.match(stdout, /1 pass.*\nThe run ended early: .* refused the connection: no server is listening/);
    assert.match(readFileSync(join(reports, 'conformance.html'), 'utf8'), /The run ended early/);
  });

  test('exits with 0 without findings, with 1 for one, and with 0 if it is known or milder', async () => {
    const [stateFile, config, known] = ['keys-2.json', 'sp-2.json', 'known.json'].map((name) => join(folder, name));
    const { url, connection, ...before } = await startStand({ port: 0, stateFile: stateFile! });
    await before[Symbol.asyncDispose]();
    await using sp = await startGullible({ ssoUrl: connection.ssoUrl });
    writeFileSync(config!, JSON.stringify(sp.config));
    const run = (...more: readonly string[]): Promise<{ code: number; stdout: string }> =>
      promisify(execFile)(process.execPath, [
        ...[command, '--config', config!, '--port', url.port, '--state', stateFile!],
        ...['--reports', join(folder, 'reports-2'), ...more],
      ]).then(
        (done) => ({ code: 0, ...done }),
        (error: { code: number; stdout: string }) => error,
      );
    assert.equal((await run('--only', 'issueinstant-millis')).code, 0);
    if (!inFull) return;
    const found = await run('--only', 'audience-wrong', '--write-baseline', known!);
    // They were written, so nothing failed.
    assert.deepEqual([found.code, /: 1 fault in .*1 fail \(1 high; 1 cause\)/.test(found.stdout)], [0, true]);
    assert.equal((await run('--only', 'audience-wrong')).code, 1);
    writeFileSync(known!, readFileSync(known!, 'utf8').replace('"reason": ""', '"reason": "an old client needs it"'));
    const compared = await run('--only', 'audience-wrong', '--baseline', known!);
    assert.deepEqual([compared.code, /: 1 known, 0 new or worse, 0 gone/.test(compared.stdout)], [0, true]);
    assert.match(compared.stdout, /an assertion with a different Audience \(audience-wrong\), known\n/);
    const milder = await run('--only', 'audience-wrong', '--fail-on', 'critical');
    assert.equal(milder.code, 0);
    assert.match(milder.stdout, /Passed: none of the findings is critical or worse \(--fail-on\)\./);
    writeFileSync(known!, readFileSync(known!, 'utf8').replace('a different Audience', 'another Audience'));
    const misspelt = await run('--only', 'audience-wrong', '--baseline', known!);
    assert.deepEqual([misspelt.code, misspelt.stdout], [2, '']);
  });
});
