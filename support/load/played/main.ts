/** The script for k6. Its parameters are environment variables: see docs/load.md. */
import './globals.ts';
import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Rate, Trend } from 'k6/metrics';
import { type ClientOptions, openClient } from './client.ts';
import { originsOf } from './origins.ts';
import { faultOf, type IdpChange, personOf, phaseOf, readPlan } from './plan.ts';
import { type Place, type Played, playSignIn } from './sign-in.ts';

declare const __ENV: Readonly<Record<string, string | undefined>>;
declare function open(file: string): string;

const plan = readPlan(open(__ENV.PLAN ?? './plan.json'));
const idp = (__ENV.IDP_URL ?? plan.idp.origin).replace(/\/$/, '');
const url = __ENV.PRODUCT_URL ?? plan.product.url;
/** IdPs that are alike except for a fault: phrase → origin. */
const faulty = Object.entries(JSON.parse(__ENV.FAULTY_IDPS ?? '{}') as Record<string, string>);
const keepsMessages = __ENV.KEEP_MESSAGES === '1';

const { recipe, values } = plan.product;
const product = { recipe: recipe as Place['product']['recipe'], url, values };
const settings: ClientOptions = {
  origins: [...originsOf(product.recipe, url), new URL(idp).origin],
  timeoutMs: 30_000,
};

const signIns = new Counter('sso_sign_ins');
const times = new Trend('sso_sign_in', true);
const legs = new Trend('sso_leg', true);
const errors = new Rate('sso_errors');
const mixUps = new Counter('sso_mix_ups');
const accepted = new Counter('sso_faults_accepted');
const phases = new Counter('sso_phases');

const { startRate, stages, mostAtOnce, seconds, thresholds } = plan;

export const options = {
  scenarios: {
    signIns: {
      executor: 'ramping-arrival-rate',
      exec: 'signIn',
      timeUnit: '1s',
      startRate: startRate,
      preAllocatedVUs: Math.min(mostAtOnce, Math.max(10, Math.ceil(mostAtOnce / 4))),
      maxVUs: mostAtOnce,
      gracefulStop: '30s',
      stages: stages.map(({ target, seconds: time }) => ({ target, duration: `${time}s` })),
    },
    ...(plan.phases.some(({ idp: change }) => change !== undefined) && __ENV.IDP_TOKEN !== undefined
      ? {
          phases: {
            executor: 'per-vu-iterations',
            exec: 'changeIdp',
            vus: 1,
            iterations: 1,
            maxDuration: `${seconds + 60}s`,
          },
        }
      : {}),
  },
  hosts: JSON.parse(__ENV.HOST_ADDRESSES ?? '{"*.localhost":"127.0.0.1"}') as object,
  systemTags: ['name', 'status', 'scenario', 'error_code'],
  summaryTrendStats: ['avg', 'med', 'p(95)', 'p(99)', 'max', 'count'],
  thresholds: {
    sso_mix_ups: ['count==0'],
    sso_faults_accepted: ['count==0'],
    sso_errors: [`rate<=${thresholds.errors}`],
    sso_sign_in: [`p(95)<=${thresholds.p95Ms}`, `p(99)<=${thresholds.p99Ms}`],
  },
  setupTimeout: '60s',
  // Each user comes with another browser.
  noVUConnectionReuse: true,
};

/** The start of the run for all virtual users. */
export const setup = (): { startedAt: number } => ({ startedAt: Date.now() });

export async function signIn({ startedAt }: { startedAt: number }): Promise<void> {
  const number = exec.scenario.iterationInTest;
  const begun = Date.now();
  const second = (): number => (Date.now() - startedAt) / 1000;
  const from = second();
  const person = personOf(plan.people, number);
  const fault = faultOf(faulty, { signIn: number, share: plan.faults.share, chance: Math.random });
  const instead = fault === undefined ? undefined : { of: new URL(idp).origin, by: fault[1] };
  const place: Place = {
    product,
    idp,
    form: plan.idp.form,
    open: () => openClient({ ...settings, instead }),
    think: async () => sleep(Math.random() * plan.thinkSeconds),
  };
  const deeds = {
    fault: fault?.[0],
    replays: fault === undefined && plan.replayShare > 0 && (number === 0 || Math.random() < plan.replayShare),
    signsOut: Math.random() < plan.signOutShare,
  };
  const played = await playSignIn(place, person, deeds);
  const phase = phaseOf(plan.phases, [from, second()])?.name ?? '';
  record(played, { person: person.shownAs, phase, begun });
}

function record(played: Played, about: { person: string; phase: string; begun: number }): void {
  const { outcome, cause = '', fault = '', shown = '' } = played;
  const tags = { outcome, phase: about.phase, ...(cause === '' ? {} : { cause }), ...(fault === '' ? {} : { fault }) };
  const { metadata } = exec.vu.metrics;
  metadata.person = about.person;
  metadata.begun = String(about.begun);
  if (shown !== '') metadata.shown = shown;
  const isBad = outcome === 'mix-up' || outcome === 'fault accepted' || outcome === 'session not ended';
  if (played.message !== undefined && (keepsMessages || isBad)) metadata.message = played.message;
  signIns.add(1, tags);
  for (const name of ['person', 'begun', 'shown', 'message']) delete metadata[name];
  if (outcome === 'mix-up') mixUps.add(1, tags);
  if (outcome === 'fault accepted') accepted.add(1, tags);
  if (fault === '') errors.add(outcome === 'not signed in', tags);
  if (outcome !== 'signed in') return;
  let own = 0;
  for (const [leg, ms] of Object.entries(played.legs)) {
    legs.add(ms, { leg, phase: about.phase });
    if (leg !== 'idp') own += ms;
  }
  // Without the IdP's own time.
  times.add(own, { phase: about.phase });
}

/** Plays the phases in which the IdP is slow, fails or changes, by its control routes. */
export function changeIdp({ startedAt }: { startedAt: number }): void {
  for (const { name, from, to, idp: change } of plan.phases) {
    if (change === undefined) continue;
    wait(startedAt + from * 1000);
    tell(change, true);
    phases.add(1, { phase: name, event: 'begins' });
    wait(startedAt + to * 1000);
    tell(change, false);
    phases.add(1, { phase: name, event: 'ends' });
  }
}

const wait = (until: number): void => sleep(Math.max(0, until - Date.now()) / 1000);

function tell(change: IdpChange, begins: boolean): void {
  const tenant = `/control/tenants/${plan.idp.tenant}`;
  if ('faults' in change) control('PUT', `${tenant}/faults`, begins ? change.faults : []);
  else if ('clockMinutes' in change)
    control('POST', `${tenant}/clock`, { minutes: begins ? change.clockMinutes : -change.clockMinutes });
  else if (begins) control('PATCH', tenant, { rollKey: true });
}

/** At every replica of the IdP, if IDP_REPLICAS names them. */
function control(method: string, path: string, body: unknown): void {
  for (const origin of (__ENV.IDP_REPLICAS ?? idp).split(',')) {
    const { status } = http.request(method, origin + path, JSON.stringify(body), {
      headers: { Authorization: `Bearer ${__ENV.IDP_TOKEN}`, 'content-type': 'application/json' },
      tags: { name: 'control' },
    });
    if (status < 200 || status > 299) exec.test.abort(`${method} ${path} at the IdP returned ${status}`);
  }
}
