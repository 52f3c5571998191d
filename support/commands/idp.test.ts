/** `npx sso-rehearsal idp`: it says when it is ready, and what it was not able to use. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const command = fileURLToPath(new URL('idp.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'idp-command-'));
after(() => rmSync(folder, { recursive: true }));

/** Ends with the test. */
function start(...args: readonly string[]) {
  const options = ['--disable-warning=ExperimentalWarning', command, '--port', '0', ...args];
  const child = spawn(process.execPath, options);
  return Object.assign(child, { [Symbol.dispose]: () => void child.kill('SIGKILL') });
}

/** The control routes that docs/any-language.md names. */
function onPage(): string[] {
  const page = readFileSync(new URL('../../docs/any-language.md', import.meta.url), 'utf8');
  return [...page.matchAll(/^\| `((?:GET|PUT|PATCH|POST|DELETE) \/control\/\S+)`/gm)]
    .map(([, route]) => route!)
    .toSorted();
}

/** Control routes as the page writes them. */
const named = (routes: readonly { method: string; path: string }[]): string[] =>
  routes
    .filter(({ path }) => path.startsWith('/control/'))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
    .toSorted();

test('when it is ready it prints its URLs and the token, and it ends on a signal', async () => {
  const config = join(folder, 'idp.json');
  const sam = { username: 'sam', password: 'open sesame' };
  writeFileSync(config, JSON.stringify({ tenants: { acme: { users: [sam] } } }));
  const seed = ['--seed', 'x', '--instant', '2026-01-01T00:00:00Z'];
  using idp = start('--config', config, '--control-token', 'of-this-test', ...seed);
  let output = '';
  for await (const part of idp.stdout.setEncoding('utf8')) {
    output += part as string;
    if (/^Ready$/m.test(output)) break;
  }
  const url = /^ {2}Metadata +(\S+)$/m.exec(output)?.[1] ?? assert.fail(output);
  assert.match(await (await fetch(url)).text(), /IDPSSODescriptor/);
  assert.match(output, /^Control token: of-this-test$/m);
  const faults = await fetch(`${new URL(url).origin}/control/tenants/acme/faults`, {
    method: 'PUT',
    headers: { authorization: 'Bearer of-this-test', 'content-type': 'application/json' },
    body: JSON.stringify(['a response with Consent']),
  });
  assert.deepEqual(await faults.json(), [{ phrase: 'a response with Consent', amount: 0, times: null, struck: 0 }]);
  const routes = await fetch(`${new URL(url).origin}/control/routes`, {
    headers: { authorization: 'Bearer of-this-test' },
  });
  const tenant = await fetch(`${new URL(url).origin}/control/tenants/acme`, {
    headers: { authorization: 'Bearer of-this-test' },
  });
  assert.deepEqual(((await tenant.json()) as { seed: unknown }).seed, { ids: 'x', instant: '2026-01-01T00:00:00Z' });
  assert.deepEqual(onPage(), named((await routes.json()) as { method: string; path: string }[]));
  idp.kill('SIGTERM');
  assert.deepEqual(await once(idp, 'exit'), [0, null]);
});

test('a configuration that cannot be used is one sentence, with exit code 2', async () => {
  const config = join(folder, 'wrong.json');
  writeFileSync(config, '{"tenants":{"acme":{"user":[]}}}');
  using idp = start('--config', config);
  const [errors, [code]] = await Promise.all([text(idp.stderr), once(idp, 'exit')]);
  assert.match(errors, /^\S+wrong\.json: “tenants\.acme” has the unknown “user”; use one of [\w, ]+\n$/);
  assert.equal(code, 2);
});

test('a malformed URL is wrong usage, with exit code 2', async () => {
  using idp = start('--url', 'nonsense');
  const [errors, [code]] = await Promise.all([text(idp.stderr), once(idp, 'exit')]);
  assert.equal(errors, 'Mock IdP: --url must be an http or https URL, or as-requested, not “nonsense”\n');
  assert.equal(code, 2);
});

test('a port in use is named by the option of the command, and keys are kept in the file', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const keys = join(folder, 'keys.jsonl');
  using idp = start('--port', String(port), '--keys', keys);
  const [errors, [code]] = await Promise.all([text(idp.stderr), once(idp, 'exit')]);
  taken.close();
  assert.match(errors, /^Mock IdP: 127\.0\.0\.1:\d+ is already in use\. .*, or choose another --port\.\n$/);
  assert.equal(code, 1);
  assert.ok(existsSync(keys));
});
