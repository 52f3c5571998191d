/**
 * A rehearsal over HTTP, step by step in any order: the possible actions of administrators, users and the IdP, each as
 * a value.
 */
import { randomBytes } from 'node:crypto';
import { colleagues, type Name } from '../catalogue/cast.ts';
import { markTest, sendTest, turnOffEnforcement } from '../product/connecting.ts';
import { NotDone } from '../product/deed.ts';
import { createHttpDriver } from '../product/http-driver.ts';
import { ownProduct } from '../product/own-product.ts';
import type { At } from '../product/product.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import {
  changeIdpKey,
  changeProfile,
  connect,
  createOrganization,
  type IdpSide,
  passMinutes,
  registerApp,
  unassign,
} from '../scenario/tasks/set-up.ts';
import { signInByPassword } from '../scenario/tasks/sp-session.ts';
import { linkTo } from '../scenario/tasks/test-emails.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Stack } from '../stack/servers.ts';
import type { Visit } from '../stack/visit.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';
import { addUserAtIdp, nameNeighbour } from './neighbours.ts';
import { postForm, stepPath } from './sp-forms.ts';

export type Administrator = 'Ada' | 'Grace';
export type Colleague = 'Ada' | 'Grace' | 'Sam';

export type Move =
  | { kind: 'ask'; who: Administrator; tester: Colleague }
  | { kind: 'try'; who: Colleague }
  | { kind: 'mark'; who: Administrator; mark: 'success' | 'failure' }
  | { kind: 'enforce'; who: Administrator; users: readonly Colleague[]; recovery: readonly Colleague[] }
  | { kind: 'lift'; who: Administrator }
  | { kind: 'change'; harm: boolean }
  | { kind: 'sign in'; who: Colleague; with: 'password' | 'recovery' | 'identity provider' }
  | { kind: 'sign out'; who: Colleague }
  | { kind: 'faults'; phrases: readonly string[] }
  | { kind: 'unassign'; who: Colleague }
  | { kind: 'demote'; who: Colleague; how: keyof typeof demotions }
  | { kind: 'roll key' }
  | { kind: 'wait'; minutes: number };

export interface Walk {
  rehearsal: Rehearsal;
  move(move: Move): Promise<void>;
  /** True if this person can sign in by recovery now and turn off SSO enforcement. */
  canRecover(who: Colleague): Promise<boolean>;
}

/** Walks share one tenant's key, so that starting one is cheap; everything else is separate. */
export async function prepareWalks(stack: Stack): Promise<() => Promise<Walk>> {
  const first: Rehearsal = { ...nameRehearsal(), stack };
  const idp = await connect(first);
  return async () => beginWalk(first, idp);
}

async function beginWalk(first: Rehearsal, idp: IdpSide): Promise<Walk> {
  const rehearsal = nameNeighbour(first, 'walk');
  await connectNeighbour(rehearsal, idp);
  const { stack, cast } = rehearsal;
  const walker = createWalker(rehearsal);
  return {
    rehearsal,
    async move<Kind extends Move['kind']>(move: Move & { kind: Kind }) {
      const play: (move: Move & { kind: Kind }, on: Place) => Promise<unknown> = plays[move.kind];
      await play(move, { ...walker, rehearsal, ssoUrl: idp.ssoUrl });
    },
    async canRecover(who) {
      const visitor = createVisitor({ timeoutMs: 30_000 });
      const { address, password } = cast[who];
      const ended = await signInByPassword(visitor, stack.sp.url, { address, password, path: '/login/recovery' });
      if (ended.url.pathname !== '/console') return false;
      const step = await visitor.visit(new URL(await stepPath(rehearsal, 'enforce'), stack.sp.url));
      return step.forms.some(({ action }) => action.pathname.endsWith('/lift'));
    },
  };
}

async function connectNeighbour(rehearsal: Rehearsal, { entityId, ssoUrl }: IdpSide): Promise<void> {
  const { stack, tenant, cast } = rehearsal;
  const control = stack.idp.control;
  // An earlier walk may have rolled over the key, and may have moved the clock.
  const { certificates } = await control.get<{ certificates: string[] }>(`/tenants/${tenant.slug}`);
  const sp = await createOrganization(rehearsal, [{ name: 'Acme', idpEntityId: entityId, ssoUrl, certificates }]);
  for (const name of colleagues) await addUserAtIdp(rehearsal, cast[name]);
  await registerApp(rehearsal, sp);
  await control.patch(`/tenants/${tenant.slug}`, { clockOffsetMs: 0 });
}

type Fields = readonly (readonly [string, string])[];

interface Walker {
  visitorOf(who: Name): Visitor;
  post(who: Name, path: string, fields?: Fields): Promise<unknown>;
  /** Posts to the step that enforces, signed in by any available method. */
  postEnforce(who: Administrator, fields: Fields): Promise<void>;
  /** The same for a verb; an impossible one changes nothing. */
  tryTo(who: Administrator, verb: (at: At) => Promise<void>): Promise<void>;
  signIn(who: Colleague, door: 'password' | 'recovery'): Promise<Visit>;
}

