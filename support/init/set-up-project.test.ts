/** `init` in an empty folder: what it finds, what it writes, and that it overwrites nothing. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { editorSettings } from '../gherkin/editor-settings.ts';
import { type LoginPages, serveLoginPages } from '../product/login-pages.fixture.ts';
import { appOf } from '../product/product-app.ts';
import { readRecipe } from '../product/recipe.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { NotExamined } from './examine.ts';
import { collectReplies, type Replies } from './replies.ts';
import { type SetUpOptions, setUpProject } from './set-up-project.ts';

let product: LoginPages;
let port: number;
const folders: string[] = [];
before(async () => {
  product = await serveLoginPages();
  port = await freePort();
  product.leadTo(`http://idp.localhost:${port}/acme/sso`);
});
after(async () => {
  await product[Symbol.asyncDispose]();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-init-'));
  folders.push(folder);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

const replied = (changes: Partial<Replies> = {}): Replies => ({
  signIn: `${product.url}/by-email`,
  sp: { metadata: `${product.url}/metadata` },
  idp: { by: 'hand' },
  people: { user: 'sam@acme.example' },
  signedIn: { page: `${product.url}/out`, text: 'Signed in as {user}' },
  ...changes,
});

/** The output, and true if everything was found. */
async function setUp(
  folder: string,
  changes: Partial<Replies> = {},
  options: Partial<SetUpOptions> = {},
): Promise<{ output: string; isDone: boolean; read: (file: string) => string }> {
  const lines: string[] = [];
  const isDone = await setUpProject(replied(changes), {
    folder,
    name: 'Board',
    port,
    ci: 'github',
    force: false,
    installs: false,
    toRun: [],
    say: (line) => lines.push(line),
    ...options,
  });
  return { output: lines.join('\n'), isDone, read: (file) => readFileSync(join(folder, file), 'utf8') };
}

test('a product whose parts are all found gets a recipe, a feature, a CI job and settings', async () => {
  const folder = newFolder();
  const { output, isDone, read } = await setUp(folder);
  for (const sentence of [
    '✔ The email field labelled “Your address”, and the button “Continue”.\n✔ It leads to the mock IdP.\n',
    `✔ The metadata: entity ID ${product.url}, ACS ${product.url}/acs.\n`,
    `✔ Before a sign-in, ${product.url}/out shows no user, as it should.\n`,
    'Written  features/sign-in.feature\n',
    '1. Board must know this identity provider before the first run:\n',
    '2. Play the first scenarios: npx sso-rehearsal bdd',
  ])
    assert.ok(output.includes(sentence), `${sentence} is in:\n${output}`);
  assert.equal(isDone, true);
  const recipe = JSON.parse(read('sso-rehearsal.json'));
  assert.deepEqual(recipe, {
    $schema: './node_modules/sso-rehearsal/docs/product-recipe.schema.json',
    name: 'Board',
    origin: product.url,
    metadata: '/metadata',
    signIn: { page: '/by-email', email: 'Your address', next: 'Continue' },
    signedIn: { page: '/out', text: 'Signed in as {user}' },
    people: { Sam: { email: 'sam@acme.example' }, attributes: { email: '{email}', displayName: '{name}' } },
    idp: { by: 'hand', port },
  });
  readRecipe(recipe, 'sso-rehearsal.json');
  assert.equal(read('.gitignore'), '.sso-rehearsal/\nreports/\n');
  assert.deepEqual(JSON.parse(read('.vscode/settings.json')), editorSettings());
  assert.match(read('.github/workflows/sso-rehearsal.yml'), /npx sso-rehearsal bdd --expect-skipped 0\n/);
  assert.match(read('.github/workflows/sso-rehearsal.yml'), new RegExp(`< \\.sso-rehearsal/idp-${port}\\.json\n`));
  assert.match(read('.sso-rehearsal/idp-metadata.xml'), /IDPSSODescriptor/);
  assert.match(read('.sso-rehearsal/idp-certificate.pem'), /^-----BEGIN CERTIFICATE-----/);
  assert.ok(existsSync(join(folder, `.sso-rehearsal/idp-${port}.json`)));
});

