/** Finds out how a sign-in begins at a product: the email field, the Next button, the button or link for SSO. */
import { pressOrFollow } from './actions.ts';
import { describe, NotOnPage } from './driver.ts';
import { inWords } from './label.ts';
import { emailScore, nextScore, signInScore, ssoScore } from './label-scores.ts';
import {
  type EitherDriver,
  type FoundField,
  type PageParts,
  type PlainHint,
  type Pressable,
  partsOf,
} from './page-parts.ts';

type Start = ({ press: string } | { fill: PlainHint; with: string })[];

/** The part of a recipe that was found. */
export interface FoundSignIn {
  page: string;
  email?: PlainHint;
  next?: string;
  sso?: string;
  /** Where a script changes the page on the way. */
  start?: Start;
}

export interface Detected {
  signIn: FoundSignIn;
  /** Where its pages are. */
  origins: readonly string[];
  /** One line for each thing that was found. */
  found: readonly string[];
  /** One line for each thing that was not found: how to add it to the recipe. */
  missing: readonly string[];
  /** True if the way ended outside the product: then it is known. */
  isComplete: boolean;
}

export interface Detecting {
  /** Where a sign-in begins. */
  url: string;
  /** The email of the user who signs in. */
  address: string;
  /** True for URLs of the mock IdP. */
  isIdp: (url: string) => boolean;
}

/** A sign-in on its way. */
interface Walk extends Detecting {
  driver: EitherDriver;
  /** The page on which the sign-in begins. */
  page: string;
}

interface Step extends Detected {
  /** The page on which the sign-in really begins. */
  goOn?: string;
}

/** Walks at most this many pages. */
const mostPages = 3;

/** Signs no user in: it goes as far as the identity provider. */
export async function detectSignIn(driver: EitherDriver, detecting: Detecting): Promise<Detected> {
  const found: string[] = [];
  let page = detecting.url;
  for (let pages = 1; ; pages++) {
    await driver.open(page);
    const { goOn, ...detected } = await detectOn({ ...detecting, driver, page });
    found.push(...detected.found);
    if (goOn === undefined || pages === mostPages) return { ...detected, found };
    page = goOn;
  }
}

const step = ({ page, url }: Walk, parts: Partial<Step>): Step => ({
  signIn: { page },
  origins: [new URL(url).origin],
  found: [],
  missing: [],
  isComplete: false,
  ...parts,
});

/** Where a page that seems to belong to the product, or to an identity provider, was reached at once. */
async function detectOn(walk: Walk): Promise<Step> {
  const { driver, url, isIdp } = walk;
  const look = await driver.look();
  if (isIdp(look.url)) return step(walk, { found: ['It leads at once to the mock IdP.'], isComplete: true });
  if (look.isUnreachable)
    return step(walk, {
      missing: [`The sign-in page. ${look.text} Then add signIn.email and signIn.next, or signIn.sso.`],
    });
  const parts = await partsOf(driver);
  const [home, origin] = [new URL(url).origin, new URL(look.url).origin];
  if (origin === home) return detectIn(walk, parts);
  if (bestOf(parts.pressables, ssoScore) === undefined)
    return step(walk, { found: [`It leads at once to ${origin}, which seems to be an IdP.`], isComplete: true });
  const { found, ...there } = await detectIn(walk, parts);
  const moved = `It leads to ${origin}, which seems to belong to the product (origins).`;
  return { ...there, origins: [home, origin], found: [moved, ...found] };
}

async function detectIn(walk: Walk, { fields, pressables }: PageParts): Promise<Step> {
  const email = bestOf(fields, emailScore);
  const password = fields.find(({ type }) => type === 'password');
  const sso = bestOf(pressables, ssoScore);
  if (email !== undefined && sso?.form !== undefined && sso.form === email.form) return byEmail(walk, email, sso);
  if (sso !== undefined) return byButton(walk, sso);
  if (email === undefined) {
    const only = password === undefined ? bestOf(pressables, signInScore) : undefined;
    return only === undefined ? notFound(walk) : byButton(walk, only);
  }
  if (password !== undefined && password.form === email.form)
    return step(walk, {
      missing: [
        `The button or link for single sign-on: the page asks for an email (${inWords(email.hint)}) and a password. ` +
          'Add its label as signIn.sso, or the page on which single sign-on begins as signIn.page.',
      ],
    });
  const next = nextTo(email, pressables);
  if (next !== undefined) return byEmail(walk, email, next);
  return step(walk, {
    signIn: { page: walk.page, email: email.hint },
    found: [`The email field ${inWords(email.hint)}.`],
    missing: ['The button after the email. Add its label as signIn.next.'],
  });
}

function nextTo(email: FoundField, pressables: readonly Pressable[]): Pressable | undefined {
  const buttons = pressables.filter(({ isLink }) => !isLink);
  const inForm = buttons.filter(({ form }) => form === email.form);
  return (
    bestOf(inForm, nextScore) ??
    bestOf(
      buttons.filter(({ form }) => form === undefined),
      nextScore,
    )
  );
}

