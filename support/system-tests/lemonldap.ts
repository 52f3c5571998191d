/** The portal of LemonLDAP::NG as Debian’s packages install it, on Plack’s own server, for one service provider. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigningKey } from '../idp/certificates.ts';
import { startServerProcess } from '../idp/server-process.ts';
import { freePort } from '../stack/free-port.ts';

export const lemonldapPackages = [
  'liblemonldap-ng-portal-perl',
  'liblasso-perl',
  'libplack-perl',
  'libxml-simple-perl',
  'libio-string-perl',
];

const templates = '/usr/share/lemonldap-ng/portal/templates';

export const isLemonldapInstalled = (): boolean =>
  existsSync(templates) &&
  spawnSync('perl', ['-MLasso', '-MXML::Simple', '-MIO::String', '-MHTTP::Server::PSGI', '-e', '1']).status === 0;

/** One of its demo accounts. */
export const lemonldapUser = { username: 'dwho', password: 'dwho' };

export interface Lemonldap extends AsyncDisposable {
  ssoUrl: string;
}

/** Sends the attributes of its demo accounts that are named here. */
export async function startLemonldap(spMetadata: string, attributes: readonly string[]): Promise<Lemonldap> {
  const folder = await mkdtemp(join(tmpdir(), 'rehearsal-lemonldap-'));
  const port = await freePort();
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text, { mode: 0o600 });
  await Promise.all(['conf', 'cache', 'sessions', 'locks'].map((name) => mkdir(join(folder, name))));
  const settings = { folder, url: `http://127.0.0.1:${port}`, spMetadata, attributes };
  await write('conf/lmConf-1.json', JSON.stringify(await configuration(settings)));
  await write('lemonldap-ng.ini', iniFor(folder));
  await write('NoCaptcha.pm', noCaptcha);
  await write('portal.psgi', 'use Lemonldap::NG::Portal::Main;\nLemonldap::NG::Portal::Main->run({});\n');
  const server = ['--server', 'HTTP::Server::PSGI', '--host', '127.0.0.1', '--port', String(port)];
  const { end } = await startServerProcess(['plackup', '-I', folder, ...server, join(folder, 'portal.psgi')], {
    env: {
      LLNG_DEFAULTCONFFILE: join(folder, 'lemonldap-ng.ini'),
      LLNG_DEFAULTLOGGER: 'Lemonldap::NG::Common::Logger::Std',
    },
    ready: /Accepting connections at http:\/\/127\.0\.0\.1:(\d+)/,
  });
  return {
    ssoUrl: `${settings.url}/saml/singleSignOn`,
    async [Symbol.asyncDispose]() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Settings {
  folder: string;
  url: string;
  spMetadata: string;
  attributes: readonly string[];
}

/** Only what it needs, and that it accepts unsigned requests: what it sends has its default settings. */
async function configuration({ folder, url, spMetadata, attributes }: Settings): Promise<object> {
  const { privateKey, certificate } = await createSigningKey('LemonLDAP::NG of a rehearsal');
  const files = { Directory: join(folder, 'sessions'), LockDirectory: join(folder, 'locks') };
  const cache = { cache_root: join(folder, 'cache'), namespace: 'rehearsal', default_expires_in: 600 };
  return {
    cfgNum: 1,
    cfgDate: 1,
    portal: `${url}/`,
    domain: '127.0.0.1',
    authentication: 'Demo',
    userDB: 'Same',
    locationRules: { '127.0.0.1': { default: 'accept' } },
    passwordDB: 'Null',
    registerDB: 'Null',
    portalDisplayRegister: 0,
    portalDisplayResetPassword: 0,
    requireToken: 0,
    captcha: 'NoCaptcha',
    demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' },
    globalStorage: 'Apache::Session::File',
    // As Debian’s configuration has it.
    globalStorageOptions: {
      ...files,
      generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
    },
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: files,
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: cache,
    issuerDBSAMLActivation: 1,
    samlServicePrivateKeySig: privateKey,
    samlServicePublicKeySig: certificate,
    samlSPMetaDataXML: { acme: { samlSPMetaDataXML: spMetadata } },
    samlSPMetaDataOptions: { acme: { samlSPMetaDataOptionsCheckSSOMessageSignature: 0 } },
    samlSPMetaDataExportedAttributes: {
      acme: Object.fromEntries(attributes.map((name) => [name, `1;${name};;`])),
    },
  };
}

const iniFor = (folder: string): string =>
  ['[all]', 'logLevel = error', '[configuration]', 'type = File', `dirName = ${folder}/conf`]
    .concat(['[portal]', 'staticPrefix = /static', `templateDir = ${templates}`, 'languages = en', ''])
    .join('\n');

/** Its own picture needs packages that nothing else here does. */
const noCaptcha = `package NoCaptcha;
use Mouse;
extends 'Lemonldap::NG::Portal::Main::Plugin';
sub init { 1 }
1;
`;
