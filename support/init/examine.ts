/** Tries what the user replied: the sign-in page, the metadata, the page that shows who is signed in. */
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { Browser } from 'playwright';
import type { z } from 'zod';
import { isAt } from '../idp/identity-provider.ts';
import { openBrowserDriver } from '../product/browser-driver.ts';
import { type Detected, type Detecting, detectSignIn } from '../product/detect.ts';
import { createHttpDriver } from '../product/http-driver.ts';
import { type ForProduct, type KeptIdp, withKeptIdp } from '../product/idp-state.ts';
import { fetchMetadata } from '../product/product-app.ts';
import { readRecipe, type recipeFields } from '../product/recipe.ts';
import { usualIdpPort } from '../product/recipe-people.ts';
import { whoIsSignedIn } from '../product/signing-in.ts';
import { ControlError } from '../stack/control.ts';
import { createVisitor } from '../stack/visitor.ts';
import { harmless } from '../terminal/foreign-text.ts';
import type { Replies } from './replies.ts';

type Fields = z.input<typeof recipeFields>;
export type RecipeInput = Fields & { idp: NonNullable<Fields['idp']> };

export interface Examined extends ForProduct {
  recipe: RecipeInput;
  /** One line for each thing that was found. */
  found: readonly string[];
  /** One line for each thing that was not found: how to add it to the recipe. */
  missing: readonly string[];
}

export interface ExamineOptions {
  /** The folder of the recipe. */
  folder: string;
  /** The product, in messages. */
  name: string;
  /** Where the mock IdP listens. */
  port: number;
  /** Called if the sign-in page needs a browser. Rejects with a sentence if there is none. */
  browser: () => Promise<Browser>;
}

/** The product cannot be examined. The message says why, and what to do. */
export class NotExamined extends Error {}

/** Throws NotExamined if the sign-in page cannot be opened, and an error if the mock IdP cannot start. */
export async function examine(replies: Replies, options: ExamineOptions): Promise<Examined> {
  const place = { folder: join(options.folder, '.sso-rehearsal'), port: options.port, nextCertificate: false };
  return withKeptIdp(place, async (idp) => {
    const metadata = await examineMetadata(replies.sp, idp, options);
    const signIn = await examineSignIn(replies, idp, options);
    const recipe = recipeFrom(replies, { ...options, signIn, acs: metadata.acs });
    const shown = await examineSignedIn(recipe);
    const { side, metadataFile, certificateFile } = idp;
    const all = [signIn, metadata, shown];
    return {
      side,
      metadataFile,
      certificateFile,
      recipe,
      found: all.flatMap(({ found }) => found).map((line) => harmless(line)),
      missing: all.flatMap(({ missing }) => missing).map((line) => harmless(line)),
    };
  });
}

interface Findings {
  found: readonly string[];
  missing: readonly string[];
}

async function examineMetadata(
  sp: Replies['sp'],
  idp: KeptIdp,
  { folder }: ExamineOptions,
): Promise<Findings & { acs?: string }> {
  if (!('metadata' in sp)) {
    await idp.register({ entityId: sp.entityId, acs: [sp.acs] });
    return {
      acs: sp.acs,
      found: [`The product: entity ID ${sp.entityId}, ACS ${sp.acs}, as you entered them.`],
      missing: [],
    };
  }
  try {
    const { entityId, acs } = await idp.register({ metadata: await readMetadata(sp.metadata, folder) });
    const [first] = acs;
    return { acs: first!.url, found: [`The metadata: entity ID ${entityId}, ACS ${first!.url}.`], missing: [] };
  } catch (error) {
    const { cause, message } = error as Error;
    const why =
      cause instanceof ControlError
        ? `${sp.metadata} is not metadata of a service provider: ${cause.reason}.`
        : `${message}.`;
    return {
      found: [],
      missing: [
        `The metadata. ${why} Correct metadata in the recipe, or replace it by entityId and acs. ` +
          'If the product has none before it knows an IdP, tell it first; each run reads it again.',
      ],
    };
  }
}

const isUrl = (place: string): boolean => /^https?:\/\//.test(place);

const readMetadata = (place: string, folder: string): Promise<string> =>
  isUrl(place) ? fetchMetadata(new URL(place)) : readFile(resolve(folder, place), 'utf8');

