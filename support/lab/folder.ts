/** The lab's folder: database, state and log of the identity provider, emails, and the ports in SAML URLs. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../stack/make-folder.ts';

const port = z.number().int().min(1).max(65_535);
const savedSettings = z.strictObject({
  version: z.literal(1),
  spPort: port,
  idpPort: port,
  staged: z.string().optional(),
});
export type SavedSettings = Omit<z.infer<typeof savedSettings>, 'version'>;
export type Ports = Pick<SavedSettings, 'spPort' | 'idpPort'>;

export interface LabFolder {
  path: string;
  database: string;
  stateFile: string;
  mailFile: string;
  /** The identity provider's log of earlier runs. */
  logFile: string;
  /** The ports, and the code of the staged case; undefined in a new folder. */
  saved: SavedSettings | undefined;
  save(settings: SavedSettings): Promise<void>;
}

/** Creates the folder if it does not exist. Throws with what to do if it cannot be used. */
export async function openFolder(where: string): Promise<LabFolder> {
  const path = resolve(where);
  const file = join(path, 'lab.json');
  try {
    makeFolder(path, { mode: 0o700 });
  } catch (error) {
    throw new Error(
      `the lab cannot use the folder ${path} (${(error as Error).message}); choose another one with --data`,
      {
        cause: error,
      },
    );
  }
  return {
    path,
    database: join(path, 'service-provider.sqlite'),
    stateFile: join(path, 'identity-provider.json'),
    mailFile: join(path, 'mailbox.ndjson'),
    logFile: join(path, 'identity-provider-log.json'),
    saved: await load(file),
    save: (settings) =>
      writeFile(file, `${JSON.stringify({ version: 1, ...settings }, undefined, 2)}\n`, { mode: 0o600 }),
  };
}

async function load(file: string): Promise<SavedSettings | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { version: _, ...settings } = savedSettings.parse(JSON.parse(text));
    return settings;
  } catch (error) {
    const remedy = 'Delete its folder, or choose another with --data';
    throw new Error(`${file} belongs to another lab. ${remedy}`, { cause: error });
  }
}

/**
 * The ports to start on: the given ones, or those of the folder, or the defaults.
 * Throws if the folder was created with other ports, as they are part of its SAML URLs.
 */
export function choosePorts({ saved, path }: LabFolder, { spPort, idpPort }: Partial<Ports>): Ports {
  const defaults = { spPort: 4001, idpPort: 4002 };
  const given = { spPort, idpPort };
  for (const [part, option] of [
    ['spPort', '--sp-port'],
    ['idpPort', '--idp-port'],
  ] as const) {
    if (saved && given[part] && given[part] !== saved[part]) {
      throw new Error(
        `the folder ${path} was created with ${option} ${saved[part]}, and SAML URLs in it contain that port. ` +
          `Omit ${option}, or choose another folder with --data`,
      );
    }
  }
  return saved ?? { spPort: spPort ?? defaults.spPort, idpPort: idpPort ?? defaults.idpPort };
}
