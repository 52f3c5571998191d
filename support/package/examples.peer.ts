/**
 * The examples for curl, Python, Java and Go, as their users run them: with the packed archive, green with a correct
 * application, and red with one that does not check the Audience.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { freePort } from '../stack/free-port.fixture.ts';
import { type Unpacked, unpack } from './unpacked.fixture.ts';

let there: Unpacked;
before(async () => {
  there = await unpack();
  for (const name of ['python', 'java', 'go'])
    symlinkSync(join(there.folder, 'node_modules'), join(there.folder, name, 'node_modules'));
});
after(() => there[Symbol.dispose]());

/** Outside the settings of the test runner that plays this file. */
const { NODE_TEST_CONTEXT: _, ...clean } = process.env;

interface Ran {
  status: number;
  output: string;
}

async function run(folder: string, [program, ...args]: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const child = spawn(program!, args, { cwd: join(there.folder, folder), env: { ...clean, ...env } });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status, output: `${stdout}${stderr}` };
}

const missing = (...programs: readonly string[]): string | false => {
  const absent = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return absent.length > 0 && `not installed: ${absent.join(', ')}`;
};

/** A registry that cannot be reached says nothing about the example. */
const isOffline = ({ output }: Ran): boolean =>
  /Could not transfer|Unknown host|Name or service not known|Temporary failure|dial tcp|No matching distribution/.test(
    output,
  );

interface Example {
  skip: string | false;
  folder: string;
  /** Installs what the tests need. */
  install?: readonly (readonly string[])[];
  tests: readonly string[];
  /** Turns off the application's check of the Audience. */
  mistake: Record<string, string>;
  passes: RegExp;
  fails: RegExp;
}

const accepted = 'accepted an assertion with a different Audience: Welcome, sam@acme.example';

const examples: Record<string, Example> = {
  Python: {
    skip: missing('python3'),
    folder: 'python',
    install: [
      ['python3', '-m', 'venv', '.venv'],
      ['.venv/bin/pip', 'install', '--quiet', '--requirement', 'requirements.txt'],
    ],
    tests: ['.venv/bin/python', '-m', 'pytest'],
    mistake: { SAML_STRICT: '0' },
    passes: / 6 passed in /,
    fails: new RegExp(`AssertionError: ${accepted}`),
  },
  Java: {
    skip: missing('java', 'mvn'),
    folder: 'java',
    tests: ['mvn', '--batch-mode', 'test'],
    mistake: { SAML_STRICT: 'false' },
    passes: /Tests run: 5, Failures: 0, Errors: 0, Skipped: 0/,
    fails: new RegExp(accepted),
  },
  Go: {
    skip: missing('go'),
    folder: 'go',
    tests: ['go', 'test', '-v', '-count=1', './...'],
    mistake: { SAML_AUDIENCE: 'any' },
    passes: /--- PASS: TestSignIn\/The_application_rejects_an_unsigned_response/,
    fails: new RegExp(accepted),
  },
};

for (const [language, { skip, folder, install = [], tests, mistake, passes, fails }] of Object.entries(examples))
  test(`${language}: green with a correct application, red with a mistake`, { skip }, async (t) => {
    for (const command of install) {
      const installed = await run(folder, command);
      if (isOffline(installed)) return t.skip(installed.output);
      assert.equal(installed.status, 0, installed.output);
    }
    const right = await run(folder, tests);
    if (isOffline(right)) return t.skip(right.output);
    assert.equal(right.status, 0, right.output);
    assert.match(right.output, passes);
    const wrong = await run(folder, tests, mistake);
    assert.notEqual(wrong.status, 0);
    assert.match(wrong.output, fails);
  });

/** A program of the examples that prints Ready. Ends with the test. */
async function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<AsyncDisposable> {
  const child = spawn(process.execPath, args, { cwd: there.folder, env: { ...clean, ...env } });
  const ended = once(child, 'exit');
  let output = '';
  for await (const part of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    output += part as string;
    if (/^Ready$/m.test(output)) break;
  }
  assert.match(output, /^Ready$/m);
  child.stdout.resume();
  return {
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

test('curl: green with a correct application, red with a mistake', { skip: missing('curl', 'sh') }, async () => {
  const [idp, app] = [await freePort(), await freePort()];
  const application = ['app.ts', String(app), `http://localhost:${idp}/acme/sso`];
  const settings = ['--port', String(idp), '--metadata', `http://127.0.0.1:${app}/metadata`, '--control-token', 'ours'];
  const env = { IDP: `http://localhost:${idp}`, TOKEN: 'ours', LOGIN: `http://127.0.0.1:${app}/login` };
  const identityProvider = ['node_modules/.bin/sso-rehearsal', 'idp', ...settings];
  await using stack = new AsyncDisposableStack();
  {
    await using _right = await start(application);
    stack.use(await start(identityProvider));
    const { status, output } = await run('curl', ['sh', 'sign-in.sh'], env);
    assert.equal(status, 0, output);
    assert.deepEqual(output.match(/^ok: .*$/gm), [
      'ok: Sam signs in',
      'ok: an assertion with a different Audience is rejected',
    ]);
  }
  await using _wrong = await start(application, { SAML_AUDIENCE: 'any' });
  const { status, output } = await run('curl', ['sh', 'sign-in.sh'], env);
  assert.equal(status, 1, output);
  assert.match(output, /^FAILED: an assertion with a different Audience is rejected: .* received: .*Welcome, sam@/m);
});
