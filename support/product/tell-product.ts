/** Tells a product of the mock IdP, as its recipe says, and puts it back to its first state. */
import { writeFile } from 'node:fs/promises';
import type { IdpSide } from '../idp/identity-provider.ts';
import { request } from '../stack/http.ts';
import { run, send } from './calls.ts';
import { missingValue, type Product } from './product.ts';
import { isSetUpByRun } from './recipe-people.ts';

/** Sets up the connection on the product's pages, or changes it. */
export type ByPages = (what: { metadata: string; isNew: boolean }) => Promise<void>;

export interface Teller {
  /** True if a run tells the product of the IdP; otherwise a person does, or the product fetches the metadata. */
  isNeeded: boolean;
  tell(side: IdpSide, metadataFile: string, byPages?: ByPages): Promise<void>;
  /** The product was put back to its first state. */
  forget(): void;
}

export function createTeller(product: Product, folder: string): Teller {
  const { recipe, url } = product;
  const { idp } = recipe;
  const isNeeded = isSetUpByRun(idp);
  /** The certificates that the product has received. */
  let known: string | undefined;
  return {
    isNeeded,
    forget() {
      known = undefined;
    },
    async tell({ metadataUrl, entityId, ssoUrl, certificates }, metadataFile, byPages) {
      if (!isNeeded || known === certificates.join()) return;
      const metadata = await (await request(metadataUrl)).text();
      await writeFile(metadataFile, metadata);
      const [certificate] = certificates;
      const values = { metadata, metadataUrl, metadataFile, entityId, signOnUrl: ssoUrl, certificate: certificate! };
      if (idp.by === 'command') await run(idp.command, folder, values);
      else if (idp.by === 'request') await send(idp, url, values);
      else await byPages?.({ metadata, isNew: known === undefined && !hasConnection(product) });
      known = certificates.join();
    },
  };
}

/** True if the recipe names a connection that exists, and its page. */
export const hasConnection = ({ recipe, url }: Product): boolean => {
  const { setUp, values } = recipe;
  return setUp?.profile !== undefined && missingValue({ recipe, url, values }, setUp.profile) === undefined;
};

export async function resetProduct({ recipe: { reset }, url }: Product, folder: string): Promise<void> {
  if (reset === undefined) return;
  if ('command' in reset) await run(reset.command, folder, {});
  else await send(reset, url, {});
}