test('existing files are kept, and settings merged', async () => {
  const existing = {
    'features/sign-in.feature': 'Feature: Ours\n',
    '.gitlab-ci.yml': 'stages: [test]\n',
    '.gitignore': 'dist\nreports/',
    '.vscode/settings.json': '{"cucumber.glue":["features/*.js"],"editor.tabSize":2}',
  };
  const folder = newFolder(existing);
  const { output, read } = await setUp(folder, {}, { ci: 'gitlab' });
  assert.match(output, /\nKept {5}features\/sign-in\.feature: it exists\. --force replaces it\.\n/);
  assert.match(output, /\nKept {5}\.gitlab-ci\.yml: .* Add to it: include: sso-rehearsal\.gitlab-ci\.yml\n/);
  assert.equal(read('features/sign-in.feature'), existing['features/sign-in.feature']);
  assert.equal(read('.gitlab-ci.yml'), existing['.gitlab-ci.yml']);
  assert.match(read('sso-rehearsal.gitlab-ci.yml'), /^ {4}- npx sso-rehearsal bdd --expect-skipped 0$/m);
  assert.equal(read('.gitignore'), 'dist\nreports/\n.sso-rehearsal/\n');
  const { 'cucumber.glue': glue, ...settings } = JSON.parse(read('.vscode/settings.json'));
  assert.deepEqual(glue, ['features/*.js', ...editorSettings()['cucumber.glue']]);
  assert.deepEqual(settings, { 'editor.tabSize': 2, 'cucumber.features': editorSettings()['cucumber.features'] });

  const key = read(`.sso-rehearsal/idp-${port}.json`);
  const forced = await setUp(folder, {}, { force: true, ci: 'none' });
  assert.match(forced.output, /\nKept {5}\.gitignore: it has everything\.\n/);
  assert.match(read('features/sign-in.feature'), /^Feature: Signing in to Board through the IdP\n/);
  assert.equal(read(`.sso-rehearsal/idp-${port}.json`), key, 'the product goes on trusting the key');
});

test('a metadata file is named by its path from the recipe, as a run expects it', async () => {
  const folder = newFolder({ 'sp/metadata.xml': await (await fetch(`${product.url}/metadata`)).text() });
  const { output, read } = await setUp(folder, { sp: { metadata: join(folder, 'sp', 'metadata.xml') } });
  assert.match(output, /✔ The metadata: entity ID /);
  const recipe = readRecipe(JSON.parse(read('sso-rehearsal.json')), 'sso-rehearsal.json');
  assert.equal(recipe.metadata, 'sp/metadata.xml');
  const app = await appOf({ recipe, url: product.url }, folder);
  assert.match('metadata' in app ? app.metadata : '', /EntityDescriptor/);
});

