/** Tries one fault or delivery at a service provider, and signs in honestly again after a rejection. */
import type { FaultRow } from '../catalogue/fault-expectation.ts';
import type { Delivery } from './delivery.ts';
import { type Examinee, encryptsAll, factsOf, type Row, untried } from './examination.ts';
import type { Attempt, Guest, SignInOptions } from './guest.ts';
import { type Circumstances, judge, type Recovery } from './judge.ts';
import type { PlannedFault } from './planned-faults.ts';

export interface Tried {
  row: Row;
  /** Why no sign-in works any more; undefined where one does. */
  silent: string | undefined;
}

export interface FaultOptions {
  examinee: Examinee;
  /** Opens another browser. */
  open: () => Guest;
  planned: PlannedFault;
  /** The service provider accepts an honest encrypted assertion. */
  acceptsEncrypted: boolean;
  /** How long it takes over an honest message, in milliseconds. */
  honestMs: number | undefined;
}

export async function tryFault(options: FaultOptions): Promise<Tried> {
  const { examinee, open, planned, honestMs } = options;
  const { phrase, fault, row } = planned;
  const { app, config } = examinee;
  const why = impossible(options);
  if (why !== undefined) return { row: untried(factsOf(phrase, fault), why), silent: undefined };

  const begin = performance.now();
  await app.encrypt(encryptsAll(config) || (app.decrypts && row.settings !== undefined));
  if (row.signedInBefore) await open().signIn();
  if (row.requestElsewhere) await open().begin();
  await app.arrange(phrase);
  const guest = open();
  const attempt = await guest.signIn(signInFor(options));
  const busy = seemsBusy(attempt, honestMs) ? await busyFor(options) : undefined;
  const struck = await app.struck();
  await app.arrange(undefined);
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
  await app.arrange(undefined);
  await app.encrypt(encryptsAll(config));
  return conclude({ examinee, tried: delivery, attempt, struck: true, guest: open(), open, begin });
}

/** Signs in honestly after a rejection, and judges the attempt. */
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
  open: () => Guest;
  begin: number;
}): Promise<Tried> {
  const { recovered, silent } =
    attempt.signedIn === undefined ? await signsInAgain(guest, open) : { recovered: undefined, silent: undefined };
  const { unwanted, demands, hardened } = config;
  const judgement = judge({ fault, row, attempt, struck, user, unwanted, demands, hardened, recovered, busy });
  return {
    row: {
      ...factsOf(phrase, fault),
      ...judgement,
      signedInAs: attempt.signedIn?.as ?? null,
      sent: attempt.sent ?? null,
      answer: attempt.answer ?? null,
      tookMs: performance.now() - begin,
    },
    silent,
  };
}

/** In the same browser; if that fails, in a fresh one, so that one broken session does not spoil all that follows. */
async function signsInAgain(guest: Guest, open: () => Guest): Promise<Pick<Tried, 'silent'> & { recovered: Recovery }> {
  if ((await guest.signIn()).signedIn !== undefined) return { recovered: 'here', silent: undefined };
  const { signedIn, broken = 'the honest sign-in was refused' } = await open().signIn();
  return signedIn === undefined
    ? { recovered: 'nowhere', silent: broken }
    : { recovered: 'elsewhere', silent: undefined };
}

const signInFor = ({ examinee, open, planned: { row } }: FaultOptions): SignInOptions => ({
  ...(row.fromPortal ? { startAt: examinee.app.portal } : {}),
  ...(row.postedTwice ? { thief: open() } : {}),
});

/** A message is costly when it takes as long as so many honest ones, sent one after the other. */
const manyHonest = 20;

/** Reason enough to measure it. */
const seemsBusy = ({ answer }: Attempt, honestMs: number | undefined): boolean =>
  answer?.tookMs !== undefined && honestMs !== undefined && answer.tookMs >= manyHonest * honestMs;

/**
 * How long the message keeps the service provider busy; undefined when that is not much. It is compared with many
 * honest messages in the same breath, twice: whatever else slows the machine down slows down both.
 */
async function busyFor(options: FaultOptions): Promise<Circumstances['busy']> {
  const { examinee, open, planned } = options;
  const measured: NonNullable<Circumstances['busy']>[] = [];
  for (let round = 0; round < 2; round++) {
    await examinee.app.arrange(undefined);
    const honest = await honestMessages(open);
    await examinee.app.arrange(planned.phrase);
    const { answer, sent = '' } = await open().signIn(signInFor(options));
    if (honest === undefined || answer?.tookMs === undefined) return undefined;
    // A longer message may take longer, though not all of an honest one's time depends on its length.
    const explained = Math.max(1, sent.length / honest.length / 4 / manyHonest);
    if (answer.tookMs < honest.ms * explained) return undefined;
    measured.push({ ms: answer.tookMs, honestMs: honest.ms / manyHonest });
  }
  return measured.toSorted((one, other) => one.ms - other.ms)[0];
}

/** How long they took altogether, and the length of one. Undefined unless each signed the user in. */
async function honestMessages(open: () => Guest): Promise<{ ms: number; length: number } | undefined> {
  let [ms, length] = [0, 1];
  for (let count = 0; count < manyHonest; count++) {
    const { signedIn, answer, sent = '' } = await open().signIn();
    if (signedIn === undefined || answer?.tookMs === undefined) return undefined;
    ms += Math.max(1, answer.tookMs);
    length = Math.max(length, sent.length);
  }
  return { ms, length };
}

/** Why the fault cannot be tried. */
function impossible({
  examinee: { app, config },
  planned: { row },
  acceptsEncrypted,
}: FaultOptions): string | undefined {
  const { requires, settings }: FaultRow = row;
  if (requires === 'a second application') return 'the stand knows one application of this service provider only';
  if (requires === 'no certificate') return app.decrypts ? 'the service provider has a key' : undefined;
  if (requires === 'a request of its own' && config.signIn === app.portal) return 'there is no request';
  if (settings === undefined) return undefined;
  if (!app.decrypts) return 'the service provider published no certificate for encryption';
  return acceptsEncrypted || requires === 'a certificate'
    ? undefined
    : 'an honest encrypted assertion was refused, so a refusal proves nothing';
}
