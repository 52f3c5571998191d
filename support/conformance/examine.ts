/** Puts a service provider on the stand: an honest sign-in first, then every fault, each followed by an honest sign-in when it was refused. It writes no report. */
import type { Fault } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import { circumstances } from '../catalogue/circumstances.ts';
import { expectations } from '../catalogue/expectations.ts';
import { BaselineRefused } from './baseline.ts';
import { ConfigRefused, type StandConfig } from './config.ts';
import { type Delivery, encrypted, fromPortal } from './delivery.ts';
import { type Attempt, createGuest, type Guest, type GuestOptions, type SignInOptions } from './guest.ts';
import { addressesOf, mayReach, refuseStrangers } from './hosts.ts';
import { type Circumstances, type Judgement, judge, type Recovery } from './judge.ts';
import type { App, Stand } from './stand.ts';

export interface Row extends Judgement {
  phrase: string;
  code: string;
  sentence: string;
  rule: string;
  expected: 'accept' | 'reject' | 'policy';
  /** Who was signed in afterwards; null when nobody was or when that is not told. */
  signedInAs: string | null;
  sent: string | null;
  answer: NonNullable<Attempt['answer']> | null;
  tookMs: number;
}

export interface Examination {
  name: string;
  /** Of the service provider, where that is known. */
  version?: string | undefined;
  entityId: string;
  acs: readonly string[];
  at: string;
  tookMs: number;
  rows: readonly Row[];
}

export interface ExamineOptions {
  config: StandConfig;
  stand: Stand;
  /** Hosts other than this machine that may be attacked. */
  allowedHosts?: readonly string[];
  /** Only faults whose phrase or code holds one of these; all when empty. */
  only?: readonly string[];
  /** Makes browsers; scripted ones by default. */
  newGuest?: (options: GuestOptions) => Guest;
  onRow?: (row: Row, done: number, planned: number) => void;
  /** What this service provider can be asked for besides. */
  deliveries?: readonly Delivery[];
  /** Brings a service provider back that answers nobody any more. Without it, whatever was left to try is not verified. */
  restart?: (() => Promise<void>) | undefined;
}

/** Throws HostRefused before anything is sent elsewhere, ConfigRefused, and BaselineRefused. */
export async function examine({
  config: given,
  stand,
  allowedHosts = [],
  only = [],
  newGuest = createGuest,
  onRow = () => undefined,
  deliveries = [],
  restart,
}: ExamineOptions): Promise<Examination> {
  const begin = performance.now();
  refuseStrangers(addressesOf(given), allowedHosts);
  const app = await stand.register(given);
  const config = given.signIn === 'portal' ? { ...given, signIn: app.portal } : given;
  refuseStrangers(app.acs, allowedHosts);
  const atIdp = (url: URL): boolean => url.host === stand.url.host;
  // The hosts of an honest sign-in are known; whatever leads elsewhere afterwards leads away.
  const seen = new Set<string>();
  let learning = true;
  const knows = (url: URL): boolean =>
    mayReach(url, allowedHosts) && (learning ? Boolean(seen.add(url.host)) : seen.has(url.host));
  const setting = { app, config, user: config.user.shownAs ?? config.user.nameId };
  /** Every guest who comes in the meantime leaves at its end. */
  async function withGuests<Result>(act: (open: () => Guest) => Promise<Result>): Promise<Result> {
    await using crowd = new AsyncDisposableStack();
    return await act(() =>
      crowd.use(
        newGuest({
          config,
          home: new URL(given.signIn === 'portal' ? app.acs[0]! : given.signIn),
          person: app.person,
          atIdp,
          knows,
        }),
      ),
    );
  }

  if (encryptsAll(config) && !app.decrypts)
    throw new ConfigRefused(`${config.name} demands encryption, and its metadata holds no certificate for it`);
  const honestMs = await withGuests((open) => baseline({ ...setting, open }));
  learning = false;
  const wanted = (name: string): boolean => only.length === 0 || only.some((words) => name.includes(words));
  const takesEncrypted =
    encryptsAll(config) ||
    (app.decrypts && (await withGuests((open) => encrypted.play({ app, open }))).signedIn !== undefined);
  const deliveriesToTry = [
    ...(app.decrypts && !encryptsAll(config) ? [encrypted] : []),
    ...(given.signIn === 'portal' ? [] : [fromPortal]),
    ...deliveries,
  ];
  const tries: Try[] = [
    ...deliveriesToTry
      .filter(({ phrase, fault }) => wanted(`${phrase} ${fault.code}`))
      .map(
        (delivery): Try => ({
          facts: factsOfDelivery(delivery),
          play: (open) => tryDelivery({ ...setting, delivery, open }),
        }),
      ),
    ...planned(wanted).map(
      ([phrase, said]): Try => ({
        facts: factsOf(phrase, said),
        play: (open) => attempt({ ...setting, phrase, said, open, encrypted: takesEncrypted, honestMs }),
      }),
    ),
  ];
  const rows: Row[] = [];
  let silencedBy: string | undefined;
  for (const { facts, play } of tries) {
    const { row, silent } =
      silencedBy === undefined
        ? await withGuests(play)
        : { row: untried(facts, `after “${silencedBy}” nobody could sign in any more`), silent: false };
    rows.push(row);
    onRow(row, rows.length, tries.length);
    if (!silent) continue;
    if (restart) await restart().then(() => withGuests((open) => baseline({ ...setting, open })));
    else silencedBy = facts.phrase;
  }
  return {
    name: config.name,
    entityId: app.entityId,
    acs: app.acs,
    at: new Date().toISOString(),
    tookMs: performance.now() - begin,
    rows,
  };
}

