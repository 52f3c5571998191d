/** The manifests of docs/replicas.md agree with each other and with the container. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, parseAllDocuments } from 'yaml';
import { containerPorts, containerStart } from '../stack/container.ts';
import { configJsonSchema } from '../stack/servers.ts';

const read = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const example = (name: string): string => read(`examples/replicas/${name}`);

test('the configuration of the page is that of the file, and can be used', () => {
  const [, onPage] = /```json\n([\s\S]*?)```/.exec(read('replicas.md'))!;
  assert.equal(onPage, example('idp.json'));
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(configJsonSchema());
  assert.ok(validate(JSON.parse(onPage!)), JSON.stringify(validate.errors));
});

test('the replicas of compose are those of the proxy', () => {
  const { services } = parse(example('compose.yml'), { merge: true }) as { services: Record<string, object> };
  const replicas = Object.keys(services).filter((name) => name !== 'proxy');
  const behind = [...example('haproxy.cfg').matchAll(/^ +server \w+ (\S+):(\d+)/gm)];
  assert.deepEqual(
    behind.map(([, name]) => name),
    replicas,
  );
  for (const [, , port] of behind) assert.equal(Number(port), containerPorts.idp);
});

test('the manifest of Kubernetes starts the IdP, without a state file that workers would share', () => {
  const documents = parseAllDocuments(example('kubernetes.yml')).map((one) => one.toJS() as Record<string, never>);
  assert.deepEqual(
    documents.map(({ kind }) => kind),
    ['Deployment', 'Service', 'Ingress'],
  );
  const { args, ports } = (documents[0] as unknown as Deployment).spec.template.spec.containers[0]!;
  assert.equal(ports[0]!.containerPort, containerPorts.idp);
  const start = containerStart(args, {}, () => true)!;
  assert.equal(start.command, 'idp');
  assert.ok(!start.args.includes('--state'), 'workers cannot share it');
  assert.deepEqual(start.args.slice(-4), ['--config', '/config/idp.json', '--workers', '2']);
});
interface Deployment {
  spec: { template: { spec: { containers: { args: string[]; ports: { containerPort: number }[] }[] } } };
}
