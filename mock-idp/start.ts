/** Starts and stops the identity provider. Entry point of the npm package. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Seed, TenantsInProcess } from './api.ts';
import { createApp } from './app.ts';
import { applyConfig, readConfig, withOwnTls } from './config.ts';
import { asRequested } from './http/as-requested.ts';
import { controlDocument as documentOfRoutes } from './http/control-routes.ts';
import { hostnameIn } from './http/guard.ts';
import { inFrontOf, type WorkerPlace } from './http/worker-front.ts';
import { seedSchema } from './tenants/control-schemas.ts';
import { tenantsInProcess } from './tenants/in-process.ts';
import { processKeys } from './tenants/keys.ts';
import { openKeysFile } from './tenants/keys-file.ts';
import { isWebAddress } from './tenants/metadata.ts';
import { readInput } from './tenants/read-input.ts';
import { openState } from './tenants/state-file.ts';
import { openTenants } from './tenants/tenant.ts';
import type { TlsOption } from './tls/https-server.ts';
import { UnusableOption } from './unusable-option.ts';

export type * from './api.ts';
export { configJsonSchema, UnusableConfig } from './config.ts';
export type { ConnectedTenant } from './connect/async.ts';
export { type ConnectedIdp, type ConnectOptions, connectMockIdp } from './connect/connect.ts';
export { type ConnectionProblem, NotConnected } from './connect/control-client.ts';
export type { Fault, Verdict } from './fault.ts';
export { faultExamples } from './fault-examples.ts';
export type { FaultPhrase, LogoutFaultPhrase } from './faults.ts';
export { faultPhrases, faults, logoutFaultPhrases, logoutFaults, UnknownFault } from './faults.ts';
export type { WorkerPlace } from './http/worker-front.ts';
export type { PersonaCode } from './personas/codes.ts';
export { personaCodes } from './personas/codes.ts';
export type { PlanChange } from './personas/plan.ts';
export { RequestRefused } from './sign-in/rejected-request.ts';
export type { LogDetails, LogEntry, LogKind, LogoutMessageDetails, SessionEnd } from './tenants/log.ts';
export { Refused } from './tenants/read-input.ts';
export type { TlsOption } from './tls/https-server.ts';
export { forgetMachineAuthorities, type MachineAuthority, machineAuthority } from './tls/machine-authority.ts';
export { UnusableOption } from './unusable-option.ts';

/** The OpenAPI document of the control routes. A function of its own, so that their types need not be published. */
export const controlDocument = (): Record<string, unknown> => documentOfRoutes();

export interface MockIdpOptions {
  /** 0 for any free port. */
  port?: number;
  /** The interface to listen on. */
  host?: string;
  /**
   * Host name in its URL. Browsers resolve names that end in .localhost;
   * in a test without a browser, use 127.0.0.1.
   */
  hostname?: string;
  /**
   * Serves https: `true` with a certificate of this machine's own authority (`npx sso-rehearsal trust`), or your own
   * certificate and its key as PEM text. By default http, or as the configuration file says.
   */
  tls?: TlsOption | false | undefined;
  /**
   * URL under which browsers reach it; by default the hostname and the port. `as-requested` takes the host name
   * and port of each request, if the name is accepted: for a container whose port is published at random.
   */
  publicUrl?: string | undefined;
  /**
   * More accepted host names, such as that of a container or a proxy's upstream. Always accepted are the name in its
   * URL, localhost, names that end in .localhost, and loopback addresses.
   */
  allowedHosts?: readonly string[];
  /** Bearer token of the control routes; without one they do not exist. */
  controlToken?: string | undefined;
  /** File that keeps tenants and their keys across restarts. */
  stateFile?: string | undefined;
  /**
   * File of key pairs, made at first use: tenants of the same name have the same certificate at each start, and starts
   * are faster.
   */
  keysFile?: string | undefined;
  /** File with tenants to create or replace at the start (docs/idp-config.schema.json). */
  configFile?: string | undefined;
  /** For tenants without their own; in place of that of `configFile`. */
  seed?: Seed;
  /** Keeps the process alive while it listens. By default a test that forgets to dispose of it still ends. */
  keepsProcess?: boolean;
}

export interface MockIdp extends TenantsInProcess, AsyncDisposable {
  url: string;
  /** With `tls: true`: the certificate that clients must trust (PEM), and the file that has it. */
  authority: { cert: string; file: string } | undefined;
}

const followsRequests = 'as-requested';

/**
 * Resolves once the server is listening. Throws UnusableOption, such as a port in use, and UnusableConfig.
 * A place is for the processes of `npx sso-rehearsal idp --workers`, which share a port.
 */
