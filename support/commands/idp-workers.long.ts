/** `npx sso-rehearsal idp --workers 2`: one port, the same people and keys, and each sign-in ends where it began. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { signInAt } from '../bench/sign-in-at.ts';

const command = fileURLToPath(new URL('idp.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'workers-'));
after(() => rmSync(folder, { recursive: true }));
const config = join(folder, 'idp.json');
const pattern = { pattern: 'user{n}', password: 'password {n}', email: 'user{n}@acme.example', count: 100_000 };
const app = { entityId: 'http://sp.example/metadata', acs: ['http://sp.example/acs'] };
writeFileSync(config, JSON.stringify({ tenants: { acme: { users: [pattern], apps: [app] } } }));

function start(...args: readonly string[]) {
  const options = ['--disable-warning=ExperimentalWarning', command, '--port', '0', '--workers', '2', ...args];
  const child = spawn(process.execPath, options, { env: { ...process.env, TMPDIR: folder } });
  return Object.assign(child, { [Symbol.dispose]: () => void child.kill('SIGKILL') });
}

test('sign-ins on many connections end in the process in which they began', async () => {
  using idp = start('--config', config, '--control-token', 't', '--hostname', '127.0.0.1');
  let output = '';
  for await (const part of idp.stdout.setEncoding('utf8')) {
    output += part as string;
    if (/^Ready$/m.test(output)) break;
  }
  const url = /^ {2}Portal +(\S+)$/m.exec(output)?.[1] ?? assert.fail(output);
  const homes = new Set<string>();
  for (let n = 1; n <= 30; n++)
    homes.add(await signInAt(url, { n, app: app.entityId }).then(({ cookies }) => cookies.idp_worker!));
  assert.deepEqual([...homes].toSorted(), ['0', '1']);

  const change = await fetch(`${new URL(url).origin}/control/tenants/acme`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
    body: '{"rollKey":true}',
  });
  assert.equal(change.status, 200);
  const metadata = async (home: number) =>
    (await fetch(`${url}/metadata`, { headers: { cookie: `idp_worker=${home}` } })).text();
  const [one, other] = await Promise.all([0, 1].map(metadata));
  assert.equal(other, one);

  idp.kill('SIGTERM');
  assert.deepEqual(await once(idp, 'exit'), [0, null]);
  assert.deepEqual(readdirSync(folder), ['idp.json'], 'the keys are gone');
});

const wrong: [rule: string, args: string[], sentence: RegExp, code: number][] = [
  [
    'a configuration that cannot be used',
    ['--config', join(folder, 'none.json')],
    /^\S+none\.json does not exist\n$/,
    2,
  ],
  ['a state file', ['--state', join(folder, 'state.json')], /^--workers cannot be used with --state: .*--keys\.\n$/, 2],
  ['a seed', ['--seed', 'x'], /^--workers cannot be used with --seed: .*\n$/, 2],
];
for (const [rule, args, sentence, code] of wrong)
  test(`${rule} is one sentence, once`, async () => {
    using idp = start(...args);
    const [errors, [exit]] = await Promise.all([text(idp.stderr), once(idp, 'exit')]);
    assert.match(errors, sentence);
    assert.equal(exit, code);
  });
