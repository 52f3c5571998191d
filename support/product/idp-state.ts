/**
 * The mock IdP beside a product: it keeps its key between runs, so that the product goes on trusting it. Each scenario
 * starts from the same state.
 */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdpSide } from '../idp/identity-provider.ts';
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
  makeFolder(folder, { mode: 0o700 });
  await writeFile(join(folder, '.gitignore'), '*\n');
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
      return startIdentityProvider({ port, stateFile: inUse });
    },
  };

  async function prepare(): Promise<Pick<IdpState, 'side' | 'app'>> {
    await using idp = await startIdentityProvider({ port, stateFile: kept });
    const { url, control } = idp;
    if (idp.tenants().length === 0) await control.put(`/tenants/${tenant}`, { displayName: 'Acme' });
    await control.patch(`/tenants/${tenant}`, { publishNextKey: nextCertificate });
    await writeFile(metadataFile, idp.tenant(tenant).metadata());
    const { entityId, ssoUrl, certificates } = await control.get<IdpSide>(`/tenants/${tenant}`);
    const side = { entityId, ssoUrl, certificates, metadataUrl: `${url}/${tenant}/metadata` };
    const { entityId: known } = await control.put<{ entityId: string }>(
      `/tenants/${tenant}/apps`,
      await introduce({ side, metadataFile }),
    );
    const { apps } = await control.get<{ apps: IdpState['app'][] }>(`/tenants/${tenant}`);
    return { side, app: apps.find((one) => one.entityId === known)! };
  }
}