export async function startMockIdp(
  {
    port = 0,
    host = '127.0.0.1',
    hostname = 'idp.localhost',
    tls,
    publicUrl,
    allowedHosts = [],
    controlToken,
    stateFile,
    keysFile,
    configFile,
    seed,
    keepsProcess = false,
    ...unknown
  }: MockIdpOptions = {},
  place?: WorkerPlace,
): Promise<MockIdp> {
  checkTexts({ host, hostname, publicUrl, controlToken, stateFile, keysFile, configFile });
  const config = configFile === undefined ? undefined : readConfig(configFile);
  const secured = (tls ?? config?.tls) || undefined;
  checkOptions({ port, hostname, publicUrl, allowedHosts, controlToken, isSecured: secured !== undefined, ...unknown });
  if (keysFile === undefined) processKeys.prepare();
  const pool =
    keysFile === undefined
      ? processKeys
      : await openKeysFile(keysFile, processKeys, { sharesNext: place !== undefined });
  const state = await openState({ stateFile, seed: seed === undefined ? config?.seed : readSeed(seed) });
  const create = () => createWebServer(secured, { hostname, publicUrl, allowedHosts });
  const isTlsInFile = tls === undefined && typeof config?.tls === 'object';
  const { server, authority } = await (isTlsInFile ? withOwnTls(configFile!, create) : create());
  await listen(server, port, host);
  if (!keepsProcess) server.unref();
  const { port: given } = server.address() as AddressInfo;
  const own = `${secured === undefined ? 'http' : 'https'}://${hostname}:${given}`;
  const url = (publicUrl === followsRequests ? own : (publicUrl ?? own)).replace(/\/$/, '');
  const open = (at: string): RequestListener =>
    createApp({ state, pool, url: at, controlToken, allowedHosts, followsRequests: publicUrl === followsRequests });
  const app = open(url);
  const listener = publicUrl === followsRequests ? asRequested({ allowedHosts, open, reject: app }) : app;
  server.on('request', place === undefined ? listener : inFrontOf(listener, place));
  const fromOthers = place && (await listenToOthers(listener, place));
  const tenants = openTenants({ state, pool, url });
  if (config !== undefined)
    await applyConfig(tenants, config, configFile!).catch(async (error: unknown) => {
      await close(server);
      throw error;
    });
  return {
    url,
    authority,
    ...tenantsInProcess({ tenants, pool, url }),
    async [Symbol.asyncDispose]() {
      await Promise.all([close(server), fromOthers && close(fromOthers)]);
      await state.save();
    },
  };
}

const readSeed = (seed: Seed) => readInput(z.strictObject({ seed: seedSchema }), { seed }).seed;

/** Callers without types pass anything. */
function checkTexts(options: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && typeof value !== 'string')
      throw new Error(`Mock IdP: ${name} must be text, not “${String(value)}”`);
}

function checkOptions({
  port,
  hostname,
  publicUrl,
  allowedHosts,
  controlToken,
  isSecured,
  ...unknown
}: Pick<Required<MockIdpOptions>, 'port' | 'hostname' | 'allowedHosts'> &
  Pick<MockIdpOptions, 'publicUrl' | 'controlToken'> & { isSecured: boolean }): void {
  const [first] = Object.keys(unknown);
  if (first !== undefined) throw new Error(`Mock IdP: unknown option “${first}”`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new UnusableOption('port', (option) => `${option} must be a port from 0 to 65535, not “${port}”`);
  if (hostnameIn(hostname) === undefined || !URL.canParse(`http://${hostname}:1`))
    throw new UnusableOption(
      'hostname',
      (option) => `${option} must be a host name such as idp.localhost or [::1], not “${hostname}”`,
    );
  if (controlToken && !isSendable(controlToken))
    throw new UnusableOption(
      'controlToken',
      (option) => `${option} must be ASCII characters, without a blank at its start or end`,
    );
  if (publicUrl !== undefined && publicUrl !== followsRequests && !isWebAddress(publicUrl))
    throw new UnusableOption(
      'publicUrl',
      (option) => `${option} must be an http or https URL, or ${followsRequests}, not “${publicUrl}”`,
    );
  // Behind a proxy that ends TLS it serves http at an https URL; the reverse makes no sense.
  if (isSecured && publicUrl !== undefined && /^http:/i.test(publicUrl))
    throw new UnusableOption(
      'publicUrl',
      (option) => `it serves https (tls), but ${option} is “${publicUrl}”. Make it an https URL.`,
    );
  if (!Array.isArray(allowedHosts))
    throw new UnusableOption('allowedHosts', (option) => `${option} must be a list of host names`);
  for (const host of allowedHosts)
    if (hostnameIn(host) === undefined)
      throw new UnusableOption(
        'allowedHosts',
        (option) => `“${host}” in ${option} is not a host name such as mock-idp or 192.0.2.7`,
      );
}

/** In a header, blanks around it are lost, and clients encode other characters differently. */
const isSendable = (token: string): boolean => /^[\x20-\x7e]+$/.test(token) && token.trim() === token;

type WebServer = Server | HttpsServer;

async function createWebServer(
  tls: TlsOption | undefined,
  {
    hostname,
    publicUrl,
    allowedHosts,
  }: Required<Pick<MockIdpOptions, 'hostname' | 'allowedHosts'>> & Pick<MockIdpOptions, 'publicUrl'>,
): Promise<{ server: WebServer; authority: MockIdp['authority'] }> {
  if (tls === undefined) return { server: createServer(), authority: undefined };
  const { createHttpsServer } = await import('./tls/https-server.ts');
  const named = publicUrl === undefined || publicUrl === followsRequests ? hostname : new URL(publicUrl).hostname;
  return createHttpsServer({ tls, hostname: named, otherNames: allowedHosts.map((host) => hostnameIn(host)!) });
}

async function listen(server: WebServer, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, port, host)));
    server.listen(port, host, resolve);
  });
}

/** Exclusive, because workers of a cluster share what they listen to. */
async function listenToOthers(listener: RequestListener, { index, sockets }: WorkerPlace): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path: sockets[index]!, exclusive: true }, resolve);
  });
  return server;
}

function explained(error: NodeJS.ErrnoException, port: number, host: string): Error {
  const address = `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new UnusableOption(
        'port',
        (option) => `${address} is already in use. Stop the other program, or choose another ${option}.`,
        error,
      );
    case 'EACCES':
      return new UnusableOption(
        'port',
        (option) => `this user may not listen at ${address}. Choose another ${option}: 1024 or higher, or 0.`,
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UnusableOption(
        'host',
        (option) => `${host} is not an interface of this machine. Choose another ${option}, such as 127.0.0.1.`,
        error,
      );
    default:
      return error;
  }
}

/** Closes open connections, too. */
async function close(server: WebServer): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