test('settings with comments are left as they are, and what to add is printed', async () => {
  const { output, read } = await setUp(newFolder({ '.vscode/settings.json': '{ /* ours */ }' }));
  assert.match(
    output,
    /\nKept {5}\.vscode\/settings\.json: it is not plain JSON\. Add to it:\n\{\n {2}"cucumber\.features"/,
  );
  assert.equal(read('.vscode/settings.json'), '{ /* ours */ }');
});

const incomplete: readonly [what: string, changes: () => Partial<Replies>, sentence: RegExp][] = [
  [
    'no email field',
    () => ({ signIn: `${product.url}/news` }),
    /✘ Not found: An email field, or a button or link for single sign-on\. .*“News”.* Add signIn\.email and/,
  ],
  [
    'a page instead of metadata',
    () => ({ sp: { metadata: `${product.url}/news` } }),
    /✘ Not found: The metadata\. .*\/news is not metadata of a service provider: .*\. Correct metadata in the recipe/,
  ],
  [
    'metadata that does not exist',
    () => ({ sp: { metadata: `${product.url}/nowhere` } }),
    /✘ Not found: The metadata\. .*\/nowhere returned 404 instead of metadata\./,
  ],
  [
    'metadata at an address that nothing listens at',
    () => ({ sp: { metadata: 'http://127.0.0.1:9/metadata' } }),
    /✘ Not found: The metadata\. http:\/\/127\.0\.0\.1:9\/metadata .*\. Correct metadata/,
  ],
  [
    'a user before any sign-in',
    () => ({ signedIn: { page: `${product.url}/home`, text: 'as {user}' } }),
    /✘ Not found: Who is signed in\. Before any sign-in, .*\/home shows the user “sam@acme\.example”: correct signedIn/,
  ],
];
for (const [what, changes, sentence] of incomplete)
  test(`${what} is named, and the recipe is written for correction`, async () => {
    const browser = process.env.CHROMIUM_PATH;
    process.env.CHROMIUM_PATH = '/nowhere'; // a browser would find no more
    const { output, isDone, read } = await setUp(newFolder(), changes()).finally(() => {
      process.env.CHROMIUM_PATH = browser;
    });
    assert.match(output, sentence);
    assert.equal(isDone, false);
    readRecipe(JSON.parse(read('sso-rehearsal.json')), 'sso-rehearsal.json');
  });

test('a product that does not run is a sentence, and nothing is written', async () => {
  const folder = newFolder();
  await assert.rejects(setUp(folder, { signIn: 'http://127.0.0.1:9/login' }), (error: Error) => {
    assert.ok(error instanceof NotExamined);
    assert.match(
      error.message,
      /^http:\/\/127\.0\.0\.1:9\/login .*\. Start the product, or correct the URL; nothing was written\.$/,
    );
    return true;
  });
  assert.equal(existsSync(join(folder, 'sso-rehearsal.json')), false);
});

test('a port that is in use is a sentence', async () => {
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  await assert.rejects(setUp(newFolder()), {
    name: 'Error',
    message: new RegExp(`port ${port} is in use, .*: idp\\.port in the recipe`),
  });
  other.close();
  await once(other, 'close');
});

test('without a terminal, missing and invalid replies are named', async () => {
  const say = assert.fail;
  await assert.rejects(collectReplies({ metadata: 'http://sp.example/metadata' }, { say }), {
    message:
      'Missing: --sign-in URL; --user EMAIL or --domain DOMAIN; ' +
      '--signed-in URL with --text "Signed in as {user}" or --json PATH. In a terminal, init asks for them.',
  });
  for (const [flags, message] of [
    [{ 'sign-in': 'sp.example' }, /^The login page must be a URL that begins with .*, not “sp\.example”\.$/],
    [{ metadata: 'nowhere.xml' }, /^The metadata must be a URL or a file, and there is no file “nowhere\.xml”\.$/],
    [{ idp: 'telepathy' }, /^How the product learns of an IdP must be hand, .*, not “telepathy”\.$/],
    [{ user: 'sam' }, /^The user must be an email, or a mail domain, not “sam”\.$/],
    [{ 'signed-in': 'http://sp.example', text: 'Hello' }, /^After the URL of the page comes its text with \{user\}/],
  ] as const)
    await assert.rejects(collectReplies(flags, { say }), { message });
});

test('in a terminal, each of the five questions is asked until its reply is valid', async () => {
  const typed = [
    'login',
    'https://sp.example/login',
    'https://sp.example https://sp.example/acs',
    '',
    'acme.example',
    'https://sp.example/me json user.email',
  ];
  const asked: string[] = [];
  const problems: string[] = [];
  const replies = await collectReplies(
    {},
    {
      ask: async (question) => {
        asked.push(/\d/.exec(question)![0]);
        return typed.shift()!;
      },
      say: (text) => problems.push(text),
    },
  );
  assert.deepEqual(replies, {
    signIn: 'https://sp.example/login',
    sp: { entityId: 'https://sp.example', acs: 'https://sp.example/acs' },
    idp: { by: 'hand' },
    people: { domain: 'acme.example' },
    signedIn: { page: 'https://sp.example/me', json: 'user.email' },
  });
  assert.deepEqual(asked, ['1', '1', '2', '3', '4', '5']);
  assert.equal(problems.length, 1);
});
