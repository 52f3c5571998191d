/** The licences of the packages that the archive contains. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Licensed {
  name: string;
  version: string;
  /** An SPDX expression, such as `MIT OR Apache-2.0`. */
  licence: string;
  /** The whole text; empty if the package has none. */
  text: string;
}

/** Licences that ask for no more than that their text is passed on. */
const permissive = [
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'],
  ...['BlueOak-1.0.0', 'CC0-1.0', 'Unlicense'],
];

/** The packages that these files belong to. The files are below `root`. */
export function licencesOf(root: string, files: readonly string[]): Licensed[] {
  const folders = new Set(files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []));
  const found = [...folders].map((folder) => read(join(root, folder)));
  // A package may be there twice, in the same version.
  const each = new Map(found.map((one) => [`${one.name} ${one.version}`, one]));
  return [...each.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function read(folder: string): Licensed {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string | { type: string };
  };
  const licence = spdx(typeof license === 'object' ? license.type : license);
  const texts = globSync('{LICEN[CS]E,license,licence,COPYING,NOTICE}*', { cwd: folder })
    .toSorted()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return { name, version, licence, text: texts.join('\n\n') };
}

/** The field of a package.json, in SPDX's spelling. */
export const spdx = (field = 'unknown'): string =>
  ({ 'MIT License': 'MIT', mit: 'MIT', Apache2: 'Apache-2.0' })[field] ?? field;

/** True if a user of the package may choose a permissive licence. */
export function isPermissive(licence: string): boolean {
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((one) => permissive.includes(one));
}

/** The file that goes with the packages: their names, licences and texts. */
export function licencesFile(packages: readonly Licensed[]): string {
  const line = '-'.repeat(80);
  const parts = packages.map(({ name, version, licence, text }) =>
    [`${name} ${version}`, `Licence: ${licence}`, text || 'The package contains no text of its licence.', line].join(
      '\n\n',
    ),
  );
  return ['This archive contains code of these packages, each under its own licence.', line, ...parts, ''].join('\n\n');
}

/** The same list for scanners of vulnerabilities: CycloneDX, https://cyclonedx.org/docs/1.5/json/. */
export function billOfMaterials(packages: readonly Licensed[], ofPackage: { name: string; version: string }): object {
  const component = ({ name, version }: { name: string; version: string }): object => ({
    type: 'library',
    name,
    version,
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
  });
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: component(ofPackage) },
    components: packages.map((one) => ({ ...component(one), licenses: [{ expression: one.licence }] })),
  };
}