type Facts = Pick<Row, 'phrase' | 'code' | 'sentence' | 'rule' | 'expected'>;

/** One row to come. */
interface Try {
  facts: Facts;
  play(open: () => Guest): Promise<Tried>;
}

interface Tried {
  row: Row;
  /** Nobody could sign in any more afterwards. */
  silent: boolean;
}

/** Every fault of a message, with the amounts on both sides of its boundary. Faults of the server are left out: nothing reaches the service provider. */
function planned(wanted: (name: string) => boolean): [FaultPhrase, string][] {
  return (Object.entries(faults) as [FaultPhrase, Fault][])
    .filter(([, { transport }]) => transport === undefined)
    .flatMap(([phrase, { amount, code }]): [FaultPhrase, string][] => {
      if (!wanted(`${phrase} ${code}`)) return [];
      // Of a limit, how far beyond it makes a difference, too.
      const values =
        amount === undefined
          ? []
          : [amount.accept.at(-1), ...(limits.has(amount.unit) ? amount.reject : amount.reject.slice(-1))].filter(
              (value) => value !== undefined,
            );
      return values.length === 0
        ? [[phrase, phrase]]
        : values.map((value) => [phrase, phrase.replace(/\{\w+\}/, String(value))]);
    });
}

const limits: ReadonlySet<string> = new Set(['levels', 'megabytes', 'characters'] satisfies NonNullable<
  Fault['amount']
>['unit'][]);

/** Of a service provider that takes nothing else. */
const encryptsAll = ({ demands }: StandConfig): boolean => demands.includes('encryption');

/** Gives how many milliseconds the answer to the honest message took, where that was measured. */
async function baseline({
  app,
  config,
  open,
  user,
}: {
  app: App;
  config: StandConfig;
  open: () => Guest;
  user: string;
}): Promise<number | undefined> {
  await app.encrypt(encryptsAll(config));
  await app.arrange(undefined);
  const honest = await open().signIn();
  if (honest.ledAway !== undefined)
    throw new BaselineRefused(
      `the honest sign-in leads to ${honest.ledAway}; if that host belongs to the service provider, say so: --allow-host ${new URL(honest.ledAway).hostname}`,
      honest,
    );
  if (honest.signedIn === undefined)
    throw new BaselineRefused(
      honest.broken ??
        (honest.sent === undefined
          ? 'the sign-in never came to a SAML response'
          : 'the service provider signed nobody in after an honest response'),
      honest,
    );
  if (honest.signedIn.as !== null && honest.signedIn.as !== user)
    throw new BaselineRefused(
      `the honest response signed in “${honest.signedIn.as}”, and the configuration says that the user is shown as “${user}”`,
      honest,
    );
  return honest.answer?.tookMs;
}

async function tryDelivery({
  app,
  open,
  user,
  config,
  delivery,
}: Pick<Attempting, 'app' | 'open' | 'user' | 'config'> & { delivery: Delivery }): Promise<Tried> {
  const begin = performance.now();
  await app.encrypt(encryptsAll(config));
  const outcome = await delivery.play({ app, open });
  await app.arrange(undefined);
  await app.encrypt(encryptsAll(config));
  const recovered = outcome.signedIn === undefined ? await signsInAgain(open(), open) : undefined;
  const judgement = judge({
    fault: delivery.fault,
    rejection: delivery.rejection,
    attempt: outcome,
    struck: true,
    user,
    unwanted: config.unwanted,
    demands: config.demands,
    hardened: config.hardened,
    recovered,
  });
  return {
    row: { ...factsOfDelivery(delivery), ...judgement, ...told(outcome), tookMs: performance.now() - begin },
    silent: recovered === 'nowhere',
  };
}

const described = (
  { code, sentence, rule }: Pick<Fault, 'code' | 'sentence' | 'rule'>,
  expected: Row['expected'],
): Pick<Row, 'code' | 'sentence' | 'rule' | 'expected'> => ({ code, sentence, rule, expected });
const told = ({ signedIn, sent, answer }: Attempt): Pick<Row, 'signedInAs' | 'sent' | 'answer'> => ({
  signedInAs: signedIn?.as ?? null,
  sent: sent ?? null,
  answer: answer ?? null,
});

interface Attempting {
  phrase: FaultPhrase;
  said: string;
  app: App;
  open: () => Guest;
  user: string;
  config: StandConfig;
  encrypted: boolean;
  /** How long the service provider takes over an honest message, in milliseconds. */
  honestMs: number | undefined;
}

/** The fault can strike only at an assertion that is encrypted for the service provider. */
const inEncryption = (code: string): boolean => circumstances(code).settings !== undefined;

