/** One browser that signs in once or again, scripted over HTTP: it reports what was sent, what came back and who is signed in, and judges nothing. */
import { load } from 'cheerio';
import type { CookieJar } from 'tough-cookie';
import type { Person } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import { createVisitor, type Form, type Visit } from '../stack/visitor.ts';
import type { StandConfig } from './config.ts';
import { cookieNames, type SignedIn, whoIsSignedIn } from './oracle.ts';

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
  /** Called when the identity provider asks who it is: whatever happens while the visitor is there. */
  atIdp?: (() => Promise<unknown>) | undefined;
  /** Another browser that posts the message in the place of this one: of that browser the attempt tells. */
  postedBy?: Guest | undefined;
  /** Another browser that posts the same message once more: of that browser the attempt tells. */
  thief?: Guest | undefined;
}

export interface Guest extends AsyncDisposable {
  signIn(options?: SignInOptions): Promise<Attempt>;
  /** Who is signed in by now, on the page that tells. */
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
  const { config, home, knows, atIdp, person } = options;
  const visitor = createVisitor({ timeoutMs: config.timeoutSeconds * 1_000, mayGo: knows, jar });
  /** Without a page of its own, where the configuration names one. */
  async function look(ended?: Visit, led = false): Promise<SignedIn> {
    const { page: tells } = config.signedIn;
    // Whoever was led to that page already has just seen it.
    const page =
      ended !== undefined && (tells === undefined || (led && ended.url.href === tells))
        ? ended
        : await visitor.visit(tells ?? home, { follow: (next) => !atIdp(next) });
    return whoIsSignedIn(config, {
      url: page.url,
      text: spaced(page),
      body: page.body,
      cookies: await cookieNames(visitor.jar, page.url),
    });
  }

  function ending({ url, status, text, headers }: Visit): {
    answer: NonNullable<Attempt['answer']>;
    ledAway: string | undefined;
  } {
    const location = status >= 300 && status < 400 ? headers.get('location') : null;
    const target = location === null ? null : URL.parse(location, url);
    return {
      answer: { url: url.href, status, text: text.slice(0, 2_000) },
      ledAway: target === null || knows(target) ? undefined : target.href,
    };
  }

  async function deliver(form: Form, from: URL): Promise<Attempt> {
    const field = (name: string): string | undefined => form.fields.find((one) => one.name === name)?.value;
    const [sent, relayState] = [field('SAMLResponse'), field('RelayState')];
    try {
      const begin = performance.now();
      const ended = await visitor.submit(form, {}, { from });
      const tookMs = Math.round(performance.now() - begin);
      const { answer, ledAway } = ending(ended);
      return {
        answer: { ...answer, tookMs },
        ledAway,
        signedIn: await look(ended, ended.url.href !== form.action.href),
        sent,
        echoed: echoes(relayState, ended.body),
        broken: undefined,
      };
    } catch (error) {
      return { ...nothing, sent, broken: reason(error) };
    }
  }

  return {
    deliver,
    look: () => look(),
    copy: async () => createGuest(options, await visitor.jar.clone()),
    async signIn({ startAt = config.signIn, atIdp: whenThere, postedBy, thief } = {}) {
      const forms: Form[] = [];
      try {
        const page = await signInScripted({
          spUrl: home.origin,
          person,
          visitor,
          startAt,
          onCredentials: whenThere,
          onResponse: (form) => void forms.push(form),
        });
        const [form] = forms;
        if (form === undefined) return { ...nothing, ...ending(page), signedIn: await look(page) };
        if (postedBy !== undefined) return await postedBy.deliver(form, page.url);
        const first = await deliver(form, page.url);
        if (thief === undefined) return first;
        if (first.signedIn === undefined)
          return { ...first, broken: 'the first of the two was refused already, so the second proves nothing' };
        return await thief.deliver(form, page.url);
      } catch (error) {
        return { ...nothing, broken: reason(error) };
      }
    },
    // Nothing is held open: the connections belong to the process.
    [Symbol.asyncDispose]: () => Promise.resolve(),
    async begin() {
      const page = await visitor.visit(config.signIn);
      const address = page.forms.find(
        ({ fields }) => fields.some(({ type }) => type === 'email') && !fields.some(({ type }) => type === 'password'),
      );
      if (address && !atIdp(page.url))
        await visitor.submit(
          address,
          Object.fromEntries(
            address.fields.filter(({ type }) => type === 'email').map(({ name }) => [name, person.address]),
          ),
          { from: page.url },
        );
    },
  };
}

/** The text of a page with a blank where an element begins or ends, so that neighbours do not run together. */
const spaced = ({ body, text, contentType }: Visit): string =>
  /html/.test(contentType)
    ? load(body.replace(/<(script|style)\b[^]*?<\/\1>/gi, '').replace(/<[^>]*>/g, ' '))
        .text()
        .replace(/\s+/g, ' ')
    : text;

export const nothing: Attempt = {
  signedIn: undefined,
  sent: undefined,
  answer: undefined,
  ledAway: undefined,
  echoed: false,
  broken: undefined,
};

/** Markup of RelayState that a page holds as it came. */
export const echoes = (relayState: string | undefined, body: string): boolean =>
  relayState !== undefined && /[<>]/.test(relayState) && body.includes(relayState);

export function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