/** The actions of people over HTTP, each with their own browser's cookies. */
function createWalker(rehearsal: Rehearsal): Walker {
  const { stack, cast } = rehearsal;
  const visitors = new Map<Name, Visitor>();
  const visitorOf = (who: Name): Visitor => {
    const visitor = visitors.get(who) ?? createVisitor({ timeoutMs: 30_000 });
    visitors.set(who, visitor);
    return visitor;
  };
  const post = (who: Name, path: string, fields?: Fields): Promise<Visit> =>
    postForm(visitorOf(who), stack.sp.url, path, fields);
  const signIn = (who: Colleague, door: 'password' | 'recovery'): Promise<Visit> => {
    const { address, password } = cast[who];
    return signInByPassword(visitorOf(who), stack.sp.url, { address, password, path: `/login/${door}` });
  };
  async function enterAdminCenter(who: Administrator): Promise<void> {
    if ((await visitorOf(who).visit(new URL('/admin', stack.sp.url))).url.pathname === '/admin') return;
    if ((await signIn(who, 'password')).url.pathname !== '/console') await signIn(who, 'recovery');
  }
  return {
    visitorOf,
    post,
    signIn,
    async postEnforce(who, fields) {
      await enterAdminCenter(who);
      await post(who, await stepPath(rehearsal, 'enforce'), fields);
    },
    async tryTo(who, verb) {
      await enterAdminCenter(who);
      const [profile] = (await snapshot(rehearsal)).profiles;
      const driver = createHttpDriver({ who, jar: visitorOf(who).jar, timeoutMs: 3_000 });
      await verb({ driver, product: ownProduct(stack.sp.url, { connection: profile?.id }) }).catch((error: Error) => {
        if (!(error instanceof NotDone)) throw error;
      });
    },
  };
}

interface Place extends Walker {
  rehearsal: Rehearsal;
  /** The correct one. */
  ssoUrl: string;
}

/** Performs each kind of action. */
const plays: { [Kind in Move['kind']]: (move: Move & { kind: Kind }, on: Place) => Promise<unknown> } = {
  ask: ({ who, tester }, { rehearsal, tryTo }) => tryTo(who, (at) => sendTest(at, rehearsal.cast[tester].address)),
  try: tryNewestLink,
  mark: ({ who, mark }, { tryTo }) => tryTo(who, (at) => markTest(at, mark === 'success' ? 'passed' : 'failed')),
  enforce: ({ who, users, recovery }, { rehearsal, postEnforce }) =>
    postEnforce(who, [
      ...users.map((one) => ['users', rehearsal.cast[one].address] as const),
      ...recovery.map((one) => ['recovery', rehearsal.cast[one].address] as const),
    ]),
  lift: ({ who }, { tryTo }) => tryTo(who, turnOffEnforcement),
  change: ({ harm }, { rehearsal, ssoUrl }) =>
    changeProfile(
      rehearsal,
      harm
        ? { ssoUrl: 'http://idp.localhost:9/nowhere' }
        : { ssoUrl, sloUrl: `http://idp.localhost/${randomBytes(4).toString('hex')}` },
    ),
  'sign in': ({ who, with: by }, place) =>
    by === 'identity provider' ? signInThroughIdp(who, place) : place.signIn(who, by),
  'sign out': ({ who }, { post }) => post(who, '/sign-out'),
  faults: ({ phrases }, { rehearsal: { stack, tenant } }) =>
    stack.idp.control.put(
      `/tenants/${tenant.slug}/faults`,
      phrases.map((phrase) => ({ phrase })),
    ),
  unassign: ({ who }, { rehearsal }) => unassign(rehearsal, who),
  demote: demoteUser,
  'roll key': (_, { rehearsal }) => changeIdpKey(rehearsal),
  wait: ({ minutes }, { rehearsal }) => passMinutes(rehearsal, minutes),
};

async function tryNewestLink({ who }: { who: Colleague }, place: Place): Promise<void> {
  const { rehearsal } = place;
  if ((await rehearsal.stack.mailbox.messagesTo(rehearsal.cast[who].address)).length === 0) return;
  await signInThroughIdp(who, place, { startAt: await linkTo(rehearsal, who) });
}

/** The IdP may be down. */
async function signInThroughIdp(
  who: Colleague,
  { rehearsal: { stack, cast }, visitorOf }: Place,
  { startAt = '/login' } = {},
): Promise<void> {
  await signInScripted({ spUrl: stack.sp.url, person: cast[who], visitor: visitorOf(who), startAt }).catch(
    () => undefined,
  );
}

const demotions = {
  administrator: { administrator: false },
  deactivated: { deactivated: true },
  enrolment: { profile: null },
} as const;

/** The SP rejects this for the last recovery administrator. */
async function demoteUser(
  { who, how }: { who: Colleague; how: keyof typeof demotions },
  { rehearsal: { stack, organization, cast } }: Place,
): Promise<void> {
  await stack.sp.control
    .patch(`/organizations/${organization.slug}/users/${encodeURIComponent(cast[who].address)}`, demotions[how])
    .catch(() => undefined);
}

/** Sam's test is sent, taken and marked as passed. */
export const testPassed: readonly Move[] = [
  { kind: 'faults', phrases: [] },
  { kind: 'ask', who: 'Ada', tester: 'Sam' },
  { kind: 'try', who: 'Sam' },
  { kind: 'mark', who: 'Ada', mark: 'success' },
];
