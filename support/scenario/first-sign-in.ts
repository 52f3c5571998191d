/**
 * One valid sign-in before any scenario, and one after all. With a wrong recipe, scenarios in which a sign-in fails
 * would pass for the wrong reason.
 */
import { rejections } from '../../sp/rejection-advice.ts';
import { isAt, NotReady } from '../idp/identity-provider.ts';
import { CallFailed } from '../product/calls.ts';
import { NotDone } from '../product/deed.ts';
import type { Driver, Look } from '../product/driver.ts';
import { addressOf } from '../product/product.ts';
import { FormMismatch, signInAtIdp } from '../product/signing-in.ts';
import type { ProductUnderTest } from '../product/under-test.ts';
import { dropConnections } from '../stack/http.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import { quoteForeign } from '../terminal/foreign-text.ts';
import { createCast } from './actor.ts';
import { cleanUp } from './clean-up.ts';
import type { Scene } from './scene.ts';
import { renewStage, type Stage, setStage, stage, strikeStage } from './stage.ts';
import { sendTestUnseen } from './tasks/admin-center.ts';
import { startTest } from './tasks/connection-test.ts';
import { credentialsAtIdp } from './tasks/credentials.ts';
import { idpForm } from './tasks/places.ts';
import { session, verdict } from './tasks/questions.ts';
import { connect } from './tasks/set-up.ts';
import { enterEmailHere } from './tasks/sign-in.ts';
import { trySignIn, useSso } from './tasks/single-sign-on.ts';

const knowsSp = 'whether the identity provider knows this service provider, and lets Sam use it';

/** Throws NotReady with the page on which the sign-in ended, and with what to check. Uses a browser by default. */
export async function tryFirstSignIn({ kind = 'browser' }: { kind?: Driver['kind'] } = {}): Promise<void> {
  try {
    await setStage();
    const problem = await signInOnce(stage(), kind);
    if (problem !== undefined) throw new NotReady(problem);
  } catch (error) {
    throw error instanceof NotReady ? error : new NotReady((error as Error).message, { cause: error });
  } finally {
    await strikeStage();
    await dropConnections(); // the next service provider has the same address
  }
}

/**
 * One valid sign-in at a product after all scenarios. A product that has locked Sam out, or has forgotten the IdP,
 * rejects every response, so that scenarios pass for the wrong reason. Throws NotReady.
 */
export async function tryLastSignIn(kind: Driver['kind']): Promise<void> {
  if (stage().product === undefined) return;
  await renewStage();
  const problem = await signInOnce(stage(), kind, lastFailed);
  if (problem !== undefined) throw new NotReady(problem);
}

/** One valid sign-in on the stage that is set, before the first scenario of a harness that is not ours. */
export async function tryNextSignIn(kind: Driver['kind']): Promise<void> {
  await renewStage();
  const problem = await signInOnce(stage(), kind);
  if (problem !== undefined) throw new NotReady(problem);
}

const firstFailed = 'first sign-in failed, so no scenario was played.';
const lastFailed = 'last sign-in failed, so responses may have been rejected for another reason.';

/** Undefined if the test passes. */
async function signInOnce(
  { stack, idp, browser, product }: Stage,
  kind: Driver['kind'],
  failed = firstFailed,
): Promise<string | undefined> {
  const { cast, ...names } = nameRehearsal(product?.names ?? idp.fixed);
  const actors = createCast(cast, browser, {
    kind: () => kind,
    isSinglePage: product?.product.recipe.singlePage,
  });
  const scene: Scene = { ...names, stack, idp, product, cast: actors };
  try {
    if (product) return await signInAtProduct(scene, product, failed);
    await connect(scene);
    await sendTestUnseen(scene, 'Sam');
    const driver = await actors.Sam.driver().catch(sayWithoutLog);
    const mismatch = await takeTest(scene);
    const look = await driver.look();
    const ended = await verdict(scene);
    if (ended === 'success') return undefined;
    return [
      `${idp.name}: Sam’s ${failed}`,
      shownPage(look),
      `Check: ${mismatch ?? whatToCheck(scene, look, ended)}`,
    ].join('\n');
  } finally {
    for (const actor of Object.values(actors)) await actor[Symbol.asyncDispose]();
  }
}

const finishOrCorrect =
  'If that page asks for something, add it to the recipe as signIn.finish. If it is that of a signed-in user, ' +
  'correct signedIn.';

interface Hints {
  look?: Look;
  hint?: string;
  /** Instructions for its administrator; empty if they are not needed. */
  toDo?: string | undefined;
}

