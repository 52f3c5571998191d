/** The command that a container runs by its arguments and environment, and its health check. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containerStart, healthUrl } from './container.ts';

const noFile = (): boolean => false;
const configured = (file: string): boolean => file === '/config/idp.json';
const usual = ['--host', '0.0.0.0', '--port', '8081'];
const state = ['--state', '/data/idp.json'];

test('without a command it is the identity provider, whose address follows each request', () => {
  const plain = { command: 'idp', args: [...usual, '--url', 'as-requested', ...state], env: {} };
  assert.deepEqual(containerStart([], {}, noFile), plain);
  assert.deepEqual(containerStart(['idp'], {}, noFile), plain);
  assert.deepEqual(containerStart(['--port', '1'], {}, noFile), { ...plain, args: [...plain.args, '--port', '1'] });
});

test('variables and a mounted file configure the identity provider', () => {
  const env = { IDP_URL: 'http://a.test', IDP_ALLOWED_HOSTS: 'b, c,', IDP_STATE: '', IDP_PORT: '80' };
  const args = (...given: [string[], (file: string) => boolean]): string[] =>
    containerStart(given[0], env, given[1])!.args;
  const own = ['--host', '0.0.0.0', '--port', '80', '--url', 'http://a.test', '--allow-host', 'b', '--allow-host', 'c'];
  assert.deepEqual(args([], noFile), own);
  assert.deepEqual(args([], configured), [...own, '--config', '/config/idp.json']);
  // The configuration names the apps, so that both cannot be used.
  assert.deepEqual(args(['--metadata=x'], configured), [...own, '--metadata=x']);
  assert.deepEqual(containerStart([], { IDP_CONFIG: '/x.json' }, noFile)!.args.slice(-2), ['--config', '/x.json']);
});

test('a token that is given is not printed: logs of containers are kept and shared', () => {
  const hides = (env: Record<string, string>): boolean =>
    containerStart([], env, noFile)!.args.includes('--hide-token');
  assert.deepEqual([{ CONTROL_TOKEN: 'secret' }, { CONTROL_TOKEN: '' }, {}].map(hides), [true, false, false]);
});

test('the other parts have ports of their own, and an unknown command is none', () => {
  assert.deepEqual(containerStart(['lab', '--data', '/x'], {}, noFile)!.args.slice(-4), [
    '--data',
    '/data/lab',
    '--data',
    '/x',
  ]);
  assert.equal(containerStart(['sp'], {}, noFile)!.env.SP_PUBLIC_URL, 'http://sp.localhost:8080');
  assert.deepEqual(containerStart(['mailbox'], {}, noFile), { command: 'mailbox', args: [], env: {} });
  for (const unknown of ['serve', 'toString', 'IDP', ''])
    assert.equal(containerStart([unknown], {}, noFile), undefined);
});

test('the health check asks the part that runs', () => {
  const entry = ['node', 'support/commands/container.ts'];
  const url = (...args: string[]): string => healthUrl([...entry, ...args, ''], {});
  assert.equal(url(), 'http://127.0.0.1:8081/healthz');
  assert.equal(url('--state', '/data/x'), 'http://127.0.0.1:8081/healthz');
  assert.equal(url('lab'), 'http://127.0.0.1:8082/healthz');
  assert.equal(url('sp'), 'http://127.0.0.1:8080/healthz');
  assert.equal(url('mailbox'), 'http://127.0.0.1:8025/healthz');
  assert.equal(healthUrl(entry, { IDP_PORT: '80' }), 'http://127.0.0.1:80/healthz');
  // Under an init process, and with the words of a command as values of options.
  assert.equal(healthUrl(['/sbin/docker-init', '--', ...entry, 'sp'], {}), 'http://127.0.0.1:8080/healthz');
  assert.equal(url('idp', '--hostname', 'lab'), 'http://127.0.0.1:8081/healthz');
  assert.equal(url('--port', '90'), 'http://127.0.0.1:90/healthz');
});
