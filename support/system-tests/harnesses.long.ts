/**
 * The packed archive in repositories that have a harness already, installed from the registry: each is red at a product
 * that accepts every response, and green at the same product without that defect.
 */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../package/build.ts';
import { builtArchive } from '../package/built-archive.fixture.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { startSmallProduct, type Wrong } from './small-product.fixture.ts';

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

/** The versions next to which a team installs the archive. */
const harnesses = [
  `@cucumber/cucumber@${devDependencies['@cucumber/cucumber']}`,
  `@playwright/test@${devDependencies.playwright}`,
  'playwright-bdd@9.2.1',
  `typescript@${devDependencies.typescript}`,
  `@types/node@${devDependencies['@types/node']}`,
  `@types/nodemailer@${devDependencies['@types/nodemailer']}`,
  `nodemailer@${dependencies.nodemailer}`, // with which the product of the test sends its email
];

let folder: string;

function write(files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

interface Ran {
  status: number;
  output: string;
}

function run(script: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const { NODE_TEST_CONTEXT: _, PRODUCT: _product, IDP: _idp, ...env } = process.env;
  return new Promise((resolve) => {
    const file = join(folder, 'node_modules', script);
    execFile(process.execPath, [file, ...args], { cwd: folder, env: { ...env, ...more } }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr }),
    );
  });
}

const acceptsAll: Wrong = 'signs in the NameID of every response';

/** Plays at the product with this defect, described by the recipe in the repository. */
async function playAt(wrong: Wrong | undefined, play: (url: string) => Promise<Ran>): Promise<Ran> {
  await using product = await startSmallProduct({ wrong });
  write({ 'sso-rehearsal.json': JSON.stringify(recipe(product.url, await freePort())) });
  return await play(product.url);
}

const recipe = (origin: string, port: number): object => ({
  name: 'Board',
  origin,
  metadata: '/metadata',
  signIn: { page: '/login', email: 'Work email', next: 'Continue' },
  signedIn: { page: '/', text: 'Logged in: {user}!' },
  signOut: { page: '/', button: 'Log out' },
  idp: { by: 'request', url: '/idp', body: '{metadata}', port },
  people: { Sam: { email: 'sam@acme.example' } },
});

const feature = `Feature: Single sign-on
  Scenario: Sam signs in
    Given Acme uses SSO
    When Sam signs in through the IdP
    Then Sam is signed in through the IdP

  Scenario: The assertion is for another application
    Given Acme uses SSO
    And the IdP sends an assertion with a different Audience
    When Sam tries to sign in through the IdP
    Then the SP rejects the response

  Scenario: The product has no single logout
    Given Acme uses SSO
    And Sam has signed in through the IdP
    When Sam signs out at the IdP
    Then Sam is not signed in
`;

