/**
 * The mock IdP beside a product: it keeps its key between runs, so that the product goes on trusting it. Each scenario
 * starts from the same state.
 */
import { lstatSync } from 'node:fs';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IdpSide } from '../idp/identity-provider.ts';
import { ControlError } from '../stack/control.ts';
import { makeFolder } from '../stack/make-folder.ts';
import { type Part, startIdentityProvider } from '../stack/servers.ts';

/** The tenant that the product trusts. */
export const tenant = 'acme';

/** The product for the IdP: its metadata, or what is in it. */
export type ProductApp = ({ metadata: string } | { entityId: string; acs: [string] }) & {
  /** Assertions are not encrypted by default. */
  encrypt?: boolean;
};

export interface IdpState extends ForProduct {
  /** The product as the IdP knows it. */
  app: { entityId: string; acs: { url: string }[] };
  /** The product as it is registered there. */
  registered: ProductApp;
  /** The file with the key that the product trusts. */
  keptFile: string;
  /** Starts the IdP without users, apps and faults. */
  start(): Promise<Part & AsyncDisposable>;
}

/** Where the IdP keeps its key, and where it listens. */
export interface IdpPlace {
  /** Created if it does not exist. */
  folder: string;
  port: number;
  /** Publishes the certificate of the next key as well. */
  nextCertificate: boolean;
}

/** Files and settings of the IdP that the product must have. */
export interface ForProduct {
  side: IdpSide;
  metadataFile: string;
  /** The signing certificate in PEM, for products that do not read metadata. */
  certificateFile: string;
}

/** The IdP while it runs with the kept key. */
export interface KeptIdp extends ForProduct {
  url: string;
  /** Throws an error that says what is wrong with the metadata. */
  register(app: ProductApp): Promise<IdpState['app']>;
}

export interface IdpStateOptions extends IdpPlace {
  /** Called while the IdP runs: tells the product of it where a run does that, and returns the product. */
  introduce: (idp: { side: IdpSide; metadataFile: string }) => Promise<ProductApp>;
}

/** Throws if the folder cannot be used, or the port is taken. */
export async function openIdpState({ introduce, ...place }: IdpStateOptions): Promise<IdpState> {
  const prepared = await withKeptIdp(place, async ({ side, metadataFile, certificateFile, register }) => {
    const registered = await introduce({ side, metadataFile });
    return { side, metadataFile, certificateFile, registered, app: await register(registered) };
  });
  const { kept, inUse } = filesIn(place);
  return {
    ...prepared,
    keptFile: kept,
    async start() {
      await copyFile(kept, inUse);
      return startAt(place.port, inUse);
    },
  };
}

/** Starts the IdP with its kept key, writes its metadata, and stops it after `use`. */
export async function withKeptIdp<Result>(place: IdpPlace, use: (idp: KeptIdp) => Promise<Result>): Promise<Result> {
  const { folder, port, nextCertificate } = place;
  await prepareFolder(folder);
  const { kept, metadataFile, certificateFile } = filesIn(place);
  await using idp = await startAt(port, kept);
  const { url, control } = idp;
  if (idp.tenants().length === 0) await control.put(`/tenants/${tenant}`, { displayName: 'Acme' });
  await control.patch(`/tenants/${tenant}`, { publishNextKey: nextCertificate });
  const { entityId, ssoUrl, certificates } = await control.get<IdpSide>(`/tenants/${tenant}`);
  await writeFile(metadataFile, idp.tenant(tenant).metadata());
  await writeFile(certificateFile, certificates[0]!);
  return await use({
    url,
    side: { entityId, ssoUrl, certificates, metadataUrl: `${url}/${tenant}/metadata` },
    metadataFile,
    certificateFile,
    async register(app) {
      const { entityId: known } = await control
        .put<{ entityId: string }>(`/tenants/${tenant}/apps`, app)
        .catch(saysWhatIsWrong);
      const { apps } = await control.get<{ apps: (IdpState['app'] & { number: number })[] }>(`/tenants/${tenant}`);
      // The recipe may have named another one before; the IdP must reject its requests.
      for (const { number } of apps.filter(({ entityId: one }) => one !== known))
        await control.remove(`/tenants/${tenant}/apps/${number}`);
      return apps.find(({ entityId: one }) => one === known)!;
    },
  });
}

const filesIn = ({ folder, port }: IdpPlace) => ({
  kept: join(folder, `idp-${port}.json`),
  inUse: join(folder, `idp-${port}.run.json`),
  metadataFile: join(folder, 'idp-metadata.xml'),
  certificateFile: join(folder, 'idp-certificate.pem'),
});

/** The folder holds keys. */
async function prepareFolder(folder: string): Promise<void> {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new Error(
      `${folder} is a symbolic link: the key of the mock IdP must stay beside the recipe. Remove the link`,
    );
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
