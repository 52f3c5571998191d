/** The certificate authority of this user on this machine, in a folder that only this user can read. */
import { createHash, createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { systemTime } from '../clock.ts';
import type { Credentials } from './authority.ts';
import { certificateNames, isOfThisMachine } from './host-names.ts';

export interface MachineAuthority extends Credentials {
  /** The file with its certificate, for settings such as NODE_EXTRA_CA_CERTS. */
  file: string;
  validTo: Date;
}

export interface MachineAuthorityOptions {
  /** Host names and addresses other than this machine's own names. Each set of them has its own authority. */
  names?: readonly string[];
  /** Where authorities are kept. */
  folder?: string;
  now?: number;
}

/** A new authority takes over when the old one has fewer days left. */
const renewalDays = 30;

/** `$XDG_STATE_HOME/sso-rehearsal/authorities`, where XDG_STATE_HOME is ~/.local/state by default. */
export function authoritiesFolder({ XDG_STATE_HOME: given = '' }: NodeJS.ProcessEnv = process.env): string {
  return join(isAbsolute(given) ? given : join(home(), '.local', 'state'), 'sso-rehearsal', 'authorities');
}

function home(): string {
  try {
    return os.homedir();
  } catch (cause) {
    throw new Error(
      'Mock IdP: this account has no home folder for the certificate authority. Set HOME, or XDG_STATE_HOME.',
      { cause },
    );
  }
}

/**
 * Opens the authority for these names, or makes one if there is none or it expires soon. Throws with what to do if its
 * folder cannot be used, or if a name is not a host name.
 */
export async function machineAuthority({
  names = [],
  folder = authoritiesFolder(),
  now = systemTime(),
}: MachineAuthorityOptions = {}): Promise<MachineAuthority> {
  // Only here: its library patches the global Reflect, and the mock loads this file without serving https.
  const { createAuthority, dayMs } = await import('./authority.ts');
  const foreign = namesElsewhere(names);
  const place = join(folder, folderNameFor(foreign));
  try {
    const known = await readAuthority(place);
    if (known !== undefined && known.validTo.getTime() - now > renewalDays * dayMs) return known;
    await putInPlace(await createAuthority({ names: foreign, now }), { place, replaced: known });
    return (await readAuthority(place)) ?? fail(place, 'was removed at the same moment. Start again');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const advice =
      'Set XDG_STATE_HOME to a folder that you may write, or use your own certificate (tls: { key, cert })';
    return fail(place, `cannot be written or read (${code}). ${advice}`, error);
  }
}

/** Removes every authority, with its key. */
export const forgetMachineAuthorities = (folder = authoritiesFolder()): Promise<void> =>
  rm(folder, { recursive: true, force: true });

/** The names that an authority for this machine does not cover. */
const namesElsewhere = (names: readonly string[]): string[] =>
  certificateNames(names)
    .filter((name) => !isOfThisMachine(name))
    .toSorted();

const folderNameFor = (names: readonly string[]): string =>
  names.length === 0 ? 'localhost' : createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 16);

const files = { cert: 'authority.pem', key: 'authority.key' } as const;

async function readAuthority(place: string): Promise<MachineAuthority | undefined> {
  const [cert, key] = await Promise.all([files.cert, files.key].map((name) => readIfThere(join(place, name))));
  if (cert === undefined && key === undefined) return undefined;
  const certificate = parse(() => new X509Certificate(cert ?? ''));
  const privateKey = parse(() => createPrivateKey(key ?? ''));
  if (certificate === undefined || privateKey === undefined || !certificate.checkPrivateKey(privateKey))
    return fail(place, `does not hold an authority with its key. ${startOver}`);
  const { mode } = await stat(join(place, files.key));
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    return fail(place, `has a key that other users may have read (mode ${(mode & 0o777).toString(8)}). ${startOver}`);
  return { cert: cert!, key: key!, file: join(place, files.cert), validTo: certificate.validToDate };
}

const startOver = 'Run: npx sso-rehearsal trust --forget';

/**
 * Both files at once, so that no other process reads a certificate without its key. Of several processes the first one
 * wins: clients may trust its certificate already.
 */
async function putInPlace(
  { cert, key }: Credentials,
  { place, replaced }: { place: string; replaced: MachineAuthority | undefined },
): Promise<void> {
  const made = `${place}.${randomBytes(6).toString('hex')}`;
  const old = `${made}.old`;
  try {
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await mkdir(made, { mode: 0o700 });
    await writeFile(join(made, files.key), key, { mode: 0o600 });
    await writeFile(join(made, files.cert), cert, { mode: 0o600 });
    if (replaced !== undefined && (await readIfThere(replaced.file)) === replaced.cert)
      await rename(place, old).catch(unless('ENOENT'));
    await rename(made, place).catch(unless('ENOTEMPTY', 'EEXIST', 'EPERM'));
  } finally {
    await Promise.all([made, old].map((folder) => rm(folder, { recursive: true, force: true })));
  }
}

const unless =
  (...codes: readonly string[]) =>
  (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error;
  };

const readIfThere = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

function parse<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function fail(place: string, reason: string, cause?: unknown): never {
  throw new Error(`Mock IdP: the folder of the certificate authority ${place} ${reason}.`, { cause });
}
