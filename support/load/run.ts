/** A load test from its target to its result: one sign-in first, then k6. */
import type { Product } from '../product/product.ts';
import { findK6, type K6 } from './find-k6.ts';
import { hostAddresses } from './host-addresses.ts';
import { type Ended, playWithK6 } from './k6.ts';
import { checkLoad } from './limits.ts';
import { makePlan } from './make-plan.ts';
import { openNodeClient } from './node-client.ts';
import { originsOf } from './played/origins.ts';
import { type Plan, personOf } from './played/plan.ts';
import { type Place, playSignIn } from './played/sign-in.ts';
import type { Point } from './points.ts';
import type { ProfileName } from './profiles.ts';
import { type Result, resultOf } from './result.ts';
import { createTally, type Tally } from './tally.ts';
import type { Idps, Target } from './target.ts';

export interface RunOptions {
  profile: ProfileName;
  rate: number;
  seconds: number;
  failingIdp?: boolean;
  /** Hosts that may be loaded although they are not this machine. */
  allowed?: readonly string[];
  /** For k6's own files. */
  folder: string;
  signal?: AbortSignal;
  onProgress?: (tally: Tally, second: number) => void;
  k6?: K6;
}

/** The run cannot begin. */
export class CannotBegin extends Error {}

/** Throws CannotBegin, NoK6, TooMuch or UnusablePlan with a sentence. */
export async function playLoad(target: Target, options: RunOptions): Promise<Result> {
  const { profile, rate, seconds, failingIdp = false, allowed = [], signal } = options;
  const { recipe, url, values, idp, mayRollKey } = target.product;
  checkLoad(originsOf(recipe, url), { rate, seconds, allowed });
  const k6 = options.k6 ?? (await findK6());
  const plan = makePlan({ recipe, url, values, idp, profile, rate, seconds, failingIdp, mayRollKey });
  await using idps = await target.startIdps(plan.people, plan.faults.phrases);
  if (signal?.aborted) throw new CannotBegin('Interrupted before the first sign-in.');
  await signInOnce(plan, target.product);
  const tally = createTally();
  const begun = Date.now();
  const ended = await play({ k6, plan, idps, target, tally, options });
  const run = {
    at: new Date(begun).toISOString(),
    interrupted: signal?.aborted ?? false,
    generators: [`k6 ${k6.version}`],
  };
  const struck = await idps.struck();
  const result = resultOf({ run, plan, tally, use: ended.use, idpBusy: idps.busy, struck });
  if (result.signIns === 0) throw new CannotBegin(['k6 played no sign-in.', ...ended.errors.slice(-5)].join('\n'));
  return result;
}

interface Playing {
  k6: K6;
  plan: Plan;
  idps: Idps;
  target: Target;
  tally: Tally;
  options: RunOptions;
}

async function play({ k6, plan, idps, target, tally, options }: Playing): Promise<Ended> {
  const { folder, signal, onProgress } = options;
  const begun = performance.now();
  const show = setInterval(() => onProgress?.(tally, (performance.now() - begun) / 1000), 1_000);
  const newKeys: Promise<void>[] = [];
  try {
    return await playWithK6(k6, {
      plan,
      folder,
      ...(signal === undefined ? {} : { signal }),
      parameters: parametersOf(plan, idps),
      onPoint(point: Point) {
        tally.add(point);
        if (isRollover(point, plan)) newKeys.push(target.tellNewKey(idps));
      },
    });
  } finally {
    clearInterval(show);
    await Promise.allSettled(newKeys);
  }
}

/** All parameters of the script, so that none comes from the environment of this process. */
export const parametersOf = (
  plan: Plan,
  { token, faulty }: Pick<Idps, 'token' | 'faulty'>,
): Record<string, string> => ({
  IDP_URL: plan.idp.origin,
  PRODUCT_URL: plan.product.url,
  IDP_REPLICAS: plan.idp.origin,
  IDP_TOKEN: token,
  FAULTY_IDPS: JSON.stringify(faulty),
  HOST_ADDRESSES: JSON.stringify(hostAddresses()),
  KEEP_MESSAGES: '1',
});

const isRollover = (point: Point, { phases }: Plan): boolean =>
  point.kind === 'phase' &&
  point.begins &&
  phases.some(({ name, idp }) => name === point.phase && idp !== undefined && 'rollKey' in idp);

/** Says what is wrong with a recipe or a product before thousands fail. */
async function signInOnce(plan: Plan, { recipe, url, values }: Target['product']): Promise<void> {
  const product: Product = { recipe, url, values };
  const place: Place = {
    product,
    idp: plan.idp.origin,
    form: plan.idp.form,
    open: () => openNodeClient({ origins: [...originsOf(recipe, url), plan.idp.origin] }),
    think: () => Promise.resolve(),
  };
  const person = personOf(plan.people, 0);
  const { outcome, cause, shown, page } = await playSignIn(place, person);
  if (outcome === 'signed in') return;
  const why = cause ?? `the product shows “${shown}” instead of “${person.shownAs}”`;
  throw new CannotBegin(
    [
      `${person.email} could not sign in to ${recipe.name} before the load: ${why}.`,
      ...(page === undefined ? [] : [page]),
    ].join('\n'),
  );
}
