/** The stand against service providers whose weaknesses are known, and against our own. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { load } from 'cheerio';
import { SaxesParser } from 'saxes';
import { problemsOf } from '../stack/accessible.fixture.ts';
import { launchBrowser } from '../stack/browser.ts';
import { inFull, sample } from '../stack/sample.fixture.ts';
import { BaselineFailed, baselineSettings, diagnoseBaseline } from './baseline.ts';
import { readConfig, type StandConfig } from './config.ts';
import type { Delivery } from './delivery.ts';
import type { Examination, Row } from './examination.ts';
import { type ExamineOptions, examine } from './examine.ts';
import { type Gullible, type GullibleOptions, startGullible } from './gullible-sp.fixture.ts';
import { HostNotAllowed } from './hosts.ts';
import { startOwn } from './own-peer.ts';
import { configOfPeer, startPeer } from './peers.ts';
import { writeReports } from './report.ts';
import { standForTests } from './stand.fixture.ts';
import { startStand } from './stand.ts';

const { stand, folder } = await standForTests();

async function configOf({ config }: Gullible, changed: object = {}): Promise<StandConfig> {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify({ ...config, ...changed }));
  return readConfig(file);
}

async function examineGullible(
  weakness: Omit<GullibleOptions, 'ssoUrl'>,
  options: Partial<ExamineOptions> = {},
  changed: object = {},
): Promise<Examination> {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, ...weakness });
  return await examine({ config: await configOf(sp, changed), stand, ...options });
}

/** The row of a fault; if it has an amount, the one beyond the limit. */
const row = ({ rows }: Examination, code: string): Row => rows.findLast((one) => one.code === code)!;

describe('a service provider that believes everything', () => {
  const accepted = [
    ['unsigned-all', 'critical'],
    ['signature-other-key', 'critical'],
    ['audience-wrong', 'high'],
    ['conditions-notonorafter-past', 'high'],
    ['replay-same-response', 'high'],
    ['status-error-with-assertion', 'medium'],
  ] as const;
  const taken = ['issueinstant-millis', 'audience-one-of-many', 'keyinfo-absent'];
  const untried = ['encrypted-inner-signature-bad', 'cross-tenant-issuer'];
  let found: Examination;
  before(async () => {
    found = await examineGullible(
      {},
      { only: [...accepted.map(([code]) => code), ...taken, ...untried, 'digest-mismatch'] },
    );
  });

  test('fails for every accepted attack, with its severity', () => {
    for (const [code, severity] of accepted) {
      const { result, why, ...rest } = row(found, code);
      assert.deepEqual(
        [result, rest.severity, rest.signedInAs, rest.isSignedIn],
        ['fail', severity, 'alice@example.org', true],
        `${code}: ${why}`,
      );
    }
  });

  test('fails for accepted forged content, with the name', () => {
    const { result, severity, signedInAs } = row(found, 'digest-mismatch');
    assert.deepEqual([result, severity], ['fail', 'critical']);
    assert.notEqual(signedInAs, 'alice@example.org');
  });

  test('passes for an accepted valid response', () => {
    for (const code of taken) assert.equal(row(found, code).result, 'pass', code);
  });

  test('is not judged if a fault cannot be tried: no encryption key, only one app', () => {
    for (const code of untried)
      assert.deepEqual([row(found, code).result, row(found, code).sent], ['not verified', null]);
  });
});

