/**
 * The scenarios for any product, at the products of docs/examples/products. What fails there is a finding about the
 * product, explained in its README.
 */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folderOf = (product: string): string => join(root, 'docs', 'examples', 'products', product);

interface Outcome {
  passed: number;
  failed: string[];
  skipped: string[];
}

/** Cucumber's JSON format. */
type Features = { elements: { name: string; steps: { result: { status: string } }[] }[] }[];

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;

/** The output if the script fails, or undefined. */
function failureOf(product: string, script: string): string | undefined {
  const { status, stdout, stderr } = spawnSync('sh', [join(folderOf(product), script)], { encoding: 'utf8' });
  return status === 0 ? undefined : `${product}/${script} failed:\n${stdout}${stderr}`;
}

/** Plays them in a process of their own: steps register once in a process. */
async function play(product: string): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'products-'));
  const file = join(folder, 'run.json');
  const options = ['--no-evidence', '--tags', '@any-product', '--format', `json:${file}`];
  const env = { ...process.env, PRODUCT: join(folderOf(product), 'recipe.json') };
  try {
    const output = await new Promise<string>((ended) => {
      const program = join(root, 'support', 'commands', 'bdd.ts');
      execFile(process.execPath, [program, ...options], { cwd: root, env }, (_error, stdout, stderr) =>
        ended(`${stdout}${stderr}`),
      );
    });
    assert.ok(existsSync(file), output);
    return outcomeOf(JSON.parse(await readFile(file, 'utf8')) as Features);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function outcomeOf(features: Features): Outcome {
  const played = features.flatMap(({ elements }) =>
    elements.map(({ name, steps }) => ({ name, statuses: steps.map(({ result }) => result.status) })),
  );
  const named = (status: string): string[] =>
    played.filter(({ statuses }) => statuses.includes(status)).map(({ name }) => name);
  return {
    passed: played.filter(({ statuses }) => statuses.every((status) => status === 'passed')).length,
    failed: named('failed'),
    skipped: named('skipped'),
  };
}

interface Expected extends Omit<Outcome, 'passed'> {
  /** Why it cannot be played here. */
  skip?: string | undefined;
}

const faultsOf = (...phrases: readonly string[]): string[] => phrases.map((phrase) => `Sam signs in with ${phrase}`);

/** These products have neither a connection test nor enforcement, so their users keep passwords or have none. */
const withoutConnectionTest = [
  'Sam enters the email in another browser',
  'SSO is not enforced yet',
  'Sam enters the email in upper case',
  'Sam is signed in without entering a password',
  'The next certificate was added before the rollover',
  'From setup to enforcement',
  'Setup from IdP metadata',
  "Sam's password no longer works",
  'Ada stays signed in',
  'Sam signs in with a password again',
  'Ada signs in while the IdP is down',
  'Ada turns off SSO enforcement and Sam signs in',
  'Sam is not a recovery administrator',
];

const keycloakHome = process.env.KEYCLOAK_HOME ?? join(folderOf('keycloak'), '.rehearsal', 'keycloak-26.4.7');

const products: Readonly<Record<string, Expected>> = {
  'node-saml': {
    skip: has('npm') ? undefined : 'npm is not installed',
    failed: faultsOf('an assertion with a different Issuer', 'a failure status with a valid assertion'),
    skipped: [...withoutConnectionTest, 'The app portal lets Sam in', 'Sam signs out at the IdP'],
  },
  jackson: {
    skip: has('npm') ? undefined : 'npm is not installed',
    failed: faultsOf(
      'an Audience that starts with the right entity ID',
      'an assertion with a different Issuer',
      'an assertion without Subject',
    ),
    skipped: [
      ...withoutConnectionTest,
      'The app portal lets Sam in',
      'Sam signs out at the IdP',
      'Nora enters an email',
    ],
  },
  keycloak: {
    skip:
      existsSync(keycloakHome) && has('java')
        ? undefined
        : 'KEYCLOAK_HOME and Java, or docs/examples/products/keycloak/install.sh',
    failed: [],
    skipped: [...withoutConnectionTest, 'The app portal lets Sam in', 'Nora enters an email'],
  },
};

for (const [product, { skip, ...expected }] of Object.entries(products))
  test(`${product}: the scenarios for any product`, { skip: skip ?? false }, async (t) => {
    const missing = failureOf(product, 'install.sh');
    if (missing !== undefined) return t.skip(missing);
    assert.equal(failureOf(product, 'start.sh'), undefined);
    try {
      const { passed, ...outcome } = await play(product);
      assert.deepEqual(outcome, expected);
      assert.ok(passed >= 25, `${passed} passed`);
    } finally {
      failureOf(product, 'stop.sh');
    }
  });
