/**
 * The mock IdP beside a product: it keeps its key between runs, so that the product goes on trusting it. Each scenario
 * starts from the same state.
 */
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdpSide } from '../idp/identity-provider.ts';
import { ControlError } from '../stack/control.ts';
import { makeFolder } from '../stack/make-folder.ts';
import { type Part, startIdentityProvider } from '../stack/servers.ts';

/** The tenant that the product trusts. */
export const tenant = 'acme';

/** The product for the IdP: its metadata, or what is in it. */
export type ProductApp = { metadata: string } | { entityId: string; acs: [string] };

export interface IdpState {
  /** The metadata to give to the product. */
  metadataFile: string;
  side: IdpSide;
  /** The product as the IdP knows it. */
  app: { entityId: string; acs: { url: string }[] };
  /** Starts the IdP without users, apps and faults. */
  start(): Promise<Part & AsyncDisposable>;
}

export interface IdpStateOptions {
  /** Created if it does not exist. */
  folder: string;
  port: number;
  /** Publishes the certificate of the next key as well. */
  nextCertificate: boolean;
  /** Called while the IdP runs: tells the product of it where a run does that, and returns the product. */
  introduce: (idp: { side: IdpSide; metadataFile: string }) => Promise<ProductApp>;
}

/** Throws if the folder cannot be used, or the port is taken. */
export async function openIdpState({ folder, port, nextCertificate, introduce }: IdpStateOptions): Promise<IdpState> {
  await prepareFolder(folder);
  const kept = join(folder, `idp-${port}.json`);
  const inUse = join(folder, `idp-${port}.run.json`);
  const metadataFile = join(folder, 'idp-metadata.xml');
  const { side, app } = await prepare();
  return {
    metadataFile,
    side,
    app,
    async start() {
      await copyFile(kept, inUse);
      return startAt(port, inUse);
    },
  };

  async function prepare(): Promise<Pick<IdpState, 'side' | 'app'>> {
    await using idp = await startAt(port, kept);
    const { url, control } = idp;
    if (idp.tenants().length === 0) await control.put(`/tenants/${tenant}`, { displayName: 'Acme' });
    await control.patch(`/tenants/${tenant}`, { publishNextKey: nextCertificate });
    await writeFile(metadataFile, idp.tenant(tenant).metadata());
    const { entityId, ssoUrl, certificates } = await control.get<IdpSide>(`/tenants/${tenant}`);
    const side = { entityId, ssoUrl, certificates, metadataUrl: `${url}/${tenant}/metadata` };
    const product = await introduce({ side, metadataFile });
    const { entityId: known } = await control
      .put<{ entityId: string }>(`/tenants/${tenant}/apps`, product)
      .catch(saysWhatIsWrong);
    const { apps } = await control.get<{ apps: IdpState['app'][] }>(`/tenants/${tenant}`);
    return { side, app: apps.find((one) => one.entityId === known)! };
  }
}

/** The folder holds keys. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    makeFolder(folder, { mode: 0o700 });
    await chmod(folder, 0o700);
    await writeFile(join(folder, '.gitignore'), '*\n');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`cannot keep the key of the mock IdP in ${folder} (${code})`, { cause: error });
  }
}

async function startAt(port: number, stateFile: string): ReturnType<typeof startIdentityProvider> {
  return startIdentityProvider({ port, stateFile }).catch((error: Error) => {
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code !== 'EADDRINUSE') throw error;
    throw new Error(
      `port ${port} is in use, but the mock IdP listens there during a run. ` +
        'End the other run or program, or choose another port: idp.port in the recipe.',
      { cause: error },
    );
  });
}

function saysWhatIsWrong(error: unknown): never {
  if (!(error instanceof ControlError)) throw error;
  throw new Error(`the metadata of the product cannot be used: ${error.reason}`, { cause: error });
}