const accepted = /Expected the SP to reject the newest response, and no session, received verdict: “accepted”/;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'harnesses-'));
  const archive = await builtArchive({ to: folder });
  write({ 'package.json': '{"type":"module","private":true}' });
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', archive, ...harnesses], {
    cwd: folder,
    stdio: 'pipe',
  });
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('Cucumber, with a World of the team’s own', () => {
  before(() =>
    write({
      'cucumber.mjs': `import { fileURLToPath } from 'node:url';

export default { paths: ['cucumber/*.feature'], import: ['cucumber/*.ts'] };
export const byPath = {
  paths: ['cucumber/*.feature'],
  import: ['cucumber/world.ts', fileURLToPath(import.meta.resolve('sso-rehearsal/cucumber'))],
};
`,
      'cucumber/sso.feature': feature,
      'cucumber/own.feature': `Feature: Ours
  Scenario: Our World has our values, and knows the scene
    Given Acme uses SSO
    Then the colour is teal
    And Sam has the email sam@acme.example
`,
      'cucumber/world.ts': `import assert from 'node:assert/strict';
import { setWorldConstructor, Then, World } from '@cucumber/cucumber';
import { sceneOf } from 'sso-rehearsal/cucumber';

class Team extends World {
  readonly colour: string = 'teal';
}

setWorldConstructor(Team);
Then('the colour is teal', function (this: Team) {
  assert.equal(this.colour, 'teal');
});
Then('Sam has the email {}', async function (this: Team, email: string) {
  const { cast } = await sceneOf(this);
  assert.equal(cast.Sam.address, email);
});
`,
    }),
  );
  const cucumber = (...args: string[]) => run('@cucumber/cucumber/bin/cucumber.js', args);

  test('is red at a product that accepts every response', async () => {
    const { status, output } = await playAt(acceptsAll, () => cucumber());
    assert.match(output, /4 scenarios \(2 passed, 1 skipped, 1 failed\)/);
    assert.match(output, accepted);
    assert.equal(status, 1);
  });

  test('is green at a correct product', async () => {
    const { status, output } = await playAt(undefined, () => cucumber());
    assert.match(output, /4 scenarios \(3 passed, 1 skipped\)/);
    assert.equal(status, 0, output);
  });

  test('names the product that does not respond, in each scenario', async () => {
    write({ 'sso-rehearsal.json': JSON.stringify(recipe(`http://127.0.0.1:${await freePort()}`, await freePort())) });
    const { status, output } = await cucumber('--name', 'Sam signs in');
    assert.match(output, /Error: PRODUCT=sso-rehearsal\.json: POST http:\S+\/idp got no response/);
    assert.doesNotMatch(output, /Caused by/);
    assert.equal(status, 1);
  });

  test('finds the steps by the path of the entry point, too', async () => {
    const { status, output } = await playAt(undefined, () => cucumber('--profile', 'byPath', '--name', 'Sam signs in'));
    assert.match(output, /1 scenario \(1 passed\)/);
    assert.equal(status, 0, output);
  });
});

const playwrightConfig = `import { defineConfig } from '@playwright/test';
import { defineBddConfig } from 'playwright-bdd';

const { CHROMIUM_PATH } = process.env;
const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
export default defineConfig({
  reporter: 'line',
  workers: 1,
  use: { launchOptions: { ...(CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH } : {}), args } },
  projects: [
    { name: 'fixtures', testDir: 'fixtures' },
    { name: 'bdd', testDir: defineBddConfig({ features: 'bdd/*.feature', steps: 'bdd/*.ts' }) },
  ],
});
`;

const spec = `import { expect, type Human, test as base } from 'sso-rehearsal/playwright';
import { arrange, questions, setUp, singleSignOn } from 'sso-rehearsal/tasks';
import { createTransport } from 'nodemailer';

const product = process.env.APPLICATION!;

const test = base.extend({
  app: async ({}, use) => use({ metadata: await (await fetch(\`\${product}/metadata\`)).text() }),
  emails: { sam: 'sam@acme.example' },
  tenant: async ({ tenant }, use) => {
    await fetch(\`\${product}/idp\`, { method: 'POST', body: tenant.metadata() });
    await use(tenant);
  },
});

async function signIn({ page, email, signInAtIdp }: Human) {
  await page.goto(\`\${product}/login\`);
  await page.getByLabel('Work email').fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
  await signInAtIdp();
}

test('Sam signs in, and Ada does not', async ({ ada, sam, tenant }) => {
  await signIn(sam);
  await expect(sam.page.getByText(\`Logged in: \${sam.email}!\`)).toBeVisible();
  await ada.page.goto(product);
  await expect(ada.page.getByText('No user is logged in.')).toBeVisible();
  expect(tenant.log('response')).toHaveLength(1);
});

test('a different Audience is rejected', async ({ sam, tenant }) => {
  await tenant.arrangeFaults('an assertion with a different Audience');
  await signIn(sam);
  await expect(sam.page.getByRole('heading')).toHaveText('Login failed');
});

test('an email arrives', async ({ mailbox, sam }) => {
  const arrived = mailbox.waitFor(sam.email);
  await createTransport(mailbox.smtpUrl).sendMail({ from: 'app@app.example', to: sam.email, subject: 'Hi', text: '.' });
  expect((await arrived).subject).toBe('Hi');
});

test('a fault is arranged and never sent', async ({ tenant }) => {
  test.fail();
  await tenant.arrangeFaults('an assertion with a different Audience');
});

// The last one: its scene teaches the product another IdP than the tenants above.
test('tasks play at the product of the recipe', async ({ scene }) => {
  await singleSignOn.useSso(scene);
  await setUp.sendAnotherFault(scene, arrange('an assertion that expired 10 minutes ago'));
  await singleSignOn.trySignIn(scene, 'Sam');
  expect(await questions.session(scene, 'Sam')).toBeUndefined();
});
`;

