/** The import rules: which file may import which, and that every folder has a meaningful name. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('{mock-idp,sp,support,steps}/**/*.ts', { cwd: root });

/** The rooms of support, in order: a room imports only rooms before it. */
const rooms = [
  'catalogue',
  'terminal',
  'stack',
  'idp',
  'product',
  'gherkin',
  'scenario',
  'diagnosis',
  'evidence',
  'conformance',
  'load',
  'lab',
  'bench',
  'package',
  'doors',
  'init',
  'system-tests',
  'commands',
];

/** Files of support outside the rooms. hooks.ts may import all of them; bootstrap runs before anything else. */
const outside = ['support/hooks.ts', 'support/bootstrap.test.ts'];

/** Rooms of the design that are not built yet. */
const notYetBuilt: readonly string[] = [];

/** Closed vocabularies and their types: the parts of the apps that steps and tasks may import. */
const catalogues = [
  'mock-idp/faults.ts',
  'mock-idp/personas/catalogue.ts',
  'mock-idp/personas/codes.ts',
  'mock-idp/personas/persona.ts',
  'mock-idp/personas/sources.ts',
  'mock-idp/fault.ts',
  'sp/rejection-advice.ts',
  'sp/finding-facts.ts',
  'sp/troubleshooting.ts',
  'sp/products/product.ts',
  'sp/products/topics.ts',
  'sp/products/fixes.ts',
  'sp/products/error-codes.ts',
];