interface Tried extends Detected {
  /** True if only a browser finds the way. */
  isSinglePage?: boolean;
}

/** By HTTP; where that is not enough, in a browser. */
async function examineSignIn(replies: Replies, idp: KeptIdp, { browser }: ExamineOptions): Promise<Tried> {
  const { signIn: url, people } = replies;
  if (url === 'portal') return { signIn: { page: url }, origins: [], found: [], missing: [], isComplete: true };
  await makeSureOpens(url);
  const address = 'user' in people ? people.user : `sam@${people.domain}`;
  const detecting: Detecting = { url, address, isIdp: (one) => isAt({ origins: [idp.url] }, one) };
  const byHttp = await detectSignIn(createHttpDriver({ who: 'Sam' }), detecting);
  if (byHttp.missing.length === 0) return byHttp;
  try {
    await using driver = await openBrowserDriver({ who: 'Sam', browser: await browser(), isSinglePage: true });
    const inBrowser = await detectSignIn(driver, detecting);
    if (inBrowser.missing.length > 0) return byHttp;
    return {
      ...inBrowser,
      isSinglePage: true,
      found: ['The sign-in page needs a browser: scenarios with @scripted cannot be played.', ...inBrowser.found],
    };
  } catch (error) {
    return {
      ...byHttp,
      missing: [...byHttp.missing, `The sign-in page was not tried in a browser: ${(error as Error).message}`],
    };
  }
}

async function makeSureOpens(url: string): Promise<void> {
  try {
    await createVisitor({ timeoutMs: 15_000 }).visit(url, { follow: () => false });
  } catch (error) {
    throw new NotExamined(`${(error as Error).message}. Start the product, or correct the URL; nothing was written.`);
  }
}

function recipeFrom(
  { signIn: start, sp, idp, people, signedIn }: Replies,
  {
    folder,
    name,
    port,
    signIn,
    acs,
  }: Pick<ExamineOptions, 'folder' | 'name' | 'port'> & { signIn: Tried; acs: string | undefined },
): RecipeInput {
  const { signIn: fields } = signIn;
  const { origin } = new URL(start === 'portal' ? signedIn.page : start);
  const path = (url: string): string => (url.startsWith(`${origin}/`) ? url.slice(origin.length) : url);
  const beside = (file: string): string => relative(folder, resolve(folder, file)).replaceAll(sep, '/');
  const others = new Set([...signIn.origins, new URL(signedIn.page).origin, ...(acs ? [new URL(acs).origin] : [])]);
  others.delete(origin);
  return {
    name,
    origin,
    ...(signIn.isSinglePage ? { singlePage: true } : {}),
    ...(others.size === 0 ? {} : { origins: [...others] }),
    ...('metadata' in sp
      ? { metadata: isUrl(sp.metadata) ? path(sp.metadata) : beside(sp.metadata) }
      : { entityId: sp.entityId, acs: path(sp.acs) }),
    signIn: { ...fields, page: path(fields.page) },
    signedIn: { ...signedIn, page: path(signedIn.page) },
    people: {
      ...('user' in people ? { Sam: { email: people.user } } : { domain: people.domain }),
      attributes: { email: '{email}', displayName: '{name}' },
    },
    idp: { ...idp, ...(port === usualIdpPort ? {} : { port }) },
  };
}

/** No user may be found before a sign-in. */
async function examineSignedIn(input: RecipeInput): Promise<Findings> {
  const recipe = readRecipe(input, 'sso-rehearsal.json');
  const { page } = input.signedIn;
  const where = new URL(page!, recipe.origin).href;
  try {
    const shown = await whoIsSignedIn({
      driver: createHttpDriver({ who: 'Sam', timeoutMs: 15_000 }),
      product: { recipe, url: recipe.origin! },
    });
    if (shown === undefined) return { found: [`Before a sign-in, ${where} shows no user, as it should.`], missing: [] };
    return {
      found: [],
      missing: [
        `Who is signed in. Before any sign-in, ${where} shows the user “${shown}”: correct signedIn in the recipe.`,
      ],
    };
  } catch (error) {
    return {
      found: [],
      missing: [`Who is signed in. ${(error as Error).message} Correct signedIn.page in the recipe.`],
    };
  }
}
