/** A person with drivers: the usual browser and others by name, each opened on first use. */
import type { Browser, Page } from 'playwright';
import { type Name, names } from '../catalogue/cast.ts';
import { type BrowserDriver, openBrowserDriver } from '../product/browser-driver.ts';
import { type Cookie, type Driver, type DriverLog, type Exchange, NeedsBrowser } from '../product/driver.ts';
import { createHttpDriver, type HttpDriver, type HttpDriverOptions } from '../product/http-driver.ts';
import type { Person } from '../stack/rehearsal.ts';
import type { Form } from '../stack/visit.ts';

export interface ActorOptions {
  /** Kind of the drivers; read when one is opened. */
  kind?: () => Driver['kind'];
  /** Records everything that the browsers do, including typed values, until keepTraces or the end. */
  trace?: boolean;
  /** True if the product changes its pages by script. */
  isSinglePage?: boolean | undefined;
}

export interface Actor extends Person, AsyncDisposable {
  /** The driver of this person's usual browser, or of another one. Over HTTP, a browser is a cookie jar. */
  driver(which?: string): Promise<Driver>;
  /** The driver that was used last, or the usual one. */
  current(): Promise<Driver>;
  /** The open drivers. */
  drivers(): Promise<readonly (readonly [which: string, driver: Driver])[]>;
  /** The browsers among them. */
  browsers(): Promise<readonly (readonly [which: string, driver: BrowserDriver])[]>;
  /** The page in a browser of this person; throws NeedsBrowser over HTTP. */
  page(which?: string): Promise<Page>;
  /**
   * Acts over HTTP with the cookies of the usual browser, and returns them afterwards. The person's page does not
   * change. For actions that are not part of the scenario, and for requests that no person sends.
   */
  unseen<Result>(
    act: (driver: HttpDriver) => Promise<Result>,
    options?: Pick<HttpDriverOptions, 'passesOn'>,
  ): Promise<Result>;
  /** Acts in a new browser, whose cookies are discarded: over HTTP, unless its pages may need script. */
  elsewhere<Result>(act: (driver: Driver) => Promise<Result>, options?: { mayNeedScript?: boolean }): Promise<Result>;
  /** The cookies of the usual browser. */
  cookies(): Promise<readonly Cookie[]>;
  /** Emails of the users who entered a password in this person's browsers, at the IdP or at the SP. */
  readonly signedInHere: Set<string>;
  /** Number of exchanges before the newest sign-in; undefined if none has started. */
  signInFrom: number | undefined;
  /** When and where this person last signed in with a password at the SP, by this machine's clock. */
  typedPassword: { at: number; how: 'password' | 'recovery' } | undefined;
  /** The response that the IdP issued for this person, if it was not posted. */
  keptResponse: Form | undefined;
  /** Requests of this person's drivers, oldest first. */
  readonly exchanges: readonly Exchange[];
  /** Writes the recording of each browser to `fileFor(browser)`. Does nothing without `trace`. */
  keepTraces(fileFor: (browser: string) => string): Promise<readonly string[]>;
  /** All session cookies that this person's drivers ever received from the SP. */
  sessionsSeen(): Promise<readonly string[]>;
  /** Script errors on the pages opened so far. */
  scriptErrors(): Promise<readonly string[]>;
}

/** An actor for each person of a rehearsal. */
export const createCast = (
  people: Readonly<Record<Name, Person>>,
  browser: () => Promise<Browser>,
  options: ActorOptions = {},
): Record<Name, Actor> =>
  Object.fromEntries(names.map((name) => [name, createActor(people[name], browser, options)])) as Record<Name, Actor>;

