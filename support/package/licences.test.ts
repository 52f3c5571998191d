/** Every package that this repository installs has a known licence, and those in the archive a permissive one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './build.ts';
import { billOfMaterials, isPermissive, type Licensed, licencesFile, licencesOf, spdx } from './licences.ts';

interface Locked {
  version: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
}

const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const locked = Object.entries(packages)
  .filter(([path]) => path !== '')
  .map(([path, { license, dev = false, devOptional = false }]) => ({
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    licence: spdx(license),
    // Tests and optional peers, which are not in the archive.
    isDevelopment: dev || devOptional,
  }));

/** Development packages with another licence, or with none in the lock file: the one that their own files name. */
const reviewed: Readonly<Record<string, string>> = {
  'axe-core': 'MPL-2.0',
  'spdx-exceptions': 'CC-BY-3.0',
  'xml-name-validator': 'WTFPL',
  // Of saml-idp:
  '@auth0/xmldom': 'LGPL or MIT',
  async: 'MIT',
  'utils-flatten': 'MIT',
  'valid-url': 'MIT',
  xpath: 'MIT',
  xtend: 'MIT',
  // Of testcontainers:
  buildcheck: 'MIT',
  'cpu-features': 'MIT',
  ssh2: 'MIT',
};

test('the packages that the archive may contain have permissive licences', () => {
  const shipped = locked.filter(({ isDevelopment }) => !isDevelopment);
  assert.ok(shipped.length > 150, `${shipped.length} packages`);
  assert.deepEqual(
    shipped.filter(({ licence }) => !isPermissive(licence)),
    [],
  );
});

test('the other licences of development packages are reviewed', () => {
  const others = locked.filter(({ isDevelopment, licence }) => isDevelopment && !isPermissive(licence));
  assert.deepEqual([...new Set(others.map(({ name }) => name))].toSorted(), Object.keys(reviewed).toSorted());
});

for (const [licence, expected] of Object.entries({
  MIT: true,
  '(MIT OR EUPL-1.1+)': true,
  'GPL-3.0-only': false,
  'MIT AND GPL-2.0': false,
  unknown: false,
}))
  test(`${licence} is ${expected ? '' : 'not '}permissive`, () => assert.equal(isPermissive(licence), expected));

test('a package is found by any of its files, once', () => {
  const files = ['node_modules/hono/dist/helper/html/index.js', 'node_modules/hono/dist/utils/html.js'];
  const found = licencesOf(root, [...files, 'node_modules/@peculiar/x509/build/x509.es.js', 'mock-idp/start.ts']);
  assert.deepEqual(
    found.map(({ name, licence }) => [name, licence]),
    [
      ['@peculiar/x509', 'MIT'],
      ['hono', 'MIT'],
    ],
  );
  assert.match(found[1]!.text, /^MIT License\n\nCopyright/);
});

test('the list has names, versions and texts; the bill of materials has package URLs', () => {
  const one: Licensed = { name: '@a/b', version: '1.2.3', licence: 'ISC', text: 'Permission to use' };
  assert.match(licencesFile([one]), /\n\n@a\/b 1\.2\.3\n\nLicence: ISC\n\nPermission to use\n\n-+\n\n$/);
  const { components } = billOfMaterials([one], { name: 'sso-rehearsal', version: '0.2.0' }) as {
    components: unknown[];
  };
  const licenses = [{ expression: 'ISC' }];
  assert.deepEqual(components, [
    { type: 'library', name: '@a/b', version: '1.2.3', purl: 'pkg:npm/%40a/b@1.2.3', licenses },
  ]);
});
