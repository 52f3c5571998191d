/** After a run, also an interrupted one, a product under test is as it was before. */
import type { IdentityProvider } from '../idp/identity-provider.ts';
import type { ProductUnderTest } from '../product/under-test.ts';
import { launchBrowser } from '../stack/browser.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import type { Stack } from '../stack/servers.ts';
import { createCast } from './actor.ts';
import { endEnforcement } from './clean-up.ts';

interface Run {
  stack: Stack;
  idp: IdentityProvider;
  product: ProductUnderTest | undefined;
  /** True if it had a browser. */
  closeBrowser: () => Promise<boolean>;
}

/** Turns off SSO enforcement that an interrupted or failed scenario has left, or says that it may still be on. */
export async function leaveAsFound(run: Run): Promise<void> {
  const { product } = run;
  if (product === undefined || product.isEnforced === false) return;
  const problem = await endIn(run, product).catch((error: Error) => error.message);
  if (product.isEnforced)
    console.error(`${product.product.recipe.name} may still have SSO enforced: turn it off there. ${problem ?? ''}`);
}

async function endIn({ stack, idp, closeBrowser }: Run, product: ProductUnderTest): Promise<undefined> {
  const kind = (await closeBrowser()) ? 'browser' : 'http';
  const { reset, singlePage } = product.product.recipe;
  if (reset !== undefined) return void (await product.reset());
  const { cast, ...names } = nameRehearsal(product.names);
  await using ending = new AsyncDisposableStack();
  const browser = async () => {
    const launched = await launchBrowser({ endsOnSignals: false });
    ending.defer(() => launched.close());
    return launched;
  };
  const actors = createCast(cast, browser, { kind: () => kind, isSinglePage: singlePage });
  for (const actor of Object.values(actors)) ending.use(actor);
  await endEnforcement({ ...names, stack, idp, product, cast: actors });
}