/** Sam signs in once; the product must show no user before, and Sam afterwards. */
async function signInAtProduct(scene: Scene, product: ProductUnderTest, failed: string): Promise<string | undefined> {
  const { name } = product.product.recipe;
  const { Sam } = scene.cast;
  const driver = await Sam.driver().catch(sayWithoutLog);
  const problem = async (because: string, { look, hint, toDo = product.toDo }: Hints = {}): Promise<string> => {
    const page = look ?? (await driver.look());
    return [
      `${name}: Sam’s ${failed} ${because}`,
      ...(page.url === '' ? [] : [shownPage(page)]),
      ...(hint === undefined ? [] : [hint]),
      ...(toDo ? [toDo] : []),
    ].join('\n');
  };
  try {
    await product.reset();
    await useSso(scene);
    const before = (await session(scene, 'Sam'))?.address;
    if (before !== undefined) return await problem(`Before it, signedIn already finds the user ${before}.`);
    await trySignIn(scene, 'Sam');
    const after = (await session(scene, 'Sam'))?.address;
    if (after === Sam.address) return undefined;
    if (after === undefined)
      return await problem(`After it, signedIn finds no user${await whereLooked(scene, product)}.`, {
        hint: finishOrCorrect,
      });
    const another = `signedIn finds the user ${after}, and not ${Sam.shownAs ?? Sam.address}.`;
    return await problem(`${another} If that is Sam, add it to the recipe as people.Sam.shownAs.`, { toDo: '' });
  } catch (error) {
    if (error instanceof NotDone) return problem(error.message, { look: error.look });
    if (error instanceof CallFailed) return problem(error.message);
    throw error;
  } finally {
    await cleanUp(scene);
  }
}

/** The text or field that signedIn looks for, and the page that was read for it. */
async function whereLooked(scene: Scene, { product }: ProductUnderTest): Promise<string> {
  const { page, text, json } = product.recipe.signedIn;
  if (text === undefined && json === undefined) return ''; // a function of the recipe looks
  const rule = `: it looks for ${text === undefined ? `the field ${json}` : `“${text}”`}`;
  if (page === undefined) return rule;
  await using aside = await (await scene.cast.Sam.driver()).aside();
  await aside.open(addressOf(product, page));
  const look = await aside.look();
  return `${rule} on ${page}, which says “${quoteForeign(look.text, { lines: 1 })}”`;
}

/** Replaces Playwright's error for a browser that crashes while starting, which contains its whole log. */
function sayWithoutLog(error: Error): never {
  if (!error.message.includes('Browser logs:')) throw error;
  throw new NotReady(
    'The browser ended while it was starting. Run the command again, or set CHROMIUM_PATH to another Chromium.',
    {
      cause: error,
    },
  );
}

/** Goes as far as possible. Returns the mismatch between the page and the described form. */
async function takeTest(scene: Scene): Promise<string | undefined> {
  await startTest(scene, { who: 'Sam' });
  try {
    await enterEmailHere(scene, { who: 'Sam', email: scene.cast.Sam.address });
    await signInAtIdp({ driver: await scene.cast.Sam.driver() }, idpForm(scene), await credentialsAtIdp(scene, 'Sam'));
    return undefined;
  } catch (error) {
    if (!(error instanceof NotDone)) throw error;
    if (!(error instanceof FormMismatch)) return undefined;
    const noForm = `If that is not the sign-in form, the request was rejected: ${knowsSp}.`;
    return error.setting === 'username' ? `${error.mismatch} ${noForm}` : error.mismatch;
  }
}

function shownPage({ url, text }: Look): string {
  const { origin, pathname } = URL.canParse(url) ? new URL(url) : { origin: url, pathname: '' };
  if (origin === 'null') return 'The browser could not open the page.';
  const shown = quoteForeign(wrapped(text), { prefix: '  | ', lines: 12 });
  return `The page at ${quoteForeign(origin + pathname)} says:\n${shown}`;
}

const wrapped = (text: string): string => (text.match(/.{1,140}/g) ?? [text]).join('\n');

function whatToCheck({ idp, stack }: Scene, { url }: Look, ended: string | undefined): string {
  if (ended !== undefined && Object.hasOwn(rejections, ended)) {
    const { sentence, fix } = rejections[ended as keyof typeof rejections];
    return `the service provider rejected the response as ${ended}. ${sentence} ${fix}`;
  }
  if (idp !== undefined && isAt(idp, url))
    return (
      `Sam’s user name and password; ${knowsSp}; ` +
      'and that no other page, such as a second factor or a consent, comes after the sign-in form.'
    );
  if (url.startsWith(stack.sp.url))
    return 'the sign-on address in the metadata: the browser never got to the identity provider.';
  return 'whether this machine reaches that address; if it is the identity provider’s, add its origin to origins.';
}
