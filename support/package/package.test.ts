/** The package works where it is installed: its API and types, its examples, its commands. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startGullible } from '../conformance/gullible-sp.fixture.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { sample } from '../stack/sample.fixture.ts';
import { testArchive } from './archive.fixture.ts';
import { root } from './build.ts';
import { documentedExamples } from './documented.fixture.ts';
import { testLibrary } from './library.fixture.ts';
import { modulesIn, packageOf } from './module-names.ts';
import { playExample } from './on-node.fixture.ts';
import { testOwnRepository } from './own-repository.fixture.ts';
import { type Ran, type Unpacked, unpack } from './unpacked.fixture.ts';
import { testWeight } from './weight.fixture.ts';

const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
    xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response-of-this-test" Version="2.0"
    IssueInstant="2026-01-01T00:00:00Z">
  <saml:Issuer>https://idp.example</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"/></samlp:Status>
</samlp:Response>`;

const saying = ({ stdout, stderr }: Ran): string => `${stdout}\n${stderr}`;

/** Files that the code finds by their place next to it. */
const filesNamedIn = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/new URL\(['"](\.?[\w./@-]+)['"], import\.meta\.url\)/g)].map(([, file]) =>
    join(dirname(path), file!),
  );

let there: Unpacked;
before(async () => {
  there = await unpack();
});
after(() => there[Symbol.dispose]());

describe('what is in the package', () => {
  test('its manifest may be published, that of this repository may not', () => {
    const [ours, packed] = [root, there.installed].map(
      (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>,
    ) as [Record<string, unknown>, Record<string, unknown>];
    assert.equal(ours.private, true);
    for (const name of ['private', 'dependencies', 'devDependencies', 'scripts', 'overrides', 'allowScripts']) {
      assert.ok(name in ours, name);
      assert.equal(name in packed, false, name);
      delete ours[name];
    }
    assert.deepEqual(packed, ours);
  });

  test('its code imports itself, Node and peers', () => {
    const { peerDependencies } = JSON.parse(readFileSync(join(there.installed, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const dist = join(there.installed, 'dist');
    const imported = globSync('**/*.{js,d.ts}', { cwd: dist }).flatMap((file) =>
      modulesIn(file, readFileSync(join(dist, file), 'utf8')).map(({ module }) => ({ file, module })),
    );
    assert.ok(imported.some(({ module }) => module.endsWith('vendor/peculiar-x509.js')));
    const packages = ['sso-rehearsal', ...Object.keys(peerDependencies!)];
    const isThere = ({ file, module }: { file: string; module: string }): boolean => {
      const name = packageOf(module);
      if (name !== undefined) return packages.includes(name);
      if (isBuiltin(module)) return true;
      const path = join(dist, dirname(file), module);
      return existsSync(file.endsWith('.d.ts') ? path.replace(/\.([cm]?)js$/, '.d.$1ts') : path);
    };
    assert.deepEqual(
      imported.filter((one) => !isThere(one)).map(({ file, module }) => `${file} → ${module}`),
      [],
    );
  });

  test('it contains no tests, and every file that its code reads', () => {
    const inside = globSync('**/*', { cwd: there.installed });
    assert.deepEqual(
      inside.filter(
        (file) => /\.(test|fixture)\.|(?<!\.d)\.ts$/.test(file) && !file.startsWith(join('docs', 'examples')),
      ),
      [],
    );
    const named = globSync('{mock-idp,sp,support}/**/*.js', { cwd: join(there.installed, 'dist') }).flatMap((file) =>
      filesNamedIn(join(there.installed, 'dist', file)),
    );
    assert.equal(named.filter((file) => file.endsWith('pico.min.css')).length, 3);
    assert.deepEqual(
      named.filter((file) => !existsSync(file)),
      [],
    );
    const read = globSync(['{mock-idp,sp}/**/*.{css,svg}', 'support/lab/*.{css,js}', 'features/**/*.feature'], {
      cwd: root,
    });
    for (const file of read) assert.ok(inside.includes(join('dist', file)), file);
  });
});

/** Files that these declarations import, and themselves. */
function declarationsFrom(files: readonly string[], folder: string): Set<string> {
  const found = new Set<string>();
  const read = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    if (!existsSync(join(folder, file))) return;
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, path] of text.matchAll(/(?:\bfrom|\bimport\()\s*['"](\.[^'"]+)\.[jt]s['"]/g))
      read(join(dirname(file), `${path}.d.ts`));
  };
  for (const file of files) read(file);
  return found;
}

test('the types of every entry point are in the package, with all that they import', () => {
  const { exports } = JSON.parse(readFileSync(join(there.installed, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string; default: string }>;
  };
  const entries = Object.values(exports).filter((one) => typeof one !== 'string');
  const declared = declarationsFrom(
    entries.map(({ types }) => join(types)),
    there.installed,
  );
  assert.ok(declared.size > 40, `${declared.size} files`);
  const needed = [...declared, ...entries.map((one) => one.default)];
  assert.deepEqual(
    needed.filter((file) => !existsSync(join(there.installed, file))),
    [],
  );
});

test('a recipe that is a module loads what it needs from the package', async () => {
  const code =
    "import { defineProduct } from 'sso-rehearsal/product'; console.log(defineProduct({ name: 'Board' }).name)";
  const ran = await there.node('--input-type=module', '--eval', code);
  assert.deepEqual([ran.stdout, ran.stderr], ['Board\n', '']);
});

/** Each takes a process of its own. */
const chosen = sample(['types', 'node:test', 'Playwright', 'diagnose', 'conformance', 'case'], 1);
/** Each takes several. */
const groups = sample(['runners', 'weight', 'archive', 'library', 'repository', 'commands'], 2);

describe('the examples', { concurrency: 2 }, () => {
  if (chosen.includes('types'))
    test('match the types of the package', async () => {
      const checked = await there.node(join(root, 'node_modules/typescript/bin/tsc'), '-p', '.');
      assert.equal(checked.status, 0, saying(checked));
    });

  if (chosen.includes('node:test'))
    test('for node:test passes', async () => {
      const played = await there.node('--test', '--test-reporter=tap', 'node-test/sign-in.test.ts');
      assert.equal(played.status, 0, saying(played));
      assert.match(played.stdout, /# pass 6/);
    });

  if (chosen.includes('Playwright'))
    test('for Playwright passes', async () => {
      const played = await there.node('node_modules/playwright/cli.js', 'test', '--config', 'playwright-test');
      assert.equal(played.status, 0, saying(played));
      assert.match(played.stdout, /3 passed/);
    });
});

if (groups.includes('runners'))
  describe('test runners without an installation', { concurrency: 2 }, () => {
    const examples = documentedExamples();
    test('docs/test-runners.md has an example for each', () => {
      assert.deepEqual(
        examples.map(({ heading }) => heading),
        ['node:test', 'CommonJS', 'Vitest', 'Jest', 'Jest with jsdom', 'Jest with ES modules'],
      );
    });
    for (const example of sample(
      examples.filter(({ packages }) => packages.length === 0),
      1,
    ))
      test(`the example for ${example.heading} passes`, async () => {
        const { folder } = there.project(`.${example.heading.replace(':', '-')}`, example.files);
        await playExample(example, { folder });
      });
  });
if (groups.includes('weight')) describe('what an installation weighs', () => testWeight(() => there));
if (groups.includes('archive')) describe('in the archive', () => testArchive(() => there));
if (groups.includes('library')) describe('as a library', () => testLibrary(() => there));
if (groups.includes('repository')) describe("in a team's own repository", () => testOwnRepository(() => there));
if (groups.includes('commands'))
  describe('the commands', { concurrency: 2 }, () => {
    test('the command lists its commands, and rejects unknown ones', async () => {
      const [helped, unknown] = await Promise.all([there.command('--help'), there.command('rehearse')]);
      assert.equal(helped.status, 0, saying(helped));
      for (const name of sample(
        ['init', 'bdd', 'steps', 'lint', 'report', 'start', 'conformance', 'diagnose', 'case', 'faults', 'upgrade'],
        2,
      ))
        assert.match(helped.stdout, new RegExp(`^  ${name} `, 'm'));
      assert.equal(unknown.status, 2);
      assert.match(unknown.stderr, /Unknown command “rehearse”\. Use one of: init, bdd, /);
    });

    test('each command shows its npx command line in its help', async () => {
      for (const name of sample(
        ['init', 'bdd', 'steps', 'lint', 'report', 'start', 'conformance', 'diagnose', 'case', 'cases', 'upgrade'],
        2,
      )) {
        const helped = await there.command(name, '--help');
        assert.equal(helped.status, 0, saying(helped));
        assert.match(helped.stdout, new RegExp(`^npx sso-rehearsal ${name}\\b`));
        assert.doesNotMatch(saying(helped), /npm (run|start)|Warning/);
      }
    });

    if (chosen.includes('diagnose'))
      test('diagnose explains a captured response', async () => {
        writeFileSync(
          join(there.folder, 'captured.txt'),
          new URLSearchParams({ SAMLResponse: Buffer.from(response).toString('base64') }).toString(),
        );
        const diagnosed = await there.command('diagnose', 'captured.txt');
        assert.equal(diagnosed.status, 1, saying(diagnosed));
        assert.match(diagnosed.stdout, /npx sso-rehearsal case /);
        assert.equal(diagnosed.stderr, '');
      });

    if (chosen.includes('conformance'))
      test('conformance tests a service provider, and keeps its keys in the current folder', async () => {
        const [port, sp] = [await freePort(), await startGullible({ ssoUrl: '' })];
        await using _sp = sp;
        const asked = await there.command('conformance', '--idp-metadata', '--port', String(port));
        sp.redirectTo(/SingleSignOnService [^>]*Location="([^"]+)"/.exec(asked.stdout)?.[1] ?? saying(asked));
        writeFileSync(join(there.folder, 'my-sp.json'), JSON.stringify(sp.config));
        const examined = await there.command(
          'conformance',
          '--config',
          'my-sp.json',
          '--port',
          String(port),
          '--only',
          'audience-wrong',
          '--only',
          'keyinfo-absent',
        );
        assert.equal(examined.status, 1, saying(examined));
        assert.match(examined.stdout, /1 pass, 0 not verified, 0 policy, 1 fail/);
        for (const file of ['.rehearsal/stand.json', 'reports/conformance/conformance.html'])
          assert.ok(existsSync(join(there.folder, file)), file);
      });

    if (chosen.includes('case'))
      test('case plays the packed features and steps', async () => {
        const played = await there.command('case', 'metadata-unparseable');
        assert.equal(played.status, 0, saying(played));
        assert.match(played.stdout, /The scenario passed\./);
      });
  });
