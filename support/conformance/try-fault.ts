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
  const busy = busyFor(attempt, honestMs) && (await busyAgain(options));
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

/** A machine may be slow by chance, but not twice with this message and never with an honest one. */
async function busyAgain(options: FaultOptions): Promise<Circumstances['busy']> {
  const { examinee, open, planned, honestMs } = options;
  await examinee.app.arrange(undefined);
  const honest = await open().signIn({});
  await examinee.app.arrange(planned.phrase);
  const again = await open().signIn(signInFor(options));
  return busyFor(again, Math.max(honestMs ?? 0, honest.answer?.tookMs ?? Infinity));
}

/**
 * How long the answer took, if that is far longer than for an honest message and than its size explains:
 * a few such messages keep other users waiting.
 */
function busyFor({ answer, sent = '' }: Attempt, honestMs: number | undefined): Circumstances['busy'] {
  const ms = answer?.tookMs;
  if (ms === undefined || honestMs === undefined) return undefined;
  return ms >= Math.max(500, 10 * honestMs, 100 * (sent.length / 1_000_000)) ? { ms, honestMs } : undefined;
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
