/** Errors at the start, as the program prints them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startSp } from './start.ts';

const smtpUrl = 'smtp://127.0.0.1:9';

test('it prints one sentence on the problem, and no stack', async () => {
  await using first = await startSp({ smtpUrl });
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const run = (env: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', main], {
      env: { ...process.env, SMTP_URL: smtpUrl, ...env },
      encoding: 'utf8',
    });
  for (const [env, sentence] of [
    [{ SP_PORT: new URL(first.url).port }, /^service provider: port \d+ on 127\.0\.0\.1 is in use\. .*\n$/],
    [{ SP_PORT: 'many' }, /^service provider: SP_PORT must be a port from 0 to 65535, not “many”\n$/],
    [{ SMTP_URL: '' }, /^service provider: SMTP_URL must be the URL of the mail server, .*\n$/],
    [
      { SP_PORT: '0', SP_DATABASE: '/nowhere/sp.sqlite' },
      /^service provider: the database \/nowhere\/sp\.sqlite cannot be written\. .*\n$/,
    ],
  ] as const) {
    const { status, stderr } = run(env);
    assert.match(stderr, sentence);
    assert.equal(status, 1);
  }
});
