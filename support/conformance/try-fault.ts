/** Tries one fault or delivery, followed by a valid sign-in after a rejection. */
import type { FaultRow } from '../catalogue/fault-expectation.ts';
import { slowdown } from '../stack/slowdown.ts';
import type { Delivery } from './delivery.ts';
import { type Examinee, encryptsAll, type Row, rowHead, untried } from './examination.ts';
import type { Attempt, Guest, OpenGuest, SignInOptions } from './guest.ts';
import { type Circumstances, judge, type Recovery } from './judge.ts';
import type { PlannedFault } from './planned-faults.ts';

export interface Tried {
  row: Row;
  /** Why sign-in no longer works; undefined if it does. */
  silent: string | undefined;
  /** A valid sign-in had no reply within the time limit, and worked later. */
  isLate?: boolean;
}

export interface FaultOptions {
  examinee: Examinee;
  /** Opens another browser. */
  open: OpenGuest;
  planned: PlannedFault;
  /** True if the service provider accepts a valid encrypted assertion. */
  acceptsEncrypted: boolean;
  /** How long it takes over a valid response, in milliseconds. */
  validMs: number | undefined;
}

export async function tryFault(options: FaultOptions): Promise<Tried> {
  const { examinee, open, planned } = options;
  const { phrase, fault, row } = planned;
  const { app, config } = examinee;
  const why = whyImpossible(options);
  if (why !== undefined)
    return { row: { ...untried(rowHead(phrase, fault), why), isInapplicable: true }, silent: undefined };

  const begin = performance.now();
  await app.encrypt(encryptsAll(config) || (app.decrypts && row.settings !== undefined));
  if (row.signedInBefore) await open().signIn();
  if (row.requestElsewhere) await open().begin();
  await app.arrange(phrase);
  const guest = open();
  const tried = await guest.signIn(signInFor(options));
  // Measuring arranges it again.
  const struck = await app.struck();
  const { attempt, busy } = await measure(tried, options);
  await app.arrange();
  return conclude({ examinee, tried: planned, attempt, struck, busy, guest, open, begin });
}

export async function tryDelivery({
  examinee,
  open,
  delivery,
}: Pick<FaultOptions, 'examinee' | 'open'> & { delivery: Delivery }): Promise<Tried> {
  const { app, config } = examinee;
  const begin = performance.now();
  await app.encrypt(encryptsAll(config));
  const attempt = await delivery.play({ app, open });
  await app.arrange();
  await app.encrypt(encryptsAll(config));
  return conclude({ examinee, tried: delivery, attempt, struck: true, guest: open(), open, begin });
}

/** Signs in again after a rejection, and judges the attempt. */
async function conclude({
  examinee: { user, config },
  tried: { phrase, fault, row },
  attempt,
  struck,
  busy,
  guest,
  open,
  begin,
}: Pick<Circumstances, 'attempt' | 'struck' | 'busy'> & {
  examinee: Examinee;
  tried: PlannedFault | Delivery;
  guest: Guest;
  open: OpenGuest;
  begin: number;
}): Promise<Tried> {
  const { recovered, silent } =
    attempt.signedIn === undefined
      ? await signsInAgain(config, { guest, open })
      : { recovered: undefined, silent: undefined };
  const { unwanted, demands, hardened } = config;
  const knowsSkew = (config.skewMinutes ?? 0) > 0;
  const judgement = judge({
    fault,
    row,
    attempt,
    struck,
    user,
    unwanted,
    demands,
    hardened,
    knowsSkew,
    recovered,
    busy,
  });
  return {
    row: {
      ...rowHead(phrase, fault),
      ...judgement,
      signedInAs: attempt.signedIn?.as ?? null,
      ...(attempt.signedIn === undefined && attempt.broken !== undefined
        ? {}
        : { isSignedIn: attempt.signedIn !== undefined }),
      sent: attempt.sent ?? null,
      reply: attempt.reply ?? null,
      tookMs: performance.now() - begin,
      // It does not strike at a response for this service provider, such as one without a request.
      ...(struck || attempt.broken !== undefined ? {} : { isInapplicable: true }),
    },
    silent,
    isLate: recovered === 'late',
  };
}

/**
 * So many times the time limit, a service provider may be busy with a response before it counts as out of service, and
 * longer as far as other work slows down the machine.
 */
const patience = 30;

/**
 * In the same browser or, if that fails, in a new one, so that a broken session does not affect the following rows. How
 * long a response keeps the service provider busy depends on the machine, so a late reply is waited for.
 */
async function signsInAgain(
  { timeoutSeconds }: Examinee['config'],
  { guest, open }: { guest: Guest; open: OpenGuest },
): Promise<Pick<Tried, 'silent'> & { recovered: Recovery }> {
  const silent = undefined;
  const here = await guest.signIn();
  if (here.signedIn !== undefined) return { recovered: 'here', silent };
  const { signedIn, broken } = await open().signIn();
  // Without a reply, it was not this browser that could not sign in.
  if (signedIn !== undefined) return { recovered: here.isLate ? 'late' : 'elsewhere', silent };
  if (broken === undefined) return { recovered: 'nowhere', silent: 'the valid sign-in was rejected' };
  const late = await open(patience * slowdown() * timeoutSeconds).signIn();
  return late.signedIn === undefined ? { recovered: 'nowhere', silent: broken } : { recovered: 'late', silent };
}

