/** Where a product runs, and the product as an app at the IdP. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UnusableReply } from '../stack/foreign-reply.ts';
import { createVisitor } from '../stack/visitor.ts';
import type { ProductApp } from './idp-state.ts';
import { addressOf, type Product } from './product.ts';
import type { Recipe } from './recipe.ts';

/** The recipe's origin, or that of its first address. */
export function originOf({ origin, signIn, metadata, acs, signedIn }: Recipe): string {
  const address = [origin, signIn.page, metadata, acs, signedIn.page].find((one) => one && /^https?:/.test(one));
  if (address === undefined) throw new Error('the recipe needs origin: where does the product run?');
  return new URL(address).origin;
}

export async function appOf(product: Product, folder: string): Promise<ProductApp> {
  const { recipe, url } = product;
  const { metadata, entityId, acs } = recipe;
  if (metadata === undefined) return { entityId: entityId!, acs: [new URL(acs!, url).href] };
  if (/^(https?:|\/)/.test(metadata)) return { metadata: await metadataAt(addressOf(product, metadata)) };
  const file = resolve(folder, metadata);
  if (!existsSync(file))
    throw new Error(
      `there is no file ${metadata} beside the recipe. For a path at the product, begin with /: /${metadata}`,
    );
  return { metadata: await readFile(file, 'utf8') };
}

const metadataAt = (url: URL): Promise<string> =>
  fetchMetadata(url).catch((error: Error) => {
    if (!(error instanceof UnusableReply)) throw error;
    throw new Error(`the product does not respond at ${url.href}. Start it first`, { cause: error });
  });

/** Follows redirects. Throws UnusableReply if there is no reply. */
export async function fetchMetadata(url: URL): Promise<string> {
  const { status, body } = await createVisitor({ timeoutMs: 15_000 }).visit(url);
  if (status !== 200) throw new Error(`${url.href} returned ${status} instead of metadata`);
  return body;
}