test('a service provider that follows any RelayState fails, and the foreign host is never visited', async () => {
  const found = await examineGullible({ redirects: true }, { only: ['relaystate-open-redirect'] });
  for (const code of ['relaystate-open-redirect', 'portal-relaystate-open-redirect']) {
    const { result, why } = row(found, code);
    assert.equal(result, 'fail', why);
    assert.match(why, /redirected to https?:\/\//);
  }
  const careful = await examineGullible({}, { only: ['portal-relaystate'] });
  assert.deepEqual(
    careful.rows.map(({ result }) => result),
    ['pass', 'pass', 'pass'],
  );
});

test('a response that stops the service provider is a finding, and the rest is not verified', async () => {
  const [first, ...left] = (
    await examineGullible({ breaks: true }, { only: ['audience-wrong', 'audiencerestriction-missing'] })
  ).rows;
  assert.deepEqual([first!.result, first!.severity, first!.isSignedIn], ['fail', 'high', false]);
  assert.match(first!.why, /out of service/);
  assert.ok(left.length > 0);
  for (const { result, why, isSignedIn } of left)
    assert.deepEqual([result, /sign-in stopped working/.test(why), isSignedIn], ['not verified', true, undefined]);
});

test('a service provider is restarted by the command of its configuration', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, breaks: true });
  const only = ['audience-wrong', 'audiencerestriction-missing'];
  const restart = `"${process.execPath}" -e "fetch('${sp.url}/reset').then((reply) => reply.text())"`;
  const { rows } = await examine({ config: await configOf(sp, { restart }), stand, only });
  assert.deepEqual(
    rows.map(({ severity }) => severity),
    ['high', 'high'],
  );
  const failed = await examine({ config: await configOf(sp, { restart: 'echo no such unit; exit 5' }), stand, only });
  assert.match(failed.endedEarly ?? '', /the restart command failed with exit code 5: no such unit/);
});

test('a service provider is restarted if possible, and the rest is tried', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, breaks: true });
  let restarts = 0;
  const { rows } = await examine({
    config: await configOf(sp),
    stand,
    only: ['audience-wrong', 'audiencerestriction-missing'],
    async restart() {
      restarts += 1;
      sp.reset();
    },
  });
  assert.deepEqual([rows.map(({ severity }) => severity), restarts], [['high', 'high'], 2]);
});

test('without a valid sign-in nothing is tried, and the reason is explained', async () => {
  await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl, rejectsAll: true });
  const config = await configOf(sp);
  const tried: Row[] = [];
  const error = await examine({ config, stand, onRow: (one) => void tried.push(one) }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof BaselineFailed);
  assert.deepEqual(tried, []);
  const diagnosis = diagnoseBaseline(error, await baselineSettings(error, { config, stand }));
  for (const words of [
    /Sorry, that did not work\./,
    /NameID\s+alice@example\.org/,
    /Recipient\s+http:\/\/127\.0\.0\.1:\d+\/acs/,
    new RegExp(`-- --idp-metadata --port ${stand.url.port} --state \\S+stand\\.json$`, 'm'),
  ])
    assert.match(diagnosis, words);
});

test('a user signed in under another name than configured also ends the run', async () => {
  await assert.rejects(
    examineGullible({}, {}, { user: { nameId: 'alice@example.org', shownAs: 'Alice' } }),
    /signed in “alice@example.org”.*expects “Alice”/,
  );
});

test('nothing is sent to a host that is not allowed', async () => {
  await assert.rejects(examineGullible({}, {}, { acs: 'https://sp.example.org/acs' }), HostNotAllowed);
});

test('a sign-in that leads to another host is not followed, and the host is named', async () => {
  await using sp = await startGullible({ ssoUrl: 'https://idp.example.org/sso' });
  await assert.rejects(
    async () => examine({ config: await configOf(sp), stand }),
    (error) =>
      error instanceof BaselineFailed &&
      /leads to https:\/\/idp\.example\.org\/sso.*--allow-host idp\.example\.org/.test(error.message) &&
      error.attempt.sent === undefined,
  );
});

test('a sign-in that leads to a URL of another scheme is reported', async () => {
  await using sp = await startGullible({ ssoUrl: 'file:///etc/passwd' });
  await assert.rejects(async () => examine({ config: await configOf(sp), stand }), {
    message: /^the valid sign-in leads to file:\/\/\/etc\/passwd.*, which is not an http or https URL$/,
  });
});

