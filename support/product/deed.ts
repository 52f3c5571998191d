/** Shared by the verbs: a person at a product, and the errors and checks of a verb. */
import { DisabledButton, describe, type Look, NotOnPage } from './driver.ts';
import { type Label, says } from './label.ts';
import { type At, addressOf, missingValue } from './product.ts';

interface Failure {
  deed: string;
  because?: string | undefined;
  lacks?: string | undefined;
  look: Look;
  isDisabled?: boolean;
}

/** The verb failed. */
export class NotDone extends Error {
  /** The page that the person saw. */
  readonly look: Look;
  /** Why, where that is known. */
  readonly because: string | undefined;
  readonly #isDisabled: boolean;
  /** The thing to act on that the page lacks, if that is why. */
  readonly lacks: string | undefined;

  constructor(who: string, { deed, because, lacks, look, isDisabled = false }: Failure) {
    super(`${who} could not ${deed}. ${because === undefined ? '' : `${because} `}${describe(who, look)}`);
    this.look = look;
    this.because = because;
    this.#isDisabled = isDisabled;
    this.lacks = lacks;
  }

  /** True if the product rejected it: its page shows a warning, or the button is disabled. */
  get isRejection(): boolean {
    return this.#isDisabled || this.look.alert !== undefined;
  }
}

/** Waits for the verb. Undefined if the product rejected it. */
export async function attempt<Result>(verb: Promise<Result>): Promise<Result | undefined> {
  try {
    return await verb;
  } catch (error) {
    if (error instanceof NotDone && error.isRejection) return undefined;
    throw error;
  }
}

/** Acts on a page. If the page lacks something, throws NotDone with what the person could not do and why. */
export async function onPage(
  { driver }: Pick<At, 'driver'>,
  { deed, where }: { deed: string; where: string },
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof DisabledButton) {
      const [because] = /^.* is disabled\./.exec(error.message)!;
      throw new NotDone(driver.who, { deed, because, look: await driver.look(), isDisabled: true });
    }
    if (!(error instanceof NotOnPage)) throw error;
    const because = `${driver.who} is not on ${where}: it has no ${error.what}.`;
    throw new NotDone(driver.who, { deed, because, lacks: error.what, look: await driver.look() });
  }
}

/** Throws NotDone unless the page shows this text, and no warning. */
export async function makeSure({ driver }: Pick<At, 'driver'>, deed: string, done: Label): Promise<Look> {
  const look = await driver.look();
  if (look.alert === undefined && says(look.text, done)) return look;
  throw new NotDone(driver.who, { deed, look });
}

/** Throws NotDone if the page could not be opened. */
export async function makeSureOpened({ driver }: Pick<At, 'driver'>, deed: string): Promise<void> {
  const look = await driver.look();
  if (look.isUnreachable) throw new NotDone(driver.who, { deed, look });
}

/** Opens a page of the product. Throws NotDone if its address names what is not known yet. */
export const openPage = async (at: At, page: string): Promise<void> => at.driver.open(await addressHere(at, page));

/** Opens a page unless it is open already; then the person continues on it. */
export async function openUnlessOpen(at: At, page: string): Promise<void> {
  const { url } = await at.driver.look();
  const wanted = await addressHere(at, page);
  if (!URL.canParse(url) || new URL(url).href !== wanted.href) await at.driver.open(wanted);
}

async function addressHere({ driver, product }: At, page: string): Promise<URL> {
  const missing = missingValue(product, page);
  if (missing === undefined) return addressOf(product, page);
  const because =
    missing === 'connection' ? 'No SSO profile is set up yet.' : `There is no value for {${missing}} yet.`;
  throw new NotDone(driver.who, { deed: `open ${page}`, because, look: await driver.look() });
}
