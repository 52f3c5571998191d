/**
 * Our own service provider on a staging host, as a team would have it: in a process of its own, with Acme and its
 * people, its emails in Dovecot.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { startServerProcess } from '../idp/server-process.ts';
import { setUpConnection } from '../product/connecting.ts';
import { createHttpDriver } from '../product/http-driver.ts';
import { ownProduct } from '../product/own-product.ts';
import { signInByPassword } from '../product/signing-in.ts';
import { control } from '../stack/control.ts';
import { freePort } from '../stack/free-port.fixture.ts';
import type { Dovecot } from './dovecot.ts';
import type { StagingHost } from './staging-host.ts';

export const mailUser = 'qa';
const people = { Ada: 'ada@acme.example', Grace: 'grace@acme.example', Sam: 'sam@acme.example' };
const variableOf = (name: string): string => `PASSWORD_OF_${name.toUpperCase()}`;
const passwordOf = (name: string): string => `${name} at the product`;

/** A mail server that stores every email in Dovecot. */
export async function startMailServer(dovecot: Dovecot): Promise<{ url: string } & AsyncDisposable> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) =>
      void text(stream)
        .then((email) => dovecot.deliver(mailUser, email))
        .then(() => done(), done),
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(closed)),
  };
}

const controlToken = randomBytes(32).toString('hex');

/** The product with Acme and its people, who exist before any run. */
export async function startOwnSp({ origin, productPort }: StagingHost, smtpUrl: string): Promise<AsyncDisposable> {
  const { end } = await startServerProcess([process.execPath, 'sp/main.ts'], {
    ready: /service provider: (\S+)/,
    env: { SP_PORT: String(productPort), SP_PUBLIC_URL: origin, SMTP_URL: smtpUrl, CONTROL_TOKEN: controlToken },
  });
  await atSp(productPort).put('/organizations/acme', {
    name: 'Acme',
    domains: ['acme.example'],
    users: Object.entries(people).map(([name, address]) => ({
      address,
      name,
      password: passwordOf(name),
      administrator: name !== 'Sam',
    })),
  });
  return { [Symbol.asyncDispose]: end };
}

export const atSp = (port: number): ReturnType<typeof control> => control(`http://127.0.0.1:${port}`, controlToken);

const ownFields = JSON.parse(readFileSync(new URL('../product/own-recipe.json', import.meta.url), 'utf8'));

/** The recipe that a team would write. */
export async function recipeFor(host: StagingHost, { ports, certificateAuthority }: Dovecot): Promise<object> {
  const accounts = Object.entries(people).map(([name, email]) => [
    name,
    { email, password: { fromEnvironment: variableOf(name) } },
  ]);
  return {
    ...ownFields,
    $schema: undefined,
    origin: host.origin,
    certificateAuthority: 'acme-ca.pem',
    values: { organization: 'acme', connection: '1' },
    idp: { by: 'hand', port: await freePort(), nextCertificate: true },
    people: Object.fromEntries(accounts),
    idpInitiated: 'rejected',
    mail: {
      imap: {
        host: 'localhost',
        port: ports.tls,
        user: mailUser,
        password: { fromEnvironment: 'MAIL_PASSWORD' },
        certificateAuthority,
      },
    },
  };
}

/** Ada uploads the IdP's metadata, as the run has asked for. */
export async function tellSp({ origin, folder }: StagingHost): Promise<void> {
  const driver = createHttpDriver({ who: 'Ada' });
  const at = { driver, product: ownProduct(origin, { organization: 'acme' }) };
  await signInByPassword(at, { email: people.Ada, password: passwordOf('Ada') });
  const metadata = readFileSync(join(folder, '.sso-rehearsal', 'idp-metadata.xml'), 'utf8');
  const values = await setUpConnection(at, { name: 'Acme', how: 'fromMetadata', idp: { metadata } });
  assert.deepEqual(values, { connection: '1' });
}

/** Where the run finds the passwords that its recipe does not contain. */
export const secretsOf = ({ password }: Dovecot): Record<string, string> => ({
  MAIL_PASSWORD: password,
  ...Object.fromEntries(Object.keys(people).map((name) => [variableOf(name), passwordOf(name)])),
});
