/** Debian's Dovecot as an IMAP server on this machine, with a certificate of a private authority. Runs as root. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServerProcess } from '../idp/server-process.ts';
import { createAuthority } from '../stack/authority.fixture.ts';
import { freePort } from '../stack/free-port.fixture.ts';

export interface Dovecot extends AsyncDisposable {
  host: string;
  /** TLS from the start, and STARTTLS. */
  ports: { tls: number; starttls: number };
  /** Every user has this one. */
  password: string;
  /** The PEM file of the authority that issued the certificate. */
  certificateAuthority: string;
  /** Stores a raw email as a mail server would. */
  deliver(user: string, email: string): Promise<void>;
  /** Flags of the emails in INBOX, such as `\Seen`. */
  flags(user: string): string[];
  /** Ends all connections. */
  kick(user: string): void;
}

const program = '/usr/sbin/dovecot';
const doveadm = '/usr/bin/doveadm';

export const hasDovecot = (): boolean =>
  process.getuid?.() === 0 && existsSync(program) && existsSync('/usr/lib/dovecot/imap');

/** The user without rights, who owns the emails. */
const owner = 65_534;

export async function startDovecot(): Promise<Dovecot> {
  const folder = mkdtempSync(join(tmpdir(), 'dovecot-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'mail'));
  chownSync(join(folder, 'mail'), owner, owner);
  const authority = await createAuthority('Acme Private CA');
  const { cert, key } = await authority.issue({ host: 'localhost' });
  const certificateAuthority = join(folder, 'authority.pem');
  writeFileSync(certificateAuthority, authority.pem);
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 });
  const ports = { tls: await freePort(), starttls: await freePort() };
  const password = 'a-password-of-acme';
  const config = join(folder, 'dovecot.conf');
  writeFileSync(config, configuration({ folder, ports, password }));
  const server = await startServerProcess([program, '-F', '-c', config], { ready: /(starting up)/ });
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(doveadm, ['-c', config, ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`doveadm ${args.join(' ')} failed:\n${stderr}`);
    return stdout;
  };
  return {
    host: 'localhost',
    ports,
    password,
    certificateAuthority,
    async deliver(user, email) {
      const saving = spawn(doveadm, ['-c', config, 'save', '-u', user], { stdio: ['pipe', 'inherit', 'inherit'] });
      saving.stdin.end(email);
      const [code] = (await once(saving, 'exit')) as [number];
      if (code !== 0) throw new Error(`doveadm save ended with exit code ${code}`);
    },
    flags: (user) => run('-f', 'tab', 'fetch', '-u', user, 'flags', 'ALL').trim().split('\n').slice(1),
    kick: (user) => void run('kick', user),
    async [Symbol.asyncDispose]() {
      await server.end();
      rmSync(folder, { recursive: true });
    },
  };
}

const configuration = ({
  folder,
  ports,
  password,
}: { folder: string } & Pick<Dovecot, 'ports' | 'password'>): string => `
protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
log_path = /dev/stderr
mail_location = maildir:~/Maildir
ssl = required
ssl_cert = <${folder}/cert.pem
ssl_key = <${folder}/key.pem
auth_mechanisms = plain login
auth_failure_delay = 0
service imap-login {
  inet_listener imap {
    port = ${ports.starttls}
  }
  inet_listener imaps {
    port = ${ports.tls}
    ssl = yes
  }
}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${owner} gid=${owner} home=${folder}/mail/%u
}
`;
