/** Plays scenarios at our own SP as a product under test: by its recipe alone, without its control routes. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { colleagues } from '../catalogue/cast.ts';
import type { RunOptions } from '../evidence/run-scenarios.ts';
import { ifPresent } from '../stack/control.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import { type Part, startServiceProvider } from '../stack/servers.ts';
import { type ScenarioOutcome, scenarioOutcomes } from './scenario-outcomes.ts';

const people = colleagues.map((name) => ({
  name,
  address: `${name.toLowerCase()}@acme.example`,
  password: `${name} at the service provider`,
}));

export async function playOwnProduct(options: RunOptions): Promise<ScenarioOutcome[]> {
  const smtpPort = await freePort();
  await using sp = await startServiceProvider({ smtpUrl: `smtp://127.0.0.1:${smtpPort}` });
  await using script = await startResetScript(sp);
  const folder = mkdtempSync(join(tmpdir(), 'own-product-'));
  const file = join(folder, 'sso-rehearsal.json');
  const recipe = await recipeOf(sp.url, { reset: script.url, smtpPort });
  writeFileSync(file, JSON.stringify(recipe));
  process.env.PRODUCT = file;
  try {
    return await scenarioOutcomes(options);
  } finally {
    delete process.env.PRODUCT;
    rmSync(folder, { recursive: true });
  }
}

/** The recipe that the whole suite is played with, and what a run at a product needs besides. */
async function recipeOf(origin: string, { reset, smtpPort }: { reset: string; smtpPort: number }): Promise<object> {
  const { default: own } = await import('../product/own-recipe.json', { with: { type: 'json' } });
  return {
    ...own,
    origin,
    reset: { url: reset },
    idp: { by: 'pages', port: await freePort() },
    people: Object.fromEntries(people.map(({ name, address, password }) => [name, { email: address, password }])),
    mail: { smtp: { port: smtpPort } },
    values: { organization: 'acme' },
    idpInitiated: 'rejected',
  };
}

/** The script of a team that puts its product back to the first state. */
async function startResetScript({ control }: Part): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(async (_request, response) => {
    await ifPresent(control.remove('/organizations/acme'));
    const users = people.map((person) => ({ ...person, administrator: person.name !== 'Sam' }));
    await control.put('/organizations/acme', { name: 'Acme', domains: ['acme.example'], users });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
