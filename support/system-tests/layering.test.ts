/** The arrows of the house: steps → support → { mock-idp, sp }, and no room named after nothing. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('{mock-idp,sp,support,steps}/**/*.ts', { cwd: root });

/** Closed vocabularies and their types: steps and tasks may know these of the apps. */
const catalogues = ['mock-idp/faults.ts', 'mock-idp/fault.ts', 'sp/rejection.ts', 'sp/cases.ts'];

/** The files that may reach further into the apps, and why. */
const exceptions: Record<string, RegExp> = {
  'support/stack/servers.ts': /^(mock-idp|sp)\/start\.ts$/, // launches the apps
  'support/diagnosis/': /^sp\/(saml\/.*|address\.ts)$/, // judges captured messages with the SP's own code
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const imports: Import[] = files.flatMap((from) =>
  [
    ...readFileSync(join(root, from), 'utf8').matchAll(
      /^(?:import|export)\s+(type\s)?[^;'"]*?from\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'\s*\)/gm,
    ),
  ].map(([, type, path, dynamic]) => ({
    from,
    to: relative(root, resolve(root, dirname(from), path ?? dynamic!)),
    typeOnly: type !== undefined,
  })),
);

const room = (file: string): string => file.split('/')[0]!;

function allowed({ from, to, typeOnly }: Import): boolean {
  if (room(from) === room(to)) return true;
  if (room(from) === 'mock-idp' || room(from) === 'sp') return false;
  if (room(to) === 'steps') return false;
  if (room(to) === 'support') return room(from) === 'steps';
  if (typeOnly || catalogues.includes(to)) return true;
  return Object.entries(exceptions).some(([place, target]) => from.startsWith(place) && target.test(to));
}

test('imports follow the arrows', () => {
  assert.ok(imports.length > 50, 'imports were found');
  assert.deepEqual(
    imports.filter((one) => !allowed(one)).map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('an arrow in the wrong direction is noticed', () => {
  const wrong = [
    ['sp/app.ts', 'mock-idp/faults.ts'],
    ['mock-idp/app.ts', 'sp/rejection.ts'],
    ['sp/acs.ts', 'support/stack/http.ts'],
    ['support/scenario/world.ts', 'steps/sign-in.ts'],
    ['support/scenario/tasks/sign-in.ts', 'sp/store.ts'],
    ['steps/sign-in.ts', 'mock-idp/state.ts'],
  ] as const;
  for (const [from, to] of wrong) assert.equal(allowed({ from, to, typeOnly: false }), false, `${from} → ${to}`);
});

test('no file is a drawer', () => {
  const drawer = /(^|\/)(utils?|helpers?|common|shared|lib|types|index|misc)(\/|\.[^/]*$)/;
  assert.deepEqual(
    files.filter((file) => drawer.test(file)),
    [],
  );
});

test('only one file of each app reads the system clock', () => {
  const readers = files.filter(
    (file) =>
      /^(sp|mock-idp)\//.test(file) &&
      !/\.(test|fixture)\.ts$/.test(file) &&
      /\bDate\.now\(|\bnew Date\(\)/.test(readFileSync(join(root, file), 'utf8')),
  );
  assert.deepEqual(readers.toSorted(), ['mock-idp/clock.ts', 'sp/clock.ts']);
});

test('every file begins with a sentence on what it is', () => {
  assert.deepEqual(
    files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(root, file), 'utf8'))),
    [],
  );
});
