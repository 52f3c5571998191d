/** Tests of what an installation of the archive weighs, and of what the mock IdP loads of it. */
import assert from 'node:assert/strict';
import { globSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { npm } from './npm.ts';
import type { Unpacked } from './unpacked.fixture.ts';

const megabyte = 1024 * 1024;
const limit = 30 * megabyte;

/** Packages that the mock IdP needs to start and to sign a user in. */
const needed = [
  ...[
    'express',
    'helmet',
    'hono-html',
    'htmlparser2',
    'peculiar-asn1-schema',
    'peculiar-asn1-x509',
    'saxes',
    'xml-crypto',
  ],
  ...['xmldom-xmldom', 'zod'],
];

/** Prints the files that a sign-in without pages loads. */
const signIn = `import { registerHooks } from 'node:module';
const loaded = [];
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
const { startMockIdp } = await import('sso-rehearsal');
const idp = await startMockIdp({ hostname: '127.0.0.1' });
const acme = await idp.createTenant({
  users: [{ username: 'sam', password: 'open sesame' }],
  apps: [{ entityId: 'https://app.example', acs: ['https://app.example/acs'] }],
});
await acme.signIn('sam', { unsolicited: true });
await idp[Symbol.asyncDispose]();
console.log(JSON.stringify(loaded));
`;

/** Registers the tests; `unpacked` is called when they start. */
export function testWeight(unpacked: () => Unpacked): void {
  test('npm installs one package, of 30 MB at most, without the registry', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-weight-'));
    try {
      writeFileSync(join(folder, 'package.json'), '{}');
      npm(['install', '--offline', '--no-audit', '--no-fund', unpacked().archive], { cwd: folder });
      const modules = join(folder, 'node_modules');
      assert.deepEqual(
        readdirSync(modules).filter((name) => !name.startsWith('.')),
        ['sso-rehearsal'],
      );
      const size = sizeOf(modules);
      assert.ok(size > megabyte && size <= limit, `${(size / megabyte).toFixed(1)} MB`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('the mock IdP loads only the packages that it needs', async () => {
    const there = unpacked();
    const { stdout, stderr } = await there.node('--input-type=module', '--eval', signIn);
    assert.equal(stderr, '');
    const loaded = JSON.parse(stdout) as string[];
    const packages = loaded
      .flatMap((url) => /\/dist\/vendor\/([^/]+)\.js$/.exec(url)?.[1] ?? [])
      .filter((name) => !name.startsWith('chunk-'));
    assert.ok(packages.includes('xml-crypto'), stdout);
    assert.deepEqual(
      packages.filter((name) => !needed.includes(name)),
      [],
    );
    assert.deepEqual(
      loaded.filter((url) => !url.startsWith('node:') && !/\/sso-rehearsal\/dist\/(mock-idp|vendor)\//.test(url)),
      [],
    );
  });

  test('each package in the archive is listed with its licence, also for scanners', () => {
    const dist = join(unpacked().installed, 'dist');
    const list = readFileSync(join(dist, 'THIRD-PARTY.txt'), 'utf8');
    assert.match(list, /\n\nzod \d[\d.]+\n\nLicence: MIT\n\nMIT License\n/);
    const { components } = JSON.parse(readFileSync(join(dist, 'sbom.cdx.json'), 'utf8')) as {
      components: { name: string; purl: string }[];
    };
    for (const name of [...bundledIn(dist), '@picocss/pico', '@cucumber/html-formatter']) {
      assert.ok(list.includes(`\n\n${name} `), name);
      const entry = components.find((one) => one.name === name);
      assert.match(entry?.purl ?? name, /^pkg:npm\/(%40[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+/);
    }
  });
}

/** Names of packages. esbuild writes the path of each source file above its code. */
function bundledIn(dist: string): Set<string> {
  const path = /^\s*\/\/ .*node_modules\/((?:@[^/\s]+\/)?[^.@/\s][^/\s]*)\/\S+$/gm;
  const names = globSync('vendor/*.js', { cwd: dist }).flatMap((file) =>
    [...readFileSync(join(dist, file), 'utf8').matchAll(path)].map(([, name]) => name!),
  );
  const found = new Set(names);
  assert.ok(found.size > 100, `${found.size} packages`);
  return found;
}

/** The space that a folder takes on the disk, as du counts it. */
function sizeOf(folder: string): number {
  const inside = readdirSync(folder, { withFileTypes: true, recursive: true });
  // Windows counts no blocks.
  return inside
    .map(({ parentPath, name }) => lstatSync(join(parentPath, name)))
    .reduce((sum, { blocks, size }) => sum + (blocks === undefined ? size : blocks * 512), 0);
}