test('our own passes, also in real browsers', async () => {
  await using peer = await startPeer('sso-rehearsal', stand, { port: 0 });
  const { rows } = await examine({ config: peer.config, stand, only: ['audience'] });
  assert.ok(rows.length >= 8);
  assert.deepEqual(
    rows.filter(({ result }) => result !== 'pass').map(({ code, why }) => `${code}: ${why}`),
    [],
  );
  const { openBrowserGuests } = await import('./browser-guests.ts');
  await using guests = await openBrowserGuests({ allowedHosts: [] });
  const reasons = {
    'issueinstant-millis': 'signed in, as expected',
    'keyinfo-trusted-cert-attacker-sig': 'no user was signed in',
    'replay-same-response': 'no user was signed in',
  };
  const only = sample(Object.keys(reasons), 1);
  const examined = await examine({ config: peer.config, stand, only, newGuest: guests.newGuest });
  assert.deepEqual(
    examined.rows.map(({ code, result, why }) => [code, result, why]).toSorted(),
    Object.entries(reasons)
      .filter(([code]) => only.includes(code))
      .map(([code, why]) => [code, 'pass', why]),
  );
});

const variants = [
  [
    'sso-rehearsal-strict',
    {
      'plain-when-encryption-required': 'pass',
      'authninstant-stale-forceauthn': 'pass',
      'authncontext-weaker': 'pass',
      'attribute-required-missing': 'pass',
      'relaystate-changed': 'pass',
      'audience-wrong': 'pass',
    },
  ],
  [
    'sso-rehearsal-lenient',
    { 'signed-assertion-only': 'policy', 'alg-rsa-sha1': 'policy', xsw4: 'pass', 'audience-wrong': 'pass' },
  ],
  [
    'sso-rehearsal-portal',
    { 'subject-two': 'pass', xsw1: 'pass', 'audience-wrong': 'pass', 'in-response-to-other-session': 'not verified' },
  ],
] as const;
for (const [name, expected] of sample(variants, 1))
  test(`${name} passes, and faults that cannot be tried there are not judged`, async () => {
    await using peer = await startPeer(name, stand, { port: 0 });
    const { rows } = await examine({ config: peer.config, stand, only: Object.keys(expected) });
    assert.deepEqual(Object.fromEntries(rows.map(({ code, result }) => [code, result])), expected);
  });

test('attacks around a sign-in at our own are rejected, each for its own reason', async () => {
  await using peer = await startOwn('sso-rehearsal-lenient', await configOfPeer('sso-rehearsal-lenient'), stand, {
    port: 0,
  });
  const recorded: Record<string, string[]> = {};
  let lastId = 0;
  const deliveries = sample(peer.deliveries!, 5).map(
    (delivery): Delivery => ({
      ...delivery,
      async play(at) {
        const attempt = await delivery.play(at);
        const responses = await peer.responsesAfter(lastId, Infinity);
        lastId = responses[0]!.id;
        recorded[delivery.fault.code] = responses[0]!.findings;
        return attempt;
      },
    }),
  );
  const { rows } = await examine({
    config: peer.config,
    stand,
    deliveries,
    only: deliveries.map(({ fault }) => fault.code),
  });
  assert.deepEqual(
    rows.filter(({ code, result }) => recorded[code] && result !== 'pass').map(({ code, why }) => `${code}: ${why}`),
    [],
  );
  // The end of a session is not recorded for a response.
  for (const {
    fault: { code },
    row: { rejection },
  } of deliveries)
    if (rejection !== null && !code.startsWith('session-'))
      assert.ok(recorded[code]!.includes(rejection), `${code}: ${recorded[code]!.join(' ')}`);
  assert.equal(Object.keys(recorded).length, deliveries.length);
  assert.equal(await peer.errors(), 0);
});

test('accepting a response without a demanded feature is a finding', async () => {
  const found = await examineGullible(
    {},
    { only: ['authninstant-stale-forceauthn', 'plain-when-encryption-required'] },
    { demands: ['fresh-sign-in'] },
  );
  assert.deepEqual(
    [row(found, 'authninstant-stale-forceauthn').severity, row(found, 'plain-when-encryption-required').result],
    ['medium', 'not verified'],
  );
  await assert.rejects(
    examineGullible({}, {}, { demands: ['encryption'] }),
    /demands encryption.*no encryption certificate/,
  );
});

