/**
 * The stage: stack and browser, shared by the scenarios of one worker. It is kept at module level, since the runner
 * copies everything that it passes on.
 */
import type { Browser } from 'playwright';
import { openRealIdp, takesNoOrders } from '../idp/adapters.ts';
import { type IdentityProvider, NotReady } from '../idp/identity-provider.ts';
import { mock } from '../idp/mock.ts';
import { openProduct, type ProductUnderTest } from '../product/under-test.ts';
import { launchBrowser } from '../stack/browser.ts';
import { dropConnections } from '../stack/http.ts';
import { type Stack, stackForScenarios, startStack } from '../stack/servers.ts';
import { leaveAsFound } from './leave-as-found.ts';
import { hearCalls } from './stage-calls.ts';

export interface Stage extends AsyncDisposable {
  stack: Stack;
  idp: IdentityProvider;
  /** Set if a recipe describes the service provider; otherwise it is the stack's. */
  product: ProductUnderTest | undefined;
  /** Launched on first use. */
  browser: () => Promise<Browser>;
  /** Closes the browser, which ends what a scenario does there. True if there was one. */
  closeBrowser: () => Promise<boolean>;
}

let current: Stage | undefined;
let calls: Disposable | undefined;
let striking: Promise<void> | undefined;

export interface StageOptions {
  /** File of the recipe. Default: PRODUCT, if it is set. */
  product?: string | undefined;
  /** A browser that is not ours: it stays open. Default: one is launched on first use. */
  browser?: Browser | undefined;
}

export async function setStage({ product: file = process.env.PRODUCT, browser }: StageOptions = {}): Promise<void> {
  current = striking = undefined;
  calls = hearCalls(strikeStage);
  const real = await openRealIdp(process.env.IDP);
  if (real && file) throw new NotReady('Use either PRODUCT or IDP: a product is played with the mock IdP.');
  const product = file ? await openProduct(file) : undefined;
  const stack = await (product?.startStack() ?? stackBeside(real));
  let launched: Promise<Browser> | undefined;
  const launch = async (): Promise<Browser> =>
    browser ??
    launchBrowser({ endsOnSignals: false }).catch((error: Error) => {
      launched = undefined; // fails the scenario that needed it, not those after it
      throw error;
    });
  current = {
    stack,
    idp: real ?? product?.idp(stack) ?? mock(stack),
    product,
    browser() {
      if (striking) return Promise.reject(new Error('the stage is struck'));
      launched ??= launch();
      return launched;
    },
    async [Symbol.asyncDispose]() {
      await using ending = new AsyncDisposableStack(); // one that cannot be closed keeps no other open
      if (real) ending.use(real);
      ending.use(this.stack);
      ending.defer(async () => void (await this.closeBrowser()));
    },
    async closeBrowser() {
      const open = await launched;
      launched = undefined;
      if (open !== browser) await open?.close();
      return open !== undefined;
    },
  };
}

/** The usual stack. With a real identity provider, the mock's control routes are closed. */
async function stackBeside(real: IdentityProvider | undefined): Promise<Stack> {
  if (real === undefined) return stackForScenarios();
  const stack = real.fixed ? await startStack({ spPort: real.fixed.spPort }) : await stackForScenarios();
  return { ...stack, idp: { url: real.origins[0], control: takesNoOrders(real.name) } };
}

/**
 * Called before each scenario. If users are fixed, each scenario needs its own SP, so this starts a new one; beside a
 * product, it restarts the IdP. Never resolves once the stage is struck: an interrupted run ends while the next
 * scenario waits here.
 */
export async function renewStage(): Promise<void> {
  if (striking) await new Promise(() => undefined);
  const { idp, stack, product } = stage();
  if (!idp.fixed && !product) return;
  await stack[Symbol.asyncDispose]();
  await dropConnections();
  stage().stack = await (product?.startStack() ?? stackBeside(idp));
  if (!product) return;
  stage().idp = product.idp(stage().stack);
  await product.reset();
}

export function stage(): Stage {
  if (current === undefined) throw new Error('the stage is not set: setStage must run before the first scenario');
  return current;
}

/**
 * If called again meanwhile, waits for the same end, since the worker is discarded when this resolves. The stage stays
 * available, as the runner creates the world of the next scenario in any case.
 */
export async function strikeStage(): Promise<void> {
  striking ??= strike();
  await striking;
}

async function strike(): Promise<void> {
  const [struck, heard] = [current, calls];
  try {
    if (struck) await leaveAsFound(struck);
    await struck?.[Symbol.asyncDispose]();
  } finally {
    heard?.[Symbol.dispose]();
  }
}
