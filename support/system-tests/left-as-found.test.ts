/** A run leaves a product without a reset as it found it: SSO is not enforced afterwards. Our own SP, over HTTP. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { colleagues } from '../catalogue/cast.ts';
import { enforce } from '../product/connecting.ts';
import { createHttpDriver } from '../product/http-driver.ts';
import { signInByPassword } from '../product/signing-in.ts';
import { setStage, stage, strikeStage } from '../scenario/stage.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { type Part, startServiceProvider } from '../stack/servers.ts';
import { type ScenarioOutcome, scenarioOutcomes } from './scenario-outcomes.ts';

const own = JSON.parse(readFileSync(new URL('../product/own-recipe.json', import.meta.url), 'utf8'));
const emailOf = (name: string): string => `${name.toLowerCase()}@acme.example`;
const passwordOf = (name: string): string => `${name} at the product`;
const folder = mkdtempSync(join(tmpdir(), 'left-as-found-'));

let sp: Part & AsyncDisposable;
let recipe: { enforcement: { enforce: object; turnOff: object } };
before(async () => {
  const smtpPort = await freePort();
  sp = await startServiceProvider({ smtpUrl: `smtp://127.0.0.1:${smtpPort}` });
  await sp.control.put('/organizations/acme', {
    name: 'Acme',
    domains: ['acme.example'],
    users: colleagues.map((name) => ({
      address: emailOf(name),
      name,
      password: passwordOf(name),
      administrator: name !== 'Sam',
    })),
  });
  await sp.control.put('/organizations/acme/profiles/Acme', {});
  recipe = {
    ...own,
    origin: sp.url,
    values: { organization: 'acme', connection: '1' },
    idp: { by: 'pages', port: await freePort() },
    people: Object.fromEntries(colleagues.map((name) => [name, { email: emailOf(name), password: passwordOf(name) }])),
    mail: { smtp: { port: smtpPort } },
  };
});
after(async () => {
  await sp[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Records {
  profiles: { id: number; enforcedRevision?: number }[];
  audit: { action: string }[];
}

const records = (): Promise<Records> => sp.control.get<Records>('/organizations/acme?parts=profiles,audit');

const enforced = async (): Promise<number[]> =>
  (await records()).profiles.filter(({ enforcedRevision }) => enforcedRevision !== undefined).map(({ id }) => id);

function useRecipe(changes: object = {}): void {
  process.env.PRODUCT = join(folder, 'recipe.json');
  writeFileSync(process.env.PRODUCT, JSON.stringify({ ...recipe, ...changes }));
}

async function play(
  scenarios: Readonly<Record<string, readonly string[]>>,
  changes?: object,
): Promise<ScenarioOutcome[]> {
  useRecipe(changes);
  const feature = join(folder, 'product.feature');
  const texts = Object.entries(scenarios).map(([name, steps]) =>
    [`  Scenario: ${name}`, ...steps.map((text) => `    * ${text}`)].join('\n'),
  );
  writeFileSync(feature, `Feature: Product\n\n${texts.join('\n\n')}\n`);
  try {
    return await scenarioOutcomes({ paths: [feature], swapDrivers: true });
  } finally {
    delete process.env.PRODUCT;
  }
}

test('after green scenarios; one test is enough for all sign-ins', async () => {
  const outcomes = await play({ one: ['Acme uses SSO'], two: ['Acme uses SSO', 'Sam signs in through the IdP'] });
  assert.deepEqual(
    outcomes.map(({ status, message }) => [status, message]),
    [
      ['PASSED', ''],
      ['PASSED', ''],
    ],
  );
  assert.deepEqual(await enforced(), []);
  const { audit } = await records();
  assert.equal(audit.filter(({ action }) => action === 'test-asked').length, 2, 'one in the first sign-in');
});

test('where the page does not say that SSO is enforced', async () => {
  const { enforcement } = recipe;
  const enforce = { ...enforcement.enforce, done: 'Well done' };
  await assert.rejects(play({ one: ['Acme uses SSO'] }, { enforcement: { ...enforcement, enforce } }), {
    message: /no scenario was played\. Ada could not enforce SSO\. .* is enforced with revision/,
  });
  assert.deepEqual(await enforced(), []);
});

test('a product whose enforcement has no end is not enforced', async () => {
  const { turnOff: _, ...enforcement } = recipe.enforcement;
  await assert.rejects(play({ one: ['Acme uses SSO'] }, { enforcement }), {
    message: /would stay enforced: its recipe has neither enforcement\.turnOff nor reset$/,
  });
  assert.deepEqual(await enforced(), []);
});

test('without a reset, only a connection that exists is changed on its pages', async () => {
  await assert.rejects(play({ one: ['Acme uses SSO'] }, { values: { organization: 'acme' } }), {
    message:
      /: idp by “pages” needs reset, .* To change an existing one, add setUp\.profile and the names in it to values$/,
  });
});

test('no account is locked', async () => {
  const [outcome] = await play({ one: ['Acme uses SSO', 'Mallory has tried ten wrong passwords for Ada'] });
  assert.equal(outcome!.status, 'SKIPPED', outcome!.message);
  assert.match(outcome!.message, / would lock Ada's account: its recipe has no reset$/);
  assert.deepEqual(await enforced(), []);
});

test('after an interrupted run', async () => {
  useRecipe();
  try {
    await setStage();
    const product = stage().product!;
    const at = { driver: createHttpDriver({ who: 'Ada' }), product: product.product };
    await signInByPassword(at, { email: emailOf('Ada'), password: passwordOf('Ada') });
    await enforce(at);
    product.isEnforced = true;
    assert.deepEqual(await enforced(), [1]);
    await strikeStage();
    assert.deepEqual(await enforced(), []);
  } finally {
    await strikeStage();
    delete process.env.PRODUCT;
  }
});