test('a service provider that starts no sign-ins is tested from the portal', async () => {
  const { rows } = await examineGullible({}, { only: ['audience-wrong', 'issueinstant-millis'] }, { signIn: 'portal' });
  assert.deepEqual(
    rows.map(({ code, result }) => [code, result]),
    [
      ['issueinstant-millis', 'pass'],
      ['audience-wrong', 'fail'],
    ],
  );
});

describe('the command', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    promisify(execFile)(
      process.execPath,
      [
        join(root, 'support/commands/conformance.ts'),
        '--port',
        '0',
        '--state',
        join(folder, 'command.json'),
        '--reports',
        join(folder, 'reports'),
        ...args,
      ],
      { cwd: root },
    ).then(
      (done) => ({ code: 0, ...done }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );

  test('prints the metadata to load, always with the same certificate', async () => {
    const { stdout } = await run('--idp-metadata');
    // It finds the keys that the command has kept.
    await using again = await startStand({ port: 0, stateFile: join(folder, 'command.json') });
    const certificate = (metadata: string): string | undefined => /<ds:X509Certificate>([^<]+)</.exec(metadata)?.[1];
    assert.ok(certificate(stdout));
    assert.equal(certificate(await again.metadata()), certificate(stdout));
  });

  test('without a service provider or a valid configuration, says what is missing and exits with 2', async () => {
    writeFileSync(join(folder, 'bad.json'), '{"name":"SP"}');
    const badUsage: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
      [[], /--config FILE or --peer NAME/],
      [['--peer', 'unknown'], /Use one of: sso-rehearsal/],
      [['--config', join(folder, 'bad.json')], /signIn/],
      [['--confg', 'x'], /--confg/],
      [['--port', 'x', '--peer', 'sso-rehearsal'], /from 0 to 65535/],
    ];
    await Promise.all(
      sample(badUsage, 1).map(async ([args, sentence]) => {
        const { code, stderr } = await run(...args);
        assert.equal(code, 2);
        assert.match(stderr, sentence);
      }),
    );
  });
});

describe('the report', () => {
  let files: Awaited<ReturnType<typeof writeReports>>;
  let found: Examination;
  let counts: Record<string, number>;
  before(async () => {
    await using sp = await startGullible({ ssoUrl: stand.connection.ssoUrl });
    found = await examine({ config: await configOf(sp, { name: 'Gullible <b>' }), stand, only: ['audience'] });
    const withScript = (one: Row): Row => ({
      ...one,
      reply: one.reply && { ...one.reply, text: '<script>alert(1)</script>\u0000' },
    });
    files = await writeReports({ ...found, rows: found.rows.map(withScript) }, join(folder, 'written'), {
      source: 'sp.json',
    });
    ({ counts } = JSON.parse(readFileSync(files.json, 'utf8')) as { counts: Record<string, number> });
  });

  test('shows the findings first, loads nothing and escapes replies', () => {
    const $ = load(readFileSync(files.html, 'utf8'));
    assert.equal($('h1').text(), 'Conformance of Gullible <b>');
    assert.equal($('script, link, img').length, 0);
    assert.ok($('#fail article').length > 0);
    assert.match($('#fail article').first().text(), /high.*rule/is);
    assert.equal(counts.fail, $('#fail article').length + $('#fail .rows > li').length);
  });

  test('has the same number of failures in its JUnit XML, which is well-formed', () => {
    const xml = new SaxesParser();
    let failures = 0;
    xml.on('opentag', ({ name }) => {
      if (name === 'failure') failures += 1;
    });
    xml.write(readFileSync(files.junit, 'utf8')).close();
    assert.equal(failures, counts.fail);
  });

  test('is accessible', async () => {
    // Rows of the same result are built alike.
    const rows = [...new Map(found.rows.map((one) => [one.result, one])).values()];
    assert.ok(rows.length >= 2);
    const short = await writeReports({ ...found, rows }, join(folder, 'short'), { source: 'sp.json' });
    const browser = await launchBrowser();
    try {
      const page = await (await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce' })).newPage();
      await page.goto(pathToFileURL((inFull ? files : short).html).href);
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      assert.deepEqual(await problemsOf(page), []);
    } finally {
      await browser.close();
    }
  });
});
