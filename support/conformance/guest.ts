/** One browser that signs in, scripted over HTTP, and what each attempt reports. */
import type { CookieJar } from 'tough-cookie';
import { cookieNames, type SignedIn, whoIsSignedIn } from '../product/signed-in.ts';
import { excerpt } from '../stack/excerpt.ts';
import { largestForeignReply, largestOwnReply, UnusableReply } from '../stack/foreign-reply.ts';
import type { Person } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Form, Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import type { StandConfig } from './config.ts';

export interface Attempt {
  signedIn: SignedIn;
  /** The field SAMLResponse as it was posted; undefined when the identity provider sent none. */
  sent: string | undefined;
  /** What the service provider answered to it, and after how many milliseconds where that was measured. */
  answer: { url: string; status: number; text: string; tookMs?: number } | undefined;
  /** The address of a stranger to which the service provider redirected. */
  ledAway: string | undefined;
  /** The page held what was sent as RelayState, unescaped. */
  echoed: boolean;
  /** Why it could not be tried to the end. */
  broken: string | undefined;
}

export interface SignInOptions {
  /** Where it begins; by default where the configuration says. */
  startAt?: string;
  /** Called when the identity provider asks for credentials. */
  atIdp?: (() => Promise<unknown>) | undefined;
  /** Another browser that posts the message instead of this one; the attempt reports that browser. */
  postedBy?: Guest | undefined;
  /** Another browser that posts the same message a second time; the attempt reports that browser. */
  thief?: Guest | undefined;
}

export interface Guest extends AsyncDisposable {
  signIn(options?: SignInOptions): Promise<Attempt>;
  /** Who is signed in now. */
  look(): Promise<SignedIn>;
  /** Goes as far as the identity provider and leaves its request waiting there. */
  begin(): Promise<void>;
  /** Another browser with the same cookies. */
  copy(): Promise<Guest>;
  /** Posts a message that another browser was given. */
  deliver(form: Form, from: URL): Promise<Attempt>;
}

export interface GuestOptions {
  config: StandConfig;
  /** Where the service provider's own pages are. */
  home: URL;
  /** Hosts of the service provider and of the identity provider; a redirect elsewhere is not followed. */
  knows: (url: URL) => boolean;
  /** Whether the address belongs to the identity provider. */
  atIdp: (url: URL) => boolean;
  person: Person;
}

export function createGuest(options: GuestOptions, jar?: CookieJar): Guest {
  const { config, knows, atIdp } = options;
  const visitor = createVisitor({
    timeoutMs: config.timeoutSeconds * 1_000,
    mayGo: knows,
    jar,
    largest: (url) => (atIdp(url) ? largestOwnReply : largestForeignReply),
  });
  const guest: ScriptedGuest = { ...options, visitor };
  return {
    signIn: (signIn) => signInAs(guest, signIn),
    look: () => look(guest),
    begin: () => begin(guest),
    copy: async () => createGuest(options, await visitor.jar.clone()),
    deliver: (form, from) => deliver(guest, form, from),
    // Nothing is held open: the connections belong to the process.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

interface ScriptedGuest extends GuestOptions {
  visitor: Visitor;
}

async function signInAs(
  guest: ScriptedGuest,
  { startAt = guest.config.signIn, atIdp, postedBy, thief }: SignInOptions = {},
): Promise<Attempt> {
  const forms: Form[] = [];
  try {
    const page = await signInScripted({
      spUrl: guest.home.origin,
      person: guest.person,
      visitor: guest.visitor,
      startAt,
      onCredentials: atIdp,
      onResponse: (form) => void forms.push(form),
    });
    const [form] = forms;
    if (form === undefined) return { ...nothing, ...ending(guest, page), signedIn: await look(guest, page) };
    if (postedBy !== undefined) return await postedBy.deliver(form, page.url);
    const first = await deliver(guest, form, page.url);
    if (thief === undefined) return first;
    if (first.signedIn === undefined) return { ...first, broken: firstRefused };
    return await thief.deliver(form, page.url);
  } catch (error) {
    return { ...nothing, broken: reason(error) };
  }
}

async function deliver(guest: ScriptedGuest, form: Form, from: URL): Promise<Attempt> {
  const field = (name: string): string | undefined => form.fields.find((one) => one.name === name)?.value;
  const [sent, relayState] = [field('SAMLResponse'), field('RelayState')];
  try {
    const begin = performance.now();
    const ended = await guest.visitor.submit(form, {}, { from });
    const tookMs = Math.round(performance.now() - begin);
    const { answer, ledAway } = ending(guest, ended);
    return {
      answer: { ...answer, tookMs },
      ledAway,
      signedIn: await look(guest, ended, ended.url.href !== form.action.href),
      sent,
      echoed: echoes(relayState, ended.body),
      broken: undefined,
    };
  } catch (error) {
    return { ...nothing, sent, broken: reason(error) };
  }
}

/** Who is signed in, by the page that the configuration names; by the page where the sign-in ended if it names none. */
async function look({ config, home, atIdp, visitor }: ScriptedGuest, ended?: Visit, led = false): Promise<SignedIn> {
  const { page: tells } = config.signedIn;
  // A guest who was led to that page has just seen it.
  const page =
    ended !== undefined && (tells === undefined || (led && ended.url.href === tells))
      ? ended
      : await visitor.visit(tells ?? home, { follow: (next) => !atIdp(next) });
  return whoIsSignedIn(config, {
    url: page.url,
    text: page.spacedText,
    body: page.body,
    cookies: await cookieNames(visitor.jar, page.url),
  });
}

function ending(
  { knows }: GuestOptions,
  { url, status, text, headers }: Visit,
): Pick<Attempt, 'ledAway'> & {
  answer: NonNullable<Attempt['answer']>;
} {
  const location = status >= 300 && status < 400 ? headers.get('location') : null;
  const target = location === null ? null : URL.parse(location, url);
  return {
    answer: { url: url.href, status, text: excerpt(text, 2_000) },
    ledAway: target === null || knows(target) ? undefined : target.href,
  };
}

async function begin({ config, atIdp, person, visitor }: ScriptedGuest): Promise<void> {
  const page = await visitor.visit(config.signIn);
  const address = page.forms.find(
    ({ fields }) => fields.some(({ type }) => type === 'email') && !fields.some(({ type }) => type === 'password'),
  );
  if (address === undefined || atIdp(page.url)) return;
  const emails = address.fields.filter(({ type }) => type === 'email');
  await visitor.submit(address, Object.fromEntries(emails.map(({ name }) => [name, person.address])), {
    from: page.url,
  });
}

/** Why an attempt proves nothing whose message should have been accepted once before. */
export const firstRefused = 'the first of the two was refused already, so the second proves nothing';

export const nothing: Attempt = {
  signedIn: undefined,
  sent: undefined,
  answer: undefined,
  ledAway: undefined,
  echoed: false,
  broken: undefined,
};

/** Whether it would be seen if a page held this RelayState as it came. */
export const mayEcho = (relayState: string | undefined): relayState is string =>
  relayState !== undefined && /[<>]/.test(relayState);

/** Markup of RelayState that a page holds as it came. */
export const echoes = (relayState: string | undefined, body: string): boolean =>
  mayEcho(relayState) && body.includes(relayState);

/** Why an attempt ended, in words. Whatever no page can cause is a mistake of the stand's own. */
export const reason = (error: unknown): string =>
  error instanceof UnusableReply ? error.message : `the stand itself failed: ${(error as Error).message}`;