function createActor(
  person: Person,
  browser: () => Promise<Browser>,
  { kind = () => 'browser', trace = false, isSinglePage }: ActorOptions,
): Actor {
  const who = person.name;
  const log = createLog();
  const opened = new Map<string, Promise<Driver>>();
  /** Cookies for the usual browser before it is opened. */
  let waiting: readonly Cookie[] = [];
  let last = 'usual';

  const http = (options = {}): HttpDriver => createHttpDriver({ who, timeoutMs: 5_000, log, ...options });

  async function open(which: string): Promise<Driver> {
    const cookies = which === 'usual' ? waiting : [];
    if (kind() === 'browser')
      return openBrowserDriver({ who, browser: await browser(), cookies, trace, isSinglePage, log });
    const driver = http();
    await driver.takeCookies(cookies);
    return driver;
  }

  const driver = (which: string): Promise<Driver> => {
    const one = opened.get(which) ?? open(which);
    opened.set(which, one);
    return one;
  };

  /** Over HTTP, uses the same cookie jar. Otherwise copies the cookies, and copies them back afterwards. */
  async function unseen<Result>(act: (driver: HttpDriver) => Promise<Result>, options = {}): Promise<Result> {
    const usual = await (kind() === 'http' ? driver('usual') : opened.get('usual'));
    if (usual !== undefined && isHttp(usual)) return act(http({ jar: usual.visitor.jar, ...options }));
    const hidden = http(options);
    const before = (await usual?.cookies()) ?? waiting;
    await hidden.takeCookies(before);
    try {
      return await act(hidden);
    } finally {
      const after = await hidden.cookies();
      if (usual === undefined) waiting = after;
      else if (!areEqual(before, after)) {
        await usual.forgetCookies();
        await usual.takeCookies(after);
      }
    }
  }

  const drivers = (): Promise<(readonly [string, Driver])[]> =>
    Promise.all([...opened].map(async ([which, one]) => [which, await one] as const));

  return {
    ...person,
    ...recordings(log, { drivers, trace }),
    ...nothingYet(),
    driver(which = 'usual') {
      last = which;
      return driver(which);
    },
    current: () => driver(last),
    drivers,
    async page(which = 'usual') {
      last = which;
      const one = await driver(which);
      if (!isBrowser(one)) throw new NeedsBrowser(who, 'show a page');
      return one.page;
    },
    unseen,
    elsewhere: async (act, { mayNeedScript } = {}) => actIn(mayNeedScript ? await open('new') : http(), act),
    cookies: async () => (await (await opened.get('usual'))?.cookies()) ?? waiting,
    async [Symbol.asyncDispose]() {
      for (const one of opened.values()) await (await one)[Symbol.asyncDispose]();
      opened.clear();
    },
  };
}

async function actIn<Result>(driver: Driver, act: (driver: Driver) => Promise<Result>): Promise<Result> {
  await using one = driver;
  return await act(one);
}

const nothingYet = (): Pick<Actor, 'signedInHere' | 'signInFrom' | 'typedPassword' | 'keptResponse'> => ({
  signedInHere: new Set(),
  signInFrom: undefined,
  typedPassword: undefined,
  keptResponse: undefined,
});

type Log = ReturnType<typeof createLog>;

/** Records of the drivers. */
function recordings(
  log: Log,
  { drivers, trace }: Pick<Actor, 'drivers'> & { trace: boolean },
): Pick<Actor, 'exchanges' | 'sessionsSeen' | 'browsers' | 'keepTraces' | 'scriptErrors'> {
  const browsers = async (): Promise<[string, BrowserDriver][]> =>
    (await drivers()).flatMap(([which, one]): [string, BrowserDriver][] => (isBrowser(one) ? [[which, one]] : []));
  return {
    exchanges: log.exchanges,
    sessionsSeen: log.sessionsSeen,
    browsers,
    scriptErrors: async () => (await browsers()).flatMap(([, { scriptErrors }]) => scriptErrors),
    async keepTraces(fileFor) {
      if (!trace) return [];
      const all = await browsers();
      await Promise.all(all.map(([which, one]) => one.keepTrace(fileFor(which))));
      return all.map(([which]) => fileFor(which));
    },
  };
}

const isHttp = (driver: Driver): driver is HttpDriver => driver.kind === 'http';
const isBrowser = (driver: Driver): driver is BrowserDriver => driver.kind === 'browser';

const areEqual = (some: readonly Cookie[], others: readonly Cookie[]): boolean => {
  const lines = (cookies: readonly Cookie[]): string =>
    cookies
      .map(({ name, value, domain, path }) => `${domain}${path} ${name}=${value}`)
      .toSorted()
      .join('\n');
  return lines(some) === lines(others);
};

/** Requests of a person's drivers, and the sessions that they received. */
function createLog(): DriverLog & { exchanges: Exchange[]; sessionsSeen(): Promise<string[]> } {
  const exchanges: Exchange[] = [];
  const lines: Promise<readonly string[]>[] = [];
  return {
    exchanges,
    exchange: (one) => void exchanges.push(one),
    setCookies: (of) => void lines.push(of),
    async sessionsSeen() {
      const secrets = (await Promise.all(lines)).flat().flatMap((line) => /^sp_session=([^;]+)/.exec(line)?.[1] ?? []);
      return [...new Set(secrets)];
    },
  };
}
