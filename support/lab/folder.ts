/** The lab's folder: database, identity provider's state, messages, and the ports that SAML addresses hold. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../stack/make-folder.ts';

const port = z.number().int().min(1).max(65_535);
const remembered = z.strictObject({
  version: z.literal(1),
  spPort: port,
  idpPort: port,
  staged: z.string().optional(),
});
export type Remembered = Omit<z.infer<typeof remembered>, 'version'>;
export type Ports = Pick<Remembered, 'spPort' | 'idpPort'>;

export interface LabFolder {
  path: string;
  database: string;
  stateFile: string;
  mailFile: string;
  /** The ports, and the code of the case on stage; undefined in a new folder. */
  remembered: Remembered | undefined;
  remember(facts: Remembered): Promise<void>;
}

/** Makes the folder when it is not there. Throws with what to do when it cannot be used. */
export async function openFolder(where: string): Promise<LabFolder> {
  const path = resolve(where);
  const file = join(path, 'lab.json');
  try {
    makeFolder(path, { mode: 0o700 });
  } catch (error) {
    throw new Error(
      `the lab cannot use the folder ${path} (${(error as Error).message}); name another one with --data`,
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
    remembered: await recall(file),
    remember: (facts) =>
      writeFile(file, `${JSON.stringify({ version: 1, ...facts }, undefined, 2)}\n`, { mode: 0o600 }),
  };
}

async function recall(file: string): Promise<Remembered | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { version: _, ...facts } = remembered.parse(JSON.parse(text));
    return facts;
  } catch (error) {
    const remedy = 'move its folder away to begin anew, or name another one with --data';
    throw new Error(`${file} is not of this lab; ${remedy}`, { cause: error });
  }
}

/**
 * The ports to start on: those given, else those of the folder, else the usual ones.
 * Throws when the folder was begun on other ports, since its SAML addresses hold them.
 */
export function choosePorts({ remembered: kept, path }: LabFolder, { spPort, idpPort }: Partial<Ports>): Ports {
  const usual = { spPort: 4001, idpPort: 4002 };
  const given = { spPort, idpPort };
  for (const [part, option] of [
    ['spPort', '--sp-port'],
    ['idpPort', '--idp-port'],
  ] as const) {
    if (kept && given[part] && given[part] !== kept[part]) {
      throw new Error(
        `the folder ${path} was begun with ${option} ${kept[part]}, and the addresses in it hold that port; ` +
          `leave ${option} out, or name another folder with --data`,
      );
    }
  }
  return kept ?? { spPort: spPort ?? usual.spPort, idpPort: idpPort ?? usual.idpPort };
}