const notFound = async (walk: Walk): Promise<Step> =>
  step(walk, {
    missing: [
      `An email field, or a button or link for single sign-on. ${describe('Sam', await walk.driver.look())} ` +
        'Add signIn.email and signIn.next, or signIn.sso.',
    ],
  });

/** Enters the email, and looks where that leads. */
async function byEmail(walk: Walk, email: FoundField, next: Pressable): Promise<Step> {
  const { driver, page, address } = walk;
  const signIn = { page, email: email.hint, next: next.label };
  const found = [`The email field ${inWords(email.hint)}, and the button “${next.label}”.`];
  await driver.fill(email.hint, address);
  const end = await press(walk, next.label);
  if (end.isOutside) return step(walk, { signIn, found: [...found, end.sentence], isComplete: true });
  const { fields, pressables } = await partsOf(driver);
  const sso = bestOf(pressables, ssoScore);
  if (sso === undefined && fields.some(({ type }) => type === 'password'))
    return step(walk, {
      signIn,
      found: [...found, `The product then asks for a password: it does not send ${address} to an IdP yet.`],
    });
  if (sso === undefined) return step(walk, { signIn, found: [...found, end.sentence] });
  const afterSso = await press(walk, sso.label);
  return step(walk, {
    signIn: { ...signIn, sso: sso.label },
    found: [...found, `Then the button or link “${sso.label}”. ${afterSso.sentence}`],
    isComplete: afterSso.isOutside,
  });
}

/** Presses the button for single sign-on, or follows the link, and looks where that leads. */
async function byButton(walk: Walk, { label }: Pressable): Promise<Step> {
  const { driver, page } = walk;
  const end = await press(walk, label);
  const signIn = { page, sso: label };
  const found = [`The button or link “${label}”.`];
  if (end.isOutside) return step(walk, { signIn, found: [...found, end.sentence], isComplete: true });
  const parts = await partsOf(driver);
  const email = bestOf(parts.fields, emailScore);
  if (email === undefined) return step(walk, { signIn, found: [...found, end.sentence] });
  if (parts.url !== '' && withoutQuery(parts.url) !== withoutQuery(page))
    return step(walk, {
      found: [`${found[0]} It leads to ${withoutQuery(parts.url)}, where sign-ins begin.`],
      goOn: parts.url,
    });
  return inDialog(walk, label, { email, next: nextTo(email, parts.pressables) });
}

/** A script shows the email field after the button, on the same page. */
async function inDialog(
  walk: Walk,
  label: string,
  { email, next }: { email: FoundField; next: Pressable | undefined },
): Promise<Step> {
  const found = `The button or link “${label}”, which shows a form.`;
  const start: Start = [{ press: label }, { fill: email.hint, with: '{email}' }];
  if (next === undefined)
    return step(walk, {
      signIn: { page: walk.page, start },
      found: [found],
      missing: ['The button after the email. Add {"press": its label} to signIn.start.'],
    });
  const { signIn, ...rest } = await byEmail(walk, email, next);
  start.push({ press: next.label });
  if (signIn.sso !== undefined) start.push({ press: signIn.sso });
  return { ...rest, signIn: { page: walk.page, start }, found: [found, ...rest.found] };
}

interface End {
  /** True if the product has sent the browser elsewhere. */
  isOutside: boolean;
  sentence: string;
}

async function press({ driver, url, isIdp }: Walk, label: string): Promise<End> {
  try {
    await pressOrFollow(driver, label);
  } catch (error) {
    if (!(error instanceof NotOnPage)) throw error;
    return { isOutside: false, sentence: error.message };
  }
  const look = await driver.look();
  if (isIdp(look.url)) return { isOutside: true, sentence: 'It leads to the mock IdP.' };
  if (look.isUnreachable) return unreachable(look.text, url);
  const { origin } = new URL(look.url);
  if (origin !== new URL(url).origin)
    return { isOutside: true, sentence: `It leads to ${origin}: the product does not know the mock IdP yet.` };
  const sentence = `It does not lead to an IdP yet. ${describe('Sam', look)}`;
  return { isOutside: false, sentence };
}

/** The text names the page that could not be opened. */
function unreachable(text: string, url: string): End {
  const origin = URL.parse(/https?:\/\/[^\s?#]+/.exec(text)?.[0] ?? '')?.origin;
  if (origin === undefined || origin === new URL(url).origin) return { isOutside: false, sentence: text };
  const sentence = `It leads to ${origin}, which does not respond: the product does not know the mock IdP yet.`;
  return { isOutside: true, sentence };
}

const withoutQuery = (url: string): string => url.split(/[?#]/)[0]!;

/** The first of those with the highest score; undefined if all have none. */
function bestOf<Thing>(things: readonly Thing[], score: (thing: Thing) => number): Thing | undefined {
  const highest = Math.max(0, ...things.map(score));
  return highest === 0 ? undefined : things.find((one) => score(one) === highest);
}