/** Files that may import more of the apps, and why. */
const exceptions: Record<string, RegExp> = {
  'support/stack/servers.ts': /^(mock-idp|sp)\/start\.ts$/, // launches the apps
  'support/doors/': /^mock-idp\/start\.ts$/, // hands the IdP to the tests of another harness
  // Measures processor time in tests.
  'support/': /^sp\/saml\/processor-time\.fixture\.ts$/,
  // Compares what is learned from the mock's personas with what the mock writes.
  'support/diagnosis/products/learn-personas.test.ts': /^mock-idp\//,
  // Compare what the mock's personas write with what the products do.
  'support/system-tests/personas-beside-': /^(mock-idp\/|sp\/saml\/read\.ts$)/,
  // Judges and shows captured messages as the SP does.
  'support/diagnosis/': /^sp\/(saml\/.*|address\.ts|products\/.*|pages\/message-view\.ts)$/,
};

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** Static and dynamic imports of our own files, including types. */
const imports: Import[] = files.flatMap((from) =>
  [
    ...readFileSync(join(root, from), 'utf8').matchAll(
      /^(?:import|export)\s+(type\s)?(?:[^;'"]*?from\s+)?'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'\s*\)/gm,
    ),
  ].map(([, type, path, dynamic]) => ({
    from,
    to: relative(root, resolve(root, dirname(from), path ?? dynamic!)),
    typeOnly: type !== undefined,
  })),
);

const house = (file: string): string => file.split('/')[0]!;

/** The room of a file of support; undefined for a file outside the rooms. */
function roomOf(file: string): string | undefined {
  const [first, room, ...rest] = file.split('/');
  return first === 'support' && rest.length > 0 ? room : undefined;
}

function allowed({ from, to, typeOnly }: Import): boolean {
  if (house(from) === 'support' && house(to) === 'support') return allowedInSupport(from, to);
  if (house(from) === house(to)) return true;
  if (house(from) === 'mock-idp' || house(from) === 'sp') return false;
  if (house(to) === 'steps') return false;
  if (house(to) === 'support') return house(from) === 'steps';
  if (typeOnly || catalogues.includes(to)) return true;
  return Object.entries(exceptions).some(([place, target]) => from.startsWith(place) && target.test(to));
}

function allowedInSupport(from: string, to: string): boolean {
  if (outside.includes(from)) return true;
  if (outside.includes(to)) return false;
  const [importing, imported] = [roomOf(from), roomOf(to)].map((room) => rooms.indexOf(room ?? ''));
  return importing! >= 0 && imported! >= 0 && imported! <= importing!;
}

test('every file and its imports were read', () => {
  assert.ok(files.length > 350, `${files.length} files`);
  assert.ok(imports.length > 1_500, `${imports.length} imports`);
  const known = new Set([...files, ...globSync('support/**/*.{css,js,mjs}', { cwd: root })]);
  assert.deepEqual(
    imports.filter(({ to }) => !known.has(to)).map(({ from, to }) => `${from} → ${to}`),
    [],
  );
  const importing = new Set(imports.map(({ from }) => roomOf(from)));
  const built = rooms.filter((room) => !notYetBuilt.includes(room));
  assert.deepEqual(
    built.filter((room) => !importing.has(room)),
    [],
  );
});

test('imports follow the arrows', () => {
  assert.deepEqual(
    imports.filter((one) => !allowed(one)).map(({ from, to }) => `${from} → ${to}`),
    [],
  );
});

test('every file of support is in a room of the design', () => {
  const inFolders = files.filter((file) => house(file) === 'support' && !outside.includes(file));
  assert.deepEqual(
    inFolders.filter((file) => !rooms.includes(roomOf(file) ?? '')),
    [],
  );
});

test('an import between the apps or out of the apps is detected', () => {
  const wrong = [
    ['sp/app.ts', 'mock-idp/faults.ts'],
    ['mock-idp/app.ts', 'sp/rejection-advice.ts'],
    ['sp/acs.ts', 'support/stack/http.ts'],
    ['support/scenario/world.ts', 'steps/sign-in.ts'],
    ['support/scenario/tasks/sign-in.ts', 'sp/store.ts'],
    ['steps/sign-in.ts', 'mock-idp/tenants/state.ts'],
    ['support/stack/http.ts', 'support/hooks.ts'],
  ] as const;
  for (const [from, to] of wrong) assert.equal(allowed({ from, to, typeOnly: false }), false, `${from} → ${to}`);
});

for (const [index, room] of rooms.entries())
  test(`an import from ${room} of any later room is detected`, () => {
    const later = rooms.slice(index + 1);
    const from = `support/${room}/some-file.ts`;
    for (const other of later) {
      const to = `support/${other}/some-file.ts`;
      for (const typeOnly of [true, false]) assert.equal(allowed({ from, to, typeOnly }), false, `${from} → ${to}`);
      assert.equal(allowed({ from: to, to: from, typeOnly: false }), true, `${to} → ${from}`);
    }
  });

test('there are no import cycles', () => {
  assert.deepEqual(circleIn(imports), []);
  const circle = ['a.ts', 'b.ts', 'c.ts', 'a.ts'];
  const ring = circle.slice(1).map((to, index) => ({ from: circle[index]!, to, typeOnly: index === 1 }));
  assert.deepEqual(circleIn([{ from: 'x.ts', to: 'a.ts', typeOnly: false }, ...ring]), circle);
});

/** The first cycle, as the files along it; empty if there is none. Type imports count. */
function circleIn(all: readonly Import[]): string[] {
  const targets = Map.groupBy(all, ({ from }) => from);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const { to } of targets.get(file) ?? []) {
      const circle = visit(to, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of targets.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

test('no file has a catch-all name', () => {
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
      !/\.(test|fixture|long|peer)\.ts$/.test(file) &&
      /\bDate\.now\(|\bnew Date\(\)/.test(readFileSync(join(root, file), 'utf8')),
  );
  assert.deepEqual(readers.toSorted(), ['mock-idp/clock.ts', 'sp/clock.ts']);
});

test('every file starts with a sentence that says what it is', () => {
  assert.deepEqual(
    files.filter((file) => !/^(#!.*\n)?\/\*\*/.test(readFileSync(join(root, file), 'utf8'))),
    [],
  );
});
