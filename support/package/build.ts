/**
 * Builds and packs the npm package: JavaScript with declarations, the packages that it needs, and the files that the
 * code reads.
 */
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parameterTypes, parameterTypesFile } from '../gherkin/editor-settings.ts';
import { bundleScript } from '../load/bundle-script.ts';
import { packedScript } from '../load/script.ts';
import { bundleForRequire, bundlePackages } from './bundle.ts';
import { keepDeclarations } from './declarations.ts';
import { billOfMaterials, isPermissive, licencesFile, licencesOf } from './licences.ts';
import { npm, runProgram } from './npm.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');

/** Read at run time, next to the code. */
const besides = [
  '{mock-idp,sp,support}/**/*.{css,svg,js,php}',
  'support/product/*.json',
  'features/**/*.{feature,json}',
];

/** The fields of package.json that this module uses. The others are copied. */
interface Manifest {
  name: string;
  version: string;
  exports: Record<string, string | Record<string, string>>;
  files: string[];
  peerDependencies: Record<string, string>;
}

const manifest = (): Manifest => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** From scratch. Throws with tsc's output. With `isChecked` it does not check the types again. */
export async function buildPackage({ isChecked = false } = {}): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const project = join(root, 'support/package/tsconfig.json');
  runProgram(process.execPath, [compiler, '-p', project, ...(isChecked ? ['--noCheck'] : [])], { cwd: root });
  for (const file of globSync(besides, { cwd: root })) cpSync(join(root, file), join(dist, file));
  writeFileSync(join(dist, 'support/cucumber.json'), JSON.stringify(packedProfiles(), null, 2));
  writeParameterTypes();
  writeFileSync(join(dist, 'support/load', packedScript), await bundleScript());
  await addPackages();
}

/** The packages that our code needs: their code, declarations and licences. */
async function addPackages(): Promise<void> {
  const { exports, peerDependencies, name, version } = manifest();
  const external = [...Object.keys(peerDependencies), 'sso-rehearsal'];
  const files = await bundlePackages({ root, dist }, { external });
  const licences = licencesOf(root, files);
  const unclear = licences.filter(({ licence }) => !isPermissive(licence));
  if (unclear.length > 0)
    throw new Error(`May these licences go into the archive? ${unclear.map((one) => `${one.name}: ${one.licence}`)}`);
  writeFileSync(join(dist, 'THIRD-PARTY.txt'), licencesFile(licences));
  writeFileSync(join(dist, 'sbom.cdx.json'), JSON.stringify(billOfMaterials(licences, { name, version }), null, 2));
  const targets = (condition: string): string[] =>
    Object.values(exports).flatMap((one) => (typeof one === 'string' ? [] : (one[condition] ?? [])));
  keepDeclarations({ root, dist }, { entries: targets('types').map((file) => join(root, file)), external });
  for (const file of targets('default').filter((one) => one.endsWith('.cjs')))
    await bundleForRequire({ root }, join(root, file));
}

/** For the editors of users, who open the steps from their node_modules. */
function writeParameterTypes(): void {
  const file = join(dist, parameterTypesFile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, parameterTypes());
}

/** Cucumber's configuration. It names the files to import, which are JavaScript in the package. */
function packedProfiles(): unknown {
  const text = readFileSync(join(root, 'support/cucumber.json'), 'utf8').replaceAll('.ts"', '.js"');
  const profiles = JSON.parse(text) as { default: { import: string[] } };
  profiles.default.import.unshift('support/package/prepare-node.js');
  return profiles;
}

/** Packs what was built into this folder; returns the path of the archive. */
export function packPackage({ to = root }: { to?: string } = {}): string {
  mkdirSync(to, { recursive: true });
  const staged = mkdtempSync(join(tmpdir(), 'sso-rehearsal-pack-'));
  try {
    for (const file of globSync(['README.md', 'LICENSE', ...manifest().files], { cwd: root }))
      cpSync(join(root, file), join(staged, file), { recursive: true });
    writeFileSync(join(staged, 'package.json'), `${JSON.stringify(packedManifest(), null, 2)}\n`);
    const options = ['--ignore-scripts', '--json', '--loglevel=error', '--pack-destination', resolve(to)];
    const output = npm(['pack', ...options], { cwd: staged });
    const [{ filename }] = JSON.parse(output.slice(output.indexOf('['))) as [{ filename: string }];
    return join(to, filename);
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** package.json without what is of use in this repository only: the archive contains the packages that it needs. */
function packedManifest(): object {
  const ours = ['private', 'scripts', 'dependencies', 'devDependencies', 'overrides', 'allowScripts'];
  return Object.fromEntries(Object.entries(manifest()).filter(([name]) => !ours.includes(name)));
}
