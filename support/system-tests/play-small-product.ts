/** Plays scenarios over HTTP at a small product, as PRODUCT=FILE does. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../stack/free-port.fixture.ts';
import { type ScenarioOutcome, scenarioOutcomes } from './scenario-outcomes.ts';
import { type SmallProductOptions, startSmallProduct } from './small-product.fixture.ts';

/** Steps after “Acme uses SSO”, by the name of the scenario. */
export type Scenarios = Readonly<Record<string, readonly string[]>>;

export interface Play extends SmallProductOptions {
  /** Fields of the recipe. */
  changes?: object;
  /** Default: the scenarios for any product. */
  scenarios?: Scenarios;
}

/** Throws NotReady if the first sign-in fails. */
export async function playSmallProduct({ changes, scenarios, ...options }: Play): Promise<ScenarioOutcome[]> {
  await using product = await startSmallProduct(options);
  const folder = mkdtempSync(join(tmpdir(), 'small-product-'));
  try {
    const file = join(folder, 'board.json');
    writeFileSync(file, JSON.stringify({ ...recipe(product.url, await freePort()), ...changes }));
    const feature = join(folder, 'board.feature');
    if (scenarios) writeFileSync(feature, featureOf(scenarios));
    process.env.PRODUCT = file;
    const paths = [scenarios ? feature : 'features/sign-in/*.feature'];
    return await scenarioOutcomes({ paths, swapDrivers: true });
  } finally {
    delete process.env.PRODUCT;
    rmSync(folder, { recursive: true });
  }
}

const recipe = (origin: string, port: number): object => ({
  name: 'Board',
  origin,
  metadata: '/metadata',
  signIn: { page: '/login', email: 'Work email', next: 'Continue' },
  signedIn: { page: '/', text: 'Logged in: {user}!' },
  signOut: { page: '/', button: 'Log out' },
  idpInitiated: 'rejected',
  idp: { by: 'request', url: '/idp', body: '{metadata}', port },
  people: { Sam: { email: 'sam@acme.example' }, Grace: { email: 'grace@acme.example' } },
});

const featureOf = (scenarios: Scenarios): string => {
  const texts = Object.entries(scenarios).map(([name, steps]) =>
    [`  Scenario: ${name}`, ...['Acme uses SSO', ...steps].map((text) => `    * ${text}`)].join('\n'),
  );
  return `Feature: Board\n\n${texts.join('\n\n')}\n`;
};