describe('Playwright', () => {
  before(async () => {
    write({
      'playwright.config.ts': playwrightConfig,
      'fixtures/sign-in.spec.ts': spec,
      'bdd/sso.feature': feature,
      'bdd/steps.ts': `import { mergeTests } from '@playwright/test';
import { createBdd, test as bdd } from 'playwright-bdd';
import { test as sso } from 'sso-rehearsal/playwright';
import { registerSteps } from 'sso-rehearsal/playwright-bdd';

export const test = mergeTests(bdd, sso);
registerSteps(createBdd(test));
`,
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          target: 'es2024',
          lib: ['es2024', 'esnext.disposable', 'dom'],
          module: 'nodenext',
          types: ['node'],
          strict: true,
          noEmit: true,
        },
        include: ['cucumber', 'fixtures', 'bdd', 'saml.ts', 'playwright.config.ts'],
      }),
      'saml.ts': `import { diagnose, explain, type FixedBy } from 'sso-rehearsal/saml';

const [diagnosis] = await diagnose('<a/>', { policies: { allowSha1: true } });
const fixedBy: FixedBy = explain('audience-mismatch').fixedBy;
// @ts-expect-error: the code may be unknown
explain(String(fixedBy)).message;
// @ts-expect-error: no such policy
await diagnose('<a/>', { policies: { allowAll: true } });
export const codes = diagnosis?.findings.map(({ code }) => explain(code).case.title);
`,
    });
    const generated = await run('playwright-bdd/dist/cli/index.js', []);
    assert.equal(generated.status, 0, generated.output);
  });
  const playwright = (project: string, url: string) =>
    run('@playwright/test/cli.js', ['test', '--project', project], { APPLICATION: url });

  test('the types of all entry points fit the harnesses', async () => {
    const { status, output } = await run('typescript/bin/tsc', ['-p', '.']);
    assert.equal(status, 0, output);
  });

  test('the fixtures are red at a product that accepts every response', async () => {
    const { status, output } = await playAt(acceptsAll, (url) => playwright('fixtures', url));
    assert.match(output, /2 failed\n.*a different Audience is rejected.*\n.*tasks play at the product.*\n {2}3 passed/);
    assert.equal(status, 1);
  });

  test('the fixtures are green at a correct product', async () => {
    const { status, output } = await playAt(undefined, (url) => playwright('fixtures', url));
    assert.match(output, /5 passed/);
    assert.equal(status, 0, output);
  });

  test('playwright-bdd is red at a product that accepts every response', async () => {
    const { status, output } = await playAt(acceptsAll, (url) => playwright('bdd', url));
    assert.match(output, accepted);
    assert.match(output, /1 failed\n.*The assertion is for another application.*\n {2}1 skipped\n {2}1 passed/);
    assert.equal(status, 1);
  });

  test('playwright-bdd is green at a correct product', async () => {
    const { status, output } = await playAt(undefined, (url) => playwright('bdd', url));
    assert.match(output, /1 skipped\n {2}2 passed/);
    assert.equal(status, 0, output);
  });
});
