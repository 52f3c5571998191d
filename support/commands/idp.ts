/** `npm run idp`, `npx sso-rehearsal idp`: the mock identity provider alone, for tests in any language. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PersonaCode } from '../../mock-idp/personas/codes.ts';
import { request } from '../stack/http.ts';
import { keepMemoryFlat, ownPlace, runWorkers, sayReady } from '../stack/idp-workers.ts';
import { type AloneOptions, type AloneProvider, startIdentityProvider, UnusableOption } from '../stack/servers.ts';
import { commandLine } from '../terminal/command-line.ts';
import { portNumber, readOptions, stop, wholeNumber } from '../terminal/options.ts';

const help = `${commandLine('idp', { args: '[options]' })}

  --config FILE        tenants, users, apps and faults (docs/idp-config.schema.json)
  --metadata FILE      without --config: metadata of a service provider, a file or URL (repeatable)
  --port N             port (4000); 0 for any free one
  --host ADDRESS       interface to listen on (127.0.0.1)
  --hostname NAME      host name in its URLs (localhost)
  --tls                https, with a certificate of this machine: npx sso-rehearsal trust
  --tls-cert FILE      https, with your own certificate (PEM)
  --tls-key FILE       its key (PEM)
  --url URL            its URL for browsers, if that is another one, as behind a proxy; as-requested for
                       the host name and port of each request, as for a container whose port is mapped
  --allow-host NAME    another host name under which it is reached (repeatable)
  --control-token T    bearer token of the control routes (a new one); also CONTROL_TOKEN
  --hide-token         does not print a token that is given, for logs that others read
  --state FILE         keeps tenants and their keys between runs
  --keys FILE          keeps only keys between runs, for the same certificates; made at first use
  --persona NAME       plays a product, such as entra, okta or google; for a wrong name it lists the nearest
  --seed TEXT          makes IDs from this text, the same at each run
  --instant TIME       stops the clock of each tenant here, such as 2026-01-01T00:00:00Z
  --workers N          N processes behind the port, for load: docs/replicas.md
  --help               this text

Without --config there is one tenant, acme, with the users sam and ada.
When it is ready, it prints its URLs and the control token, then "Ready". Ctrl+C ends it.

Exit: 0 ended, 1 it could not start, 2 usage or an unusable configuration.`;

const { values } = readOptions(help, {
  options: {
    config: { type: 'string' },
    metadata: { type: 'string', multiple: true },
    port: { type: 'string', default: '4000' },
    host: { type: 'string' },
    hostname: { type: 'string', default: 'localhost' },
    tls: { type: 'boolean' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    url: { type: 'string' },
    'allow-host': { type: 'string', multiple: true },
    'control-token': { type: 'string' },
    'hide-token': { type: 'boolean' },
    state: { type: 'string' },
    keys: { type: 'string' },
    persona: { type: 'string' },
    seed: { type: 'string' },
    instant: { type: 'string' },
    workers: { type: 'string', default: '1' },
  },
});

const flags = {
  port: '--port',
  host: '--host',
  hostname: '--hostname',
  publicUrl: '--url',
  allowedHosts: '--allow-host',
  controlToken: '--control-token (or CONTROL_TOKEN)',
};
const unfit = {
  state: 'overwrite the file of the others; keep the keys with --keys',
  seed: 'send the same IDs',
};
if (values.config !== undefined && values.metadata !== undefined)
  stop('Use either --config or --metadata, not both: the configuration names the apps.');
if (values.config !== undefined && values.persona !== undefined)
  stop('Use either --config or --persona, not both: the configuration names the persona of each tenant.');
const givenToken = values['control-token'] || process.env.CONTROL_TOKEN;
const controlToken = givenToken || randomBytes(32).toString('hex');
const tls = readTls();
const seed = seedIn(values);
const metadata = await Promise.all((values.metadata ?? []).map(read));
const place = ownPlace();
if (place !== undefined) await import('../package/prepare-node.ts');
const workers = wholeNumber('--workers', values.workers);
if (workers > 1 && place === undefined) process.exit(await runInWorkers(workers));
keepMemoryFlat();
const idp = await start({
  port: portNumber('--port', values.port),
  hostname: values.hostname,
  allowedHosts: values['allow-host'] ?? [],
  controlToken,
  ...(tls === undefined ? {} : { tls }),
  ...(values.host === undefined ? {} : { host: values.host }),
  ...(values.url === undefined ? {} : { publicUrl: values.url }),
  ...(values.state === undefined ? {} : { stateFile: values.state }),
  ...(values.keys === undefined ? {} : { keysFile: values.keys }),
  ...(values.config === undefined ? {} : { configFile: values.config }),
  ...(seed === undefined ? {} : { seed }),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void idp[Symbol.asyncDispose]().then(() => process.exit(0)));
if (values.config === undefined) await addDefaultTenant();
if (place === undefined) console.log(overview());
else sayReady(overview());

function runInWorkers(count: number): Promise<number> {
  for (const option of ['state', 'seed'] as const)
    if (values[option] !== undefined)
      stop(`--workers cannot be used with --${option}: each process would ${unfit[option]}.`);
  return runWorkers({
    count,
    program: fileURLToPath(import.meta.url),
    args: process.argv.slice(2),
    keysFile: values.keys,
    controlToken,
  });
}

async function start(options: AloneOptions): Promise<AloneProvider> {
  try {
    return await startIdentityProvider(options, place);
  } catch (error) {
    const { name, message } = error as Error;
    const isOption = error instanceof UnusableOption;
    console.error(isOption ? error.named(flags) : message);
    // A port or an interface may be right, and not available now.
    const isUsage = isOption ? !['port', 'host'].includes(error.option) : ['UnusableConfig', 'Refused'].includes(name);
    return process.exit(isUsage ? 2 : 1);
  }
}

function readTls(): AloneOptions['tls'] {
  const [cert, key] = (['tls-cert', 'tls-key'] as const).map((option) => {
    const file = values[option];
    return file === undefined ? undefined : readText(file, `--${option}`);
  });
  if ((cert === undefined) !== (key === undefined)) stop('Use --tls-cert and --tls-key together.');
  return cert !== undefined && key !== undefined ? { cert, key } : values.tls;
}

function readText(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return stop(`${option}: ${file} cannot be read.`);
  }
}

function seedIn({
  seed: ids,
  instant,
}: {
  seed?: string | undefined;
  instant?: string | undefined;
}): AloneOptions['seed'] {
  if (instant !== undefined && !(/Z$/.test(instant) && Number.isFinite(Date.parse(instant))))
    stop(`--instant must be a time in UTC such as 2026-01-01T00:00:00Z, not “${instant}”.`);
  if (ids === undefined && instant === undefined) return undefined;
  return { ...(ids === undefined ? {} : { ids }), ...(instant === undefined ? {} : { instant }) };
}

/** The metadata in a file, or at a URL. */
async function read(place: string): Promise<string> {
  if (!/^https?:\/\//.test(place)) return readText(place, '--metadata');
  const response = await request(place, { signal: AbortSignal.timeout(30_000) }).catch(() =>
    stop(`--metadata: ${place} returned nothing. Is the service provider running?`),
  );
  if (!response.ok) stop(`--metadata: ${place} returned ${response.status}.`);
  return response.text();
}

async function addDefaultTenant(): Promise<void> {
  const users = ['sam', 'ada'].map((username) => ({
    username,
    password: `${username} at the idp`,
    email: `${username}@acme.example`,
  }));
  const known = idp.tenants().includes('acme');
  const acme = known ? idp.tenant('acme') : await idp.createTenant({ name: 'acme', displayName: 'Acme', users });
  if (values.persona !== undefined)
    await acme
      .change({ persona: values.persona as PersonaCode })
      .catch((error: Error) => stop(`--persona: ${error.message}`));
  for (const one of metadata)
    await acme.putApp({ metadata: one }).catch((error: Error) => stop(`--metadata: ${error.message}`));
}

function overview(): string {
  const tenants = idp.tenants().map(describe);
  const { authority } = idp;
  const trusted = authority === undefined ? [] : [`Certificate authority: ${authority.file}`];
  return [
    `Mock identity provider at ${idp.url}`,
    ...tenants,
    ...trusted,
    `Control token: ${values['hide-token'] && givenToken ? '(as given)' : controlToken}`,
    'Ready',
  ].join('\n\n');
}

function describe(name: string): string {
  const tenant = idp.tenant(name);
  const users = tenant.users().map(({ username }) => username);
  const apps = tenant.apps().map(({ entityId }) => entityId);
  const none = 'none; register one with --metadata, --config or a control route';
  return [
    `Tenant ${name}`,
    ...(tenant.entityId === tenant.metadataUrl ? [] : [`  Entity ID    ${tenant.entityId}`]),
    `  Metadata     ${tenant.metadataUrl}`,
    `  Sign-in URL  ${tenant.ssoUrl}`,
    `  Portal       ${tenant.portalUrl}`,
    `  Users        ${inShort(users)}${values.config === undefined ? ' (password: “NAME at the idp”)' : ''}`,
    `  Apps         ${apps.length === 0 ? none : apps.join(', ')}`,
  ].join('\n');
}

/** The first twenty: there may be many by a pattern. */
function inShort(names: readonly string[]): string {
  return names.length <= 20 ? names.join(', ') : `${names.slice(0, 20).join(', ')} …`;
}
