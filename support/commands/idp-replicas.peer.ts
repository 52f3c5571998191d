/** Two replicas of the identity provider behind HAProxy, with the files of docs/replicas.md. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { signInAt } from '../bench/sign-in-at.ts';
import { freePort } from '../stack/free-port.fixture.ts';

const examples = fileURLToPath(new URL('../../docs/examples/replicas/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'replicas-'));
after(() => rmSync(folder, { recursive: true }));
const noProxy = spawnSync('haproxy', ['-v']).status === 0 ? false : 'haproxy is not installed';

function writeConfig(): string {
  cpSync(examples, folder, { recursive: true });
  const file = join(folder, 'idp.json');
  const openssl = ['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '3650', '-subj', '/CN=acme'];
  const files = ['-keyout', join(folder, 'idp.key'), '-out', join(folder, 'idp.crt')];
  assert.equal(spawnSync('openssl', [...openssl, ...files]).status, 0);
  writeFileSync(
    join(folder, 'sp-metadata.xml'),
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="http://sp.example/metadata">' +
      '<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">' +
      '<AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" ' +
      'Location="http://sp.example/acs"/></SPSSODescriptor></EntityDescriptor>',
  );
  return file;
}

test('each browser stays at its replica, and both have the same keys', { skip: noProxy }, async () => {
  const config = writeConfig();
  const [proxyPort, ...ports] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${proxyPort}`;
  await using running = new AsyncDisposableStack();
  const start = (command: string, args: string[]) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    running.defer(() => void child.kill());
    return child;
  };
  const metadata: string[] = [];
  for (const port of ports) {
    const program = fileURLToPath(new URL('idp.ts', import.meta.url));
    const idp = start(process.execPath, [program, '--config', config, '--port', String(port), '--url', url]);
    let output = '';
    for await (const part of idp.stdout.setEncoding('utf8')) {
      output += part as string;
      if (/^Ready$/m.test(output)) break;
    }
    metadata.push(await (await fetch(`http://127.0.0.1:${port}/acme/metadata`)).text());
  }
  assert.match(metadata[0]!, /X509Certificate/);
  assert.equal(metadata[1], metadata[0]);

  const file = join(folder, 'haproxy.cfg');
  const written = readFileSync(file, 'utf8').replace('bind :8081', `bind 127.0.0.1:${proxyPort}`);
  writeFileSync(
    file,
    ports.reduce((text, port, n) => text.replace(`idp-${n + 1}:8081`, `127.0.0.1:${port}`), written),
  );
  start('haproxy', ['-f', file]);
  for (let turn = 0; turn < 100; turn++) {
    if ((await fetch(`${url}/healthz`).catch(() => undefined))?.ok) break;
    await setTimeout(100);
  }
  const replicas = new Set<string>();
  for (let n = 1; n <= 10; n++)
    replicas.add((await signInAt(`${url}/acme`, { n, app: 'http://sp.example/metadata' })).cookies.IDP_REPLICA!);
  assert.deepEqual([...replicas].toSorted(), ['one', 'two']);
});
