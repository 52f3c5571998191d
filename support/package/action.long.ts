/** The bash steps of action.yml in a clean folder, with the packed archive, at a service provider with weaknesses. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { type Gullible, startGullible } from '../conformance/gullible-sp.fixture.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { type ActionRun, runAction } from './action-steps.fixture.ts';
import { builtArchive } from './built-archive.fixture.ts';

const place = mkdtempSync(join(tmpdir(), 'action-'));
after(() => rmSync(place, { recursive: true }));
let archive: string;
before(async () => {
  archive = await builtArchive({ to: place });
});

/** The environment without the settings of this repository's npm and of the test runner. */
const env: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_TEST_CONTEXT$)/.test(name)),
);

/** A command of the archive, as it was installed. */
const command = (folder: string, ...args: readonly string[]) =>
  promisify(execFile)(join(folder, 'node_modules/.bin/sso-rehearsal'), args, { cwd: folder, env });

const sayNotRun = (t: TestContext, { notRun }: ActionRun): void =>
  t.diagnostic(`Not run, since only GitHub can: ${notRun.join(', ')}`);

const isOffline = ({ output }: ActionRun): boolean =>
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED.*registry|ETIMEDOUT/.test(output);

async function weakServiceProvider(port: number): Promise<Gullible> {
  const sp = await startGullible({ ssoUrl: '' });
  sp.redirectTo(`http://idp.localhost:${port}/acme/sso`);
  return sp;
}

test('conformance: the findings are on the summary page and in SARIF, and the job fails', async (t) => {
  const folder = mkdtempSync(join(place, 'conformance-'));
  const port = await freePort();
  await using sp = await weakServiceProvider(port);
  writeFileSync(join(folder, 'sp.json'), JSON.stringify(sp.config));
  const run = (inputs: Record<string, string>): Promise<ActionRun> =>
    runAction({ folder, env, inputs: { package: archive, config: 'sp.json', ...inputs } });
  const installed = await run({ command: 'rehearse' });
  if (isOffline(installed)) return t.skip(installed.output);
  assert.match(installed.output, /::error::Unknown command “rehearse”\. Use one of: conformance, bdd/);
  assert.equal(installed.status, 2, installed.output);
  // It installs into this folder, which has no package.json, and not into one above it.
  assert.ok(existsSync(join(folder, 'node_modules/.bin/sso-rehearsal')));
  const { stdout } = await command(folder, 'conformance', '--idp-metadata', '--port', String(port));
  sp.redirectTo(/SingleSignOnService [^>]*Location="([^"]+)"/.exec(stdout)![1]!);

  const examined = await run({ arguments: `--port=${port}\n--only=audience-wrong\n--only=keyinfo-absent\n` });
  sayNotRun(t, examined);
  assert.equal(examined.status, 1, examined.output);
  assert.deepEqual(examined.outputs, { 'exit-code': '1', reports: join(folder, 'reports') });
  assert.match(examined.summary, /^\*\*1\*\* fail, \*\*0\*\* policy, \*\*0\*\* not verified, \*\*1\*\* pass$/m);
  assert.match(examined.summary, /^\| high \| an assertion with a different Audience \| accepted/m);
  assert.deepEqual(
    readdirSync(join(folder, 'reports'))
      .filter((name) => /\.(html|xml|sarif)$/.test(name))
      .toSorted(),
    ['conformance.html', 'conformance.sarif', 'junit.xml'],
  );
  const { runs } = JSON.parse(readFileSync(join(folder, 'reports/conformance.sarif'), 'utf8'));
  assert.deepEqual(
    runs[0].results.map((one: { ruleId: string; locations: object[] }) => [one.ruleId, one.locations]),
    [['audience-wrong', [{ physicalLocation: { artifactLocation: { uri: 'sp.json' }, region: { startLine: 1 } } }]]],
  );

  const passed = await run({ arguments: `--port=${port}\n--only=keyinfo-absent` });
  assert.equal(passed.status, 0, passed.output);
  assert.match(passed.summary, /^No findings\.$/m);
});

test('bdd: a scenario of the repository is played with a recipe', async (t) => {
  const folder = mkdtempSync(join(place, 'bdd-'));
  const port = await freePort();
  await using sp = await weakServiceProvider(port);
  const run = (more: string): Promise<ActionRun> =>
    runAction({
      folder,
      env,
      inputs: { command: 'bdd', package: archive, recipe: 'board.json', reports: 'out', arguments: `${more}\n` },
    });
  const installed = await run('--announce');
  if (isOffline(installed)) return t.skip(installed.output);
  const { entityId, acs, signIn, signedIn } = sp.config as unknown as Record<string, string> & {
    signedIn: { page: string; text: string };
  };
  await command(
    folder,
    ...['init', '--name', 'Board', '--sign-in', signIn!, '--entity-id', entityId!, '--acs', acs!],
    ...['--user', 'sam@acme.example', '--signed-in', signedIn.page, '--text', signedIn.text],
    ...['--idp-port', String(port), '--no-install'],
  );
  renameSync(join(folder, 'sso-rehearsal.json'), join(folder, 'board.json'));

  const red = await run('--name=unknown key');
  sayNotRun(t, red);
  assert.equal(red.status, 1, red.output);
  assert.match(red.summary, /^## sso-rehearsal\n\n[\s\S]*^ {4}1 scenario in .*: 0 passed 1 failed$/m);
  assert.doesNotMatch(red.summary.split('\n').slice(2).join('\n'), /^\S/m);
  assert.ok(existsSync(join(folder, 'out/rehearsal.html')) && existsSync(join(folder, 'out/junit.xml')));

  const green = await run('--name=Sam signs in');
  assert.equal(green.status, 0, green.output);
  assert.match(green.summary, /^ {4}1 scenario in .*: 1 passed$/m);
});