const signInFor = ({ examinee, open, planned: { row } }: FaultOptions): SignInOptions => ({
  ...(row.fromPortal ? { startAt: examinee.app.portal } : {}),
  ...(row.postedTwice ? { thief: open() } : {}),
});

const timedOut = ({ cut, tookMs = 0 }: Attempt, { timeoutSeconds }: Examinee['config']): boolean =>
  cut !== undefined && tookMs >= timeoutSeconds * 1_000;

/** In valid responses, for any response. */
const leastAllowed = 50;

/**
 * True if it is worth measuring. The valid one was measured earlier, when the machine was perhaps busier and the
 * service provider had just started.
 */
const seemsBusy = ({ tookMs }: Attempt, validMs: number | undefined): boolean =>
  tookMs !== undefined && validMs !== undefined && tookMs >= (leastAllowed / 10) * validMs;

/**
 * A response that takes longer than this many valid ones keeps the service provider busy. Work in proportion to the
 * length as sent gains an attacker nothing, because many short responses cost as much. The service providers of the
 * report card are at least a factor of 1.5 away from the limit, so that noise does not change their results.
 */
const allowed = ({ expands }: FaultRow, timesAsLong: number): number =>
  expands ? leastAllowed : Math.min(1_000, Math.max(leastAllowed, 2 * timesAsLong));

type Measured = Pick<Circumstances, 'attempt' | 'busy'>;

/** Times to tell, and the ratio of the response's time to what is allowed. */
type Measurement = NonNullable<Circumstances['busy']> & { again: Attempt; share: number };

/**
 * Tries a response again if its reply took long, and compares it with valid ones at the same time, until two results
 * agree. If it takes no longer than is allowed, a reply that came too late is waited for.
 */
async function measure(tried: Attempt, options: FaultOptions): Promise<Measured> {
  const isLate = timedOut(tried, options.examinee.config);
  const unmeasured: Measured = { attempt: isLate ? { ...tried, broken: tried.cut } : tried, busy: undefined };
  if (!isLate && !seemsBusy(tried, options.validMs)) return unmeasured;
  const [long, short]: [Measurement[], Measurement[]] = [[], []];
  // One that is far from the limit needs no second look.
  while (long.length < 2 && short.length < 2 && !short.some(({ share }) => share < 1 / 3)) {
    const next = await measureOnce(tried, options);
    if (next === undefined) return unmeasured;
    (next.share < 1 ? short : long).push(next);
  }
  if (long.length < 2) return isLate ? { attempt: short[0]!.again, busy: undefined } : unmeasured;
  const { again: _, share: __, ...busy } = long.toSorted((one, other) => one.ms - other.ms)[0]!;
  return { attempt: tried, busy };
}

/** Undefined if it cannot be compared. */
async function measureOnce(tried: Attempt, options: FaultOptions): Promise<Measurement | undefined> {
  const { examinee, open, planned } = options;
  await examinee.app.arrange();
  const valid = await measureValid(open);
  if (valid === undefined) return undefined;
  const timesAsLong = (tried.sent ?? '').length / valid.length;
  const allowedMs = allowed(planned.row, timesAsLong) * valid.ms;
  await examinee.app.arrange(planned.phrase);
  const again = await open((1.2 * allowedMs) / 1_000).signIn(signInFor(options));
  const { tookMs: ms } = again;
  if (ms === undefined) return undefined;
  return { ms, isAtLeast: again.isLate, validMs: valid.ms, timesAsLong, again, share: ms / allowedMs };
}

/** Valid responses in one measurement. */
const validOnes = 20;

/** Mean time and greatest length. Undefined unless each of them signed the user in. */
async function measureValid(open: () => Guest): Promise<{ ms: number; length: number } | undefined> {
  let [ms, length] = [0, 1];
  for (let count = 0; count < validOnes; count++) {
    const { signedIn, tookMs, sent = '' } = await open().signIn();
    if (signedIn === undefined || tookMs === undefined) return undefined;
    ms += Math.max(1, tookMs) / validOnes;
    length = Math.max(length, sent.length);
  }
  return { ms, length };
}

/** Why the fault cannot be tried; undefined if it can. */
function whyImpossible({
  examinee: { app, config },
  planned: { row },
  acceptsEncrypted,
}: FaultOptions): string | undefined {
  const { requires, settings }: FaultRow = row;
  if (requires === 'a second application' && config.second === undefined)
    return 'the configuration has no second organization';
  if (requires === 'no certificate') return app.decrypts ? 'the service provider has a decryption key' : undefined;
  if (requires === 'a request of its own' && config.signIn === app.portal) return 'there is no request';
  if (settings === undefined) return undefined;
  if (!app.decrypts) return 'the service provider published no encryption certificate';
  return acceptsEncrypted || requires === 'a certificate'
    ? undefined
    : 'a valid encrypted assertion was rejected, so a rejection shows nothing';
}
