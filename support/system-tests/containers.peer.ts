/** The container image and the stack of docker-compose.yml, built from this machine's files and played. */
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { get as getByHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { load } from 'cheerio';
import { startContainer as startTestcontainer } from '../stack/containers.ts';
import { control } from '../stack/control.ts';
import { request } from '../stack/http.ts';
import { importBase } from './container-base.ts';
import { type Engine, hasCompose, openEngine } from './container-engine.ts';

const opened = await openEngine();
const skip = typeof opened === 'string' && opened;
const engine = opened as Engine;
const root = fileURLToPath(new URL('../..', import.meta.url));
const names = { base: 'sso-rehearsal-peer-base', image: 'sso-rehearsal-peer', mailbox: 'sso-rehearsal-peer-mailbox' };

const folder = mkdtempSync(join(tmpdir(), 'containers-'));
before(async () => {
  if (skip) return;
  if (engine.host !== undefined) process.env.DOCKER_HOST = engine.host; // for Testcontainers
  await importBase(names.base, engine.docker);
  await build(root, ['--network', 'host', '--build-arg', `BASE=${names.base}`, '--tag', names.image]);
});
after(async () => {
  rmSync(folder, { recursive: true });
  if (!skip) await engine[Symbol.asyncDispose]();
});

/** By the builder that every engine has. A dash reads the Dockerfile from the input. */
async function build(context: string, args: readonly string[], input = ''): Promise<void> {
  const { code, output } = await engine.run(['build', ...args, context], { env: { DOCKER_BUILDKIT: '0' }, input });
  assert.equal(code, 0, output);
}

interface Running extends AsyncDisposable {
  id: string;
  /** At the published port. */
  url(port: number): string;
  /** Resolves with all output so far as soon as it matches. */
  output(expected: RegExp): Promise<string>;
  /** Resolves when the health check passes. Throws if it fails, or if the container ends. */
  healthy(): Promise<void>;
}

/** With random published ports, as Testcontainers maps them. */
async function startContainer(options: readonly string[], args: readonly string[] = []): Promise<Running> {
  const id = await engine.docker('run', '--detach', '--publish-all', ...options, names.image, ...args);
  const ports = JSON.parse(await engine.docker('inspect', '--format', '{{json .NetworkSettings.Ports}}', id)) as Record<
    string,
    { HostPort: string }[]
  >;
  return {
    id,
    url: (port) => `http://localhost:${ports[`${port}/tcp`]![0]!.HostPort}`,
    output: (expected) => untilLine(['logs', '--follow', id], expected),
    async healthy() {
      const filters = ['--filter', `container=${id}`, '--filter', 'event=health_status', '--filter', 'event=die'];
      // From its start, since it may be healthy already.
      const events = await untilLine(['events', '--since', '0', '--format', '{{.Status}}', ...filters], /./);
      assert.match(events, /^health_status: healthy$/m);
    },
    [Symbol.asyncDispose]: async () => void (await engine.docker('rm', '--force', '--volumes', id)),
  };
}

/** The output of a command of the client until it matches. */
async function untilLine(args: readonly string[], expected: RegExp): Promise<string> {
  const env = { ...process.env, ...(engine.host === undefined ? {} : { DOCKER_HOST: engine.host }) };
  const child = spawn('docker', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  try {
    for await (const line of createInterface(child.stdout)) {
      output += `${line}\n`;
      if (expected.test(output)) return output;
    }
  } finally {
    child.kill();
  }
  return assert.fail(`${expected} did not appear:\n${output}${await text(child.stderr)}`);
}

const controlToken = 'a-token-of-the-peer';
const withToken = ['--env', `CONTROL_TOKEN=${controlToken}`];

interface Tenant {
  entityId: string;
  certificates: string[];
}

const app = { entityId: 'https://app.example/metadata', acs: ['https://app.example/acs'] };

/** Signs Sam in at the app portal, and returns the Issuer of the response that the app would get. */
async function signIn(url: string): Promise<string | undefined> {
  const page = await fetch(`${url}/acme`);
  const form = new URLSearchParams({ username: 'sam', password: 'sam at the idp' });
  const cookieOf = (reply: Response): string =>
    reply.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
  const portal = await fetch(`${url}/acme/login`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
    headers: { cookie: cookieOf(page) },
  });
  const opened = await fetch(`${url}/acme/apps/1`, { headers: { cookie: cookieOf(portal) } });
  const response = load(await opened.text())('input[name=SAMLResponse]').attr('value') ?? '';
  return /<saml:Issuer[^>]*>([^<]*)</.exec(Buffer.from(response, 'base64').toString())?.[1];
}

test('a command of the engine may end without reading its input', { skip }, async () => {
  const { code } = await engine.run(['--version'], { input: 'x'.repeat(1_000_000) });
  assert.equal(code, 0);
});

test('the image adds at most 80 MB to its base', { skip }, async () => {
  const size = async (name: string): Promise<number> =>
    Number(await engine.docker('image', 'inspect', '--format', '{{.Size}}', name));
  const added = ((await size(names.image)) - (await size(names.base))) / 1e6;
  assert.ok(added > 5 && added <= 80, `${added.toFixed(0)} MB`);
});

test('without arguments it is an IdP that says where to go, and signs in at a random port', { skip }, async () => {
  await using idp = await startContainer([]);
  const output = await idp.output(/^Ready$/m);
  assert.match(output, /docker run -p 127\.0\.0\.1:8081:8081/);
  const token = /^Control token: (\S{32,})$/m.exec(output)?.[1] ?? assert.fail(output);
  await idp.healthy();
  const url = idp.url(8081);
  await control(url, token).put('/tenants/acme/apps', app);
  assert.equal(await signIn(url), `${url}/acme/metadata`);
  const { port } = new URL(url);
  const foreign = get({ host: '127.0.0.1', port, path: '/acme/metadata', headers: { host: 'evil.example' } });
  const [reply] = (await once(foreign, 'response')) as [IncomingMessage];
  assert.equal(reply.resume().statusCode, 421, 'a foreign domain that points here (DNS rebinding)');
});

test('it needs neither root, capabilities nor a writable system, and ends at once on a signal', { skip }, async () => {
  const locked = ['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
  await using idp = await startContainer([...locked, ...withToken]);
  await idp.healthy();
  assert.equal(await engine.docker('exec', idp.id, 'node', '-p', 'process.getuid()'), '1000');
  await engine.docker('stop', '--time', '60', idp.id);
  assert.equal(await engine.docker('inspect', '--format', '{{.State.ExitCode}}', idp.id), '0');
});

test('Testcontainers waits for its health, and signs in at its own address', { skip }, async () => {
  const { Wait } = await import('testcontainers');
  await using idp = await startTestcontainer({
    image: names.image,
    need: 'this test',
    otherwise: 'skip it',
    imageVariable: 'no variable',
    prepare: (one) =>
      one
        .withEnvironment({ CONTROL_TOKEN: controlToken })
        .withExposedPorts(8081)
        .withWaitStrategy(Wait.forHttp('/healthz', 8081)),
  });
  const url = `http://${idp.at(8081)}`;
  await control(url, controlToken).put('/tenants/acme/apps', app);
  assert.equal(await signIn(url), `${url}/acme/metadata`);
});

test('it serves https under its own names, and is healthy', { skip }, async () => {
  await using idp = await startContainer(withToken, ['--tls']);
  await idp.healthy();
  const authority = await engine.docker('exec', idp.id, 'sh', '-c', 'cat /data/sso-rehearsal/authorities/*/*.pem');
  const ca = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(authority)?.[0] ?? assert.fail(authority);
  const url = idp.url(8081).replace('http:', 'https:');
  const sent = getByHttps(`${url}/acme/metadata`, { ca });
  const [reply] = (await once(sent, 'response')) as [IncomingMessage];
  assert.match(await text(reply), new RegExp(`entityID="${url}/acme/metadata"`));
});

test('its state is in a volume, and a new container keeps it', { skip }, async () => {
  const volume = 'sso-rehearsal-peer-state';
  const options = [...withToken, '--volume', `${volume}:/data`];
  const certificate = async (idp: Running): Promise<string> => {
    await idp.healthy();
    return (await control(idp.url(8081), controlToken).get<Tenant>('/tenants/acme')).certificates[0]!;
  };
  let before: string;
  {
    await using idp = await startContainer(options);
    before = await certificate(idp);
    await engine.docker('stop', idp.id);
  }
  {
    await using idp = await startContainer(options);
    assert.equal(await certificate(idp), before);
  }
  await engine.docker('volume', 'rm', volume);
});

test('a mounted configuration is used, and an unusable one ends it with a sentence', { skip }, async () => {
  const mount = ['--volume', `${folder}:/config:ro`];
  chmodSync(folder, 0o755);
  const write = (tenants: object): void => writeFileSync(join(folder, 'idp.json'), JSON.stringify({ tenants }));
  write({ globex: { users: [{ username: 'sam', password: 'open sesame' }] } });
  {
    await using idp = await startContainer([...mount, ...withToken]);
    await idp.healthy();
    const { entityId } = await control(idp.url(8081), controlToken).get<Tenant>('/tenants/globex');
    assert.equal(entityId, `${idp.url(8081)}/globex/metadata`);
  }
  write({ globex: { user: [] } });
  const { code, output } = await engine.run(['run', '--rm', ...mount, names.image]);
  assert.match(output, /^\/config\/idp\.json: “tenants\.globex” has the unknown “user”/m);
  assert.equal(code, 2);
});

test('an unknown command is rejected with the choices', { skip }, async () => {
  const { code, output } = await engine.run(['run', '--rm', names.image, 'serve']);
  assert.equal(output, 'Unknown command “serve”. Use one of: idp, lab, sp, mailbox\n');
  assert.equal(code, 2);
});

test('the lab opens with its three parts', { skip }, async () => {
  const publish = ['--publish', '127.0.0.1:8080-8082:8080-8082'];
  await using lab = await startContainer(publish, ['lab']);
  await lab.healthy();
  assert.match(await lab.output(/Ctrl\+C ends the lab/), /The lab is open: http:\/\/localhost:8082\n/);
  for (const url of [
    'http://localhost:8082/mailbox',
    'http://sp.localhost:8080/login',
    'http://idp.localhost:8081/acme',
  ])
    assert.equal((await request(url)).status, 200, url);
});

/** `docker compose` with this project's file; without a control token unless it is given. */
async function compose(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { code, output } = await composeToEnd(args, env);
  assert.equal(code, 0, output);
  return output;
}

const composeToEnd = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  engine.run(['compose', '--file', join(root, 'docker-compose.yml'), '--project-name', 'sso-rehearsal-peer', ...args], {
    env: { CONTROL_TOKEN: '', MAILBOX: '', SSO_REHEARSAL_IMAGE: names.image, ...env },
  });

const stackUrls = {
  SP_URL: 'http://sp.localhost:8080',
  IDP_URL: 'http://idp.localhost:8081',
  MAILHOG_URL: 'http://127.0.0.1:8025',
};

const stackVariables = { ...stackUrls, CONTROL_TOKEN: controlToken };

const skipStack = skip || (!hasCompose() && 'Docker Compose is not installed, and Go could not build it');

const oneScenario = ['--name', '^From setup to enforcement$'];

type Variables = Readonly<Record<string, string>>;

function startPlaying(args: readonly string[], env: Variables): ChildProcessByStdio<null, Readable, Readable> {
  const engineEnv: Record<string, string> = engine.host === undefined ? {} : { DOCKER_HOST: engine.host };
  return spawn(process.execPath, [`${root}/support/commands/bdd.ts`, '--no-evidence', ...args], {
    cwd: root,
    env: { ...process.env, ...engineEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Plays scenarios, and returns the output. */
async function play(args: readonly string[], env: Variables = stackVariables): Promise<string> {
  const { stdout, stderr } = startPlaying(args, env);
  return (await Promise.all([text(stdout), text(stderr)])).join('');
}

/** The stack until the end of a test, with its volumes. */
async function startStack(env: Readonly<Record<string, string>> = {}): Promise<AsyncDisposable> {
  await compose(['up', '--detach', '--wait'], { CONTROL_TOKEN: controlToken, ...env });
  return { [Symbol.asyncDispose]: async () => void (await compose(['down', '--volumes'])) };
}

test('the stack answers its first request, plays scenarios, and needs no token to end', {
  skip: skipStack,
}, async () => {
  await using _stack = await startStack();
  const statuses = Object.values(stackUrls).map(async (url) => (await request(`${url}/healthz`)).status);
  assert.deepEqual(await Promise.all(statuses), [200, 200, 200]);
  const played = await play(oneScenario);
  assert.match(played, /1 scenario in [\d.]+ s: 1 passed/);
  assert.match(await compose(['ps']), /sp-1 .*\(healthy\)/);
  const logs = await compose(['logs']);
  for (const url of [stackUrls.SP_URL, stackUrls.IDP_URL, 'http://localhost:8025']) assert.ok(logs.includes(url), logs);
});

test('the stack keeps its state over a restart, and when it is taken down and up', { skip: skipStack }, async () => {
  await using _stack = await startStack();
  const idp = control(stackUrls.IDP_URL, controlToken);
  const sp = control(stackUrls.SP_URL, controlToken);
  const { certificates } = await idp.put<Tenant>('/tenants/kept', { displayName: 'Kept' });
  await sp.put('/organizations/kept', { name: 'Kept', domains: ['kept.example'] });
  for (const command of ['restart', 'down']) {
    await compose([command]);
    await compose(['up', '--detach', '--wait'], { CONTROL_TOKEN: controlToken });
    assert.deepEqual((await idp.get<Tenant>('/tenants/kept')).certificates, certificates, command);
    assert.ok(await sp.get('/organizations/kept'), command);
  }
});

test('MAILBOX names a mailbox that exists', { skip: skipStack }, async () => {
  assert.match(await compose(['config', '--images'], { MAILBOX: 'mailpit' }), /^axllent\/mailpit:/m);
  const { code, output } = await composeToEnd(['config'], { MAILBOX: 'mailpot' });
  assert.match(output, /service "mailpot" not found in support\/stack\/mailboxes\.yml/);
  assert.notEqual(code, 0);
});

test('MAILBOX=mailhog plays without the image of a reaper, and leaves no container', { skip }, async () => {
  await build('-', ['--tag', names.mailbox], `FROM ${names.image}\nCMD ["mailbox"]\n`);
  const env = { MAILBOX: 'mailhog', MAILHOG_IMAGE: names.mailbox };
  const mailboxes = ['ps', '--all', '--quiet', '--filter', `ancestor=${names.mailbox}`];
  assert.match(await play([...oneScenario, '--workers', '1'], env), /: 1 passed/);
  assert.equal(await engine.docker(...mailboxes), '');
  // Killed while it waits for its mailbox.
  const filters = ['--filter', `image=${names.mailbox}`, '--format', '{{.Status}}'];
  const since = (Date.now() / 1000).toFixed(3);
  const killed = startPlaying([...oneScenario, '--workers', '1'], env);
  const ended = once(killed, 'exit');
  await untilLine(['events', '--since', since, ...filters, '--filter', 'event=start'], /./);
  killed.kill('SIGKILL');
  await ended;
  await untilLine(['events', '--since', since, ...filters, '--filter', 'event=destroy'], /./);
  assert.equal(await engine.docker(...mailboxes), '');
});

test('an image that is missing is named', { skip }, async () => {
  const env = { MAILBOX: 'mailhog', MAILHOG_IMAGE: 'registry.invalid/no-mailbox:1' };
  const output = await play([...oneScenario, '--workers', '1'], env);
  assert.match(
    output,
    /MAILBOX=mailhog needs the image registry\.invalid\/no-mailbox:1, which is not on this machine and /,
  );
  assert.doesNotMatch(output, /ryuk/);
});
