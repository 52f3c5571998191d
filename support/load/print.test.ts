/** The files for a k6 elsewhere: one script without imports of ours, and a manifest that the operator's types allow. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { ownRecipe } from '../product/own-product.ts';
import { configJsonSchema } from '../stack/servers.ts';
import { makePlan } from './make-plan.ts';
import { readPlan } from './played/plan.ts';
import { printScript } from './print.ts';
import { parametersOf } from './run.ts';
import { tenantSettings } from './target.ts';
import { testRunSchema } from './test-run.fixture.ts';

const idp = { origin: 'http://idp.localhost:8490', tenant: 'acme', form: { username: 'Username', button: 'Sign in' } };
const recipe = { ...ownRecipe, people: { domain: 'acme.example', shownAs: '{email}', nameId: '{email}' } };
const plan = makePlan({ recipe, url: 'http://sp.localhost', values: {}, idp, profile: 'monday', rate: 5, seconds: 60 });
const app = { entityId: 'http://sp.localhost/metadata', acs: ['http://sp.localhost/acs'] };

const folder = mkdtempSync(join(tmpdir(), 'print-'));
after(() => rmSync(folder, { recursive: true }));
const files = await printScript(folder, { plan, settings: tenantSettings(plan.people, { recipe, app }) });
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');

test('the script imports only what k6 brings', () => {
  const script = text('sign-ins.js');
  const imports = [...script.matchAll(/^import .*?from "([^"]+)";$|^import "([^"]+)";$/gm)].map(
    ([, one, two]) => one ?? two,
  );
  assert.deepEqual([...new Set(imports)].toSorted(), ['k6', 'k6/execution', 'k6/http', 'k6/metrics']);
  assert.doesNotMatch(script, /\brequire\(|node:/);
  assert.ok(script.length < 500_000, 'a ConfigMap holds one megabyte');
});

test('a run here gives the script each of its parameters, and takes none from the environment', () => {
  const read = [...text('sign-ins.js').matchAll(/__ENV\.(\w+)/g)].map(([, name]) => name!);
  const given = Object.keys(parametersOf(plan, { token: 't', faulty: {} }));
  assert.deepEqual([...new Set(read)].toSorted(), [...given, 'PLAN'].toSorted());
});

test('the plan is beside it', () => {
  assert.equal(readPlan(text('plan.json')).product.recipe.name, recipe.name);
});

test('each IdP has the users and the product, and at most one fault', () => {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });
  const isValid = ajv.compile(configJsonSchema());
  const faults = files
    .filter((name) => name.startsWith('idp'))
    .map((name) => {
      const config = JSON.parse(text(name)) as { tenants: { acme: { faults?: string[]; users: object[] } } };
      assert.ok(isValid(config), `${name}: ${JSON.stringify(isValid.errors)}`);
      assert.equal(config.tenants.acme.users.length, 1);
      return config.tenants.acme.faults;
    });
  assert.deepEqual(faults, [undefined, ...plan.faults.phrases.map((phrase) => [phrase])]);
});

interface Manifest {
  spec: { script: { configMap: { file: string } }; runner: { env: { name: string; value: string }[] } };
}
const isTestRun = new Ajv2020({ strict: false }).compile(testRunSchema);

test('the manifest fits the schema of the operator, and names the files', () => {
  const manifest = parse(text('test-run.yaml')) as Manifest;
  assert.ok(isTestRun(manifest), JSON.stringify(isTestRun.errors));
  assert.ok(files.includes(manifest.spec.script.configMap.file));
  const value = (name: string): string | undefined => manifest.spec.runner.env.find((one) => one.name === name)?.value;
  assert.equal(value('IDP_URL'), idp.origin);
  assert.deepEqual(Object.keys(JSON.parse(value('FAULTY_IDPS')!) as object), plan.faults.phrases);
});

test('so does the manifest with the token that it shows as a comment', () => {
  const manifest = parse(text('test-run.yaml').replaceAll(/^( {6})# ([- ] )/gm, '$1$2')) as Manifest;
  assert.ok(isTestRun(manifest), JSON.stringify(isTestRun.errors));
  assert.equal(manifest.spec.runner.env.at(-1)?.name, 'IDP_TOKEN');
});

test('a number as the value of a variable, or an unknown field, does not fit', () => {
  const manifest = text('test-run.yaml');
  const broken = ['value: 1', 'value: true'].map((one) => manifest.replace('value: "1"', one));
  broken.push(manifest.replace('  parallelism: 2', '  parallelism: "2"'), manifest.replace('mountPath', 'path'));
  broken.push(manifest.replace('fieldPath', 'path'), manifest.replace('emptyDir: {}', 'claimName: results'));
  for (const one of broken) {
    assert.notEqual(one, manifest);
    assert.ok(!isTestRun(parse(one)), one);
  }
});
