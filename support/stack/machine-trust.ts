/** Where programs of this machine look for certificate authorities: adds the one of the mock IdP, and removes it. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, globSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

export interface TrustStores {
  /** Home of the user whose browsers trust it. */
  home?: string;
  /** Debian's folder for more authorities, and the command that reads it. */
  system?: { folder: string; update: readonly [program: string, ...args: string[]] };
  certutil?: string;
}

export interface TrustOutcome {
  /** Stores that trust it now, or trust it no longer. */
  changed: string[];
  /** Sentences and commands for the rest. */
  advice: string[];
}

const debian = { folder: '/usr/local/share/ca-certificates', update: ['update-ca-certificates'] } as const;
/** How it is called in the databases of browsers. */
const prefix = 'sso-rehearsal test authority';

interface Store {
  trust(file: string): TrustOutcome;
  forget(): TrustOutcome;
}

/** Makes the stores of this machine trust the authority in the file. Trusting it again replaces an older one. */
export const trustOnMachine = (file: string, stores?: TrustStores): TrustOutcome =>
  together(storesOf(stores).map((store) => store.trust(file)));

/** Removes every authority of the mock IdP from the stores of this machine. */
export const forgetOnMachine = (stores?: TrustStores): TrustOutcome =>
  together(storesOf(stores).map((store) => store.forget()));

const together = (outcomes: readonly TrustOutcome[]): TrustOutcome => ({
  changed: outcomes.flatMap(({ changed }) => changed),
  advice: outcomes.flatMap(({ advice }) => advice),
});

const done = (...changed: string[]): TrustOutcome => ({ changed, advice: [] });
const toDo = (...advice: string[]): TrustOutcome => ({ changed: [], advice });

function storesOf({ home = homedir(), system = debian, certutil = 'certutil' }: TrustStores = {}): Store[] {
  if (process.platform === 'darwin') return [keychain];
  if (process.platform === 'win32') return [windowsStore];
  return [systemStore(system), browserStore({ home, certutil })];
}

function systemStore({ folder, update: [program, ...args] }: Required<TrustStores>['system']): Store {
  const start = `sso-rehearsal-${process.getuid?.()}-`;
  const command = [program, ...args].join(' ');
  const update = (...more: string[]): void => {
    const { status, stderr, error } = spawnSync(program, [...args, ...more], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr.trim()}`);
  };
  return {
    trust(file) {
      if (!existsSync(folder)) return toDo(`The store of this system is not known here: add ${file} to it by hand.`);
      const copy = join(folder, `${start}${nameOf(file)}.crt`);
      if (!mayWrite(folder)) return toDo(`For all programs: sudo cp ${file} ${copy} && sudo ${command}`);
      copyFileSync(file, copy);
      update();
      return done(`programs that use the store of this system: ${copy}`);
    },
    forget() {
      const copies = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(start)) : [];
      const paths = copies.map((name) => join(folder, name));
      if (paths.length === 0) return done();
      if (!mayWrite(folder)) return toDo(`For all programs: sudo rm ${paths.join(' ')} && sudo ${command} --fresh`);
      for (const path of paths) rmSync(path);
      update('--fresh');
      return done(...paths.map((path) => `programs that use the store of this system: ${path}`));
    },
  };
}

const mayWrite = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Each set of names has its own folder. */
const nameOf = (file: string): string => basename(dirname(file));

/** The databases in which Chromium and Firefox keep authorities on Linux. */
function browserStore({ home, certutil }: { home: string; certutil: string }): Store {
  const chromium = join(home, '.pki', 'nssdb');
  const firefox = globSync(['.mozilla/firefox/*/cert9.db', 'snap/firefox/common/.mozilla/firefox/*/cert9.db'], {
    cwd: home,
  }).map((path) => dirname(join(home, path)));
  const run = (database: string, ...args: string[]) =>
    spawnSync(certutil, ['-d', `sql:${database}`, ...args], { encoding: 'utf8' });
  const checked = (database: string, ...args: string[]): void => {
    const { status, stderr } = run(database, ...args);
    if (status !== 0) throw new Error(`certutil failed for ${database}: ${stderr.trim()}`);
  };
  const remove = (database: string, isWanted: (name: string) => boolean): boolean => {
    const listed = run(database, '-L').stdout.split('\n');
    const names = listed.flatMap((line) => /^(sso-rehearsal test authority \S+) /.exec(line)?.[1] ?? []);
    const found = names.filter(isWanted);
    for (const name of found) checked(database, '-D', '-n', name);
    return found.length > 0;
  };
  const isMissing = spawnSync(certutil, ['-H']).error !== undefined;
  const missing =
    'For Chromium and Firefox: install certutil (on Debian: apt-get install libnss3-tools), and run again.';
  return {
    trust(file) {
      if (isMissing) return toDo(missing);
      if (!existsSync(join(chromium, 'cert9.db'))) {
        mkdirSync(chromium, { recursive: true, mode: 0o700 });
        checked(chromium, '-N', '--empty-password');
      }
      const name = `${prefix} ${nameOf(file)}`;
      for (const database of [chromium, ...firefox]) {
        remove(database, (known) => known === name);
        checked(database, '-A', '-t', 'C,,', '-n', name, '-i', file);
      }
      return done(`Chromium and Chrome: ${chromium}`, ...firefox.map((database) => `Firefox: ${database}`));
    },
    forget() {
      const databases = [chromium, ...firefox].filter((database) => existsSync(join(database, 'cert9.db')));
      if (databases.length > 0 && isMissing) return toDo(missing);
      return done(...databases.filter((database) => remove(database, () => true)).map((path) => `browsers: ${path}`));
    },
  };
}

const keychain: Store = {
  trust: (file) =>
    toDo(`For browsers: security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ${file}`),
  forget: () => toDo(`If browsers trust it: delete “${prefix} …” in Keychain Access.`),
};

const windowsStore: Store = {
  trust: (file) => toDo(`For browsers: certutil -addstore -user Root "${file}"`),
  forget: () => toDo(`If browsers trust it: delete “${prefix} …” in certmgr.msc.`),
};