/** The amount lies on the good side of the boundary. */
const isAccepted = (phrase: FaultPhrase, said: string): boolean =>
  (faults[phrase] as Fault).amount?.accept.some((value) => said === phrase.replace(/\{\w+\}/, String(value))) ?? false;

function factsOfDelivery({ phrase, fault }: Delivery): Facts {
  return { phrase, ...described(fault, typeof fault.verdict === 'string' ? fault.verdict : 'policy') };
}

function factsOf(phrase: FaultPhrase, said: string): Facts {
  const fault: Fault = faults[phrase];
  return {
    phrase: said,
    ...described(
      fault,
      isAccepted(phrase, said) ? 'accept' : typeof fault.verdict === 'string' ? fault.verdict : 'policy',
    ),
  };
}

const untried = (facts: Facts, why: string): Row => ({
  ...facts,
  result: 'not verified',
  why,
  signedInAs: null,
  sent: null,
  answer: null,
  tookMs: 0,
});

async function attempt({ phrase, said, app, open, user, config, encrypted, honestMs }: Attempting): Promise<Tried> {
  const fault: Fault = faults[phrase];
  const begin = performance.now();
  const accepted = isAccepted(phrase, said);
  const rejection = accepted ? null : expectations[phrase];
  const without = impossible(fault.code, { decrypts: app.decrypts, encrypted, asks: config.signIn !== app.portal });
  if (without !== undefined) return { row: untried(factsOf(phrase, said), without), silent: false };

  await app.encrypt(encryptsAll(config) || (app.decrypts && inEncryption(fault.code)));
  await prepare(fault.code, open);
  await app.arrange(said);
  const guest = open();
  const how = (): SignInOptions => ({
    ...(circumstances(fault.code).fromPortal ? { startAt: app.portal } : {}),
    ...(twice.has(fault.code) ? { thief: open() } : {}),
  });
  /** A machine may hesitate by chance, but not over one message and over no other. */
  async function longAgain(): Promise<Circumstances['busy']> {
    await app.arrange(undefined);
    const honest = await open().signIn({});
    await app.arrange(said);
    return longTimeOver(await open().signIn(how()), Math.max(honestMs ?? 0, honest.answer?.tookMs ?? Infinity));
  }
  const outcome = await guest.signIn(how());
  const busy = longTimeOver(outcome, honestMs) && (await longAgain());
  const struck = await app.struck();
  await app.arrange(undefined);
  const recovered = outcome.signedIn === undefined ? await signsInAgain(guest, open) : undefined;
  const judgement = judge({
    fault: accepted ? { ...fault, verdict: 'accept' } : fault,
    rejection,
    attempt: outcome,
    struck,
    user,
    unwanted: config.unwanted,
    demands: config.demands,
    hardened: config.hardened,
    recovered,
    ...(busy ? { busy } : {}),
  });
  return {
    row: { ...factsOf(phrase, said), ...judgement, ...told(outcome), tookMs: performance.now() - begin },
    silent: recovered === 'nowhere',
  };
}

/** How long the answer took, where that is so much longer than honest ones take, and than a message of this size may, that whoever sends a few of them keeps others waiting. */
function longTimeOver({ answer, sent = '' }: Attempt, honestMs: number | undefined): Circumstances['busy'] {
  const ms = answer?.tookMs;
  return ms !== undefined &&
    honestMs !== undefined &&
    ms >= Math.max(500, 10 * honestMs, 100 * (sent.length / 1_000_000))
    ? { ms, honestMs }
    : undefined;
}

/** The second of two posts, or the message of another sign-in, comes from another browser: there it shows who got in by it. */
const twice = new Set(['replay-same-response', 'onetimeuse-twice']);
const besideAnother = new Set(['in-response-to-other-session', 'in-response-to-unpaired', 'login-csrf']);

async function prepare(code: string, open: () => Guest): Promise<void> {
  if (circumstances(code).signedInBefore) await open().signIn();
  if (besideAnother.has(code)) await open().begin();
}

/** Why a fault cannot be tried. `asks`: the service provider sends requests. */
function impossible(
  code: string,
  { decrypts, encrypted, asks }: { decrypts: boolean; encrypted: boolean; asks: boolean },
): string | undefined {
  if (code === 'cross-tenant-issuer') return 'the stand knows one application of this service provider only';
  if (code === 'encrypted-no-key-configured') return decrypts ? 'the service provider has a key' : undefined;
  if (!asks && code.endsWith('-before-request')) return 'there is no request';
  if (!inEncryption(code)) return undefined;
  if (!decrypts) return 'the service provider published no certificate for encryption';
  return encrypted || code === 'plain-when-encryption-required'
    ? undefined
    : 'an honest encrypted assertion was refused, so a refusal proves nothing';
}

/** In the same browser; if that fails, in a fresh one, so that one broken session does not spoil all that follows. */
async function signsInAgain(guest: Guest, open: () => Guest): Promise<Recovery> {
  if ((await guest.signIn()).signedIn !== undefined) return 'here';
  return (await open().signIn()).signedIn === undefined ? 'nowhere' : 'elsewhere';
}
