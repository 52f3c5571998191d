/** A rehearsal without a browser, step by step in any order: what administrators, colleagues and the identity provider can do, each as a value. It acts over HTTP and judges nothing. */
import { randomBytes } from 'node:crypto';
import type { Name } from '../catalogue/cast.ts';
import { testMail } from '../scenario/tasks/read-mail.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import {
  changeProfile,
  connect,
  createOrganization,
  type IdpSide,
  passMinutes,
  registerApp,
  unassign,
} from '../scenario/tasks/set-up.ts';
import { nameRehearsal, type Rehearsal } from '../stack/rehearsal.ts';
import { signInScripted } from '../stack/scripted-sign-in.ts';
import type { Stack } from '../stack/servers.ts';
import { testLink } from '../stack/test-link.ts';
import { createVisitor, type Visitor } from '../stack/visitor.ts';

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
  | { kind: 'demote'; who: Colleague; how: 'administrator' | 'deactivated' | 'enrolment' }
  | { kind: 'roll key' }
  | { kind: 'wait'; minutes: number };

export interface Walk {
  rehearsal: Rehearsal;
  move(move: Move): Promise<void>;
  /** Whether this person gets in by recovery now and can lift what is enforced. */
  canRecover(who: Colleague): Promise<boolean>;
}

/** Walks share one tenant's key, so that beginning one is cheap; everything else is a walk's own. */
export async function prepareWalks(stack: Stack): Promise<() => Promise<Walk>> {
  const first: Rehearsal = { ...nameRehearsal(), stack };
  const idp = await connect(first);
  return async () => beginWalk(first, idp);
}

async function beginWalk({ stack, tenant, cast }: Rehearsal, idp: IdpSide): Promise<Walk> {
  const suffix = randomBytes(5).toString('hex');
  const organization = { slug: `walk-${suffix}`, name: 'Acme', domain: `walk-${suffix}.example` };
  const people = Object.fromEntries(
    Object.entries(cast).map(([name, person]) => [
      name,
      { ...person, address: `${name.toLowerCase()}@${organization.domain}` },
    ]),
  ) as unknown as Rehearsal['cast'];
  const rehearsal: Rehearsal = { stack, tenant, organization, cast: people };
  const { certificates } = await stack.idp.control.get<{ certificates: string[] }>(`/tenants/${tenant.slug}`); // an earlier walk may have rolled the key
  const sp = await createOrganization(rehearsal, [
    { name: 'Acme', idpEntityId: idp.entityId, ssoUrl: idp.ssoUrl, certificates },
  ]);
  for (const name of ['Ada', 'Grace', 'Sam'] as const) {
    const { address, idpPassword } = people[name];
    await stack.idp.control.put(`/tenants/${tenant.slug}/users/${encodeURIComponent(address)}`, {
      username: address,
      password: idpPassword,
      email: address,
    });
  }
  await registerApp(rehearsal, sp);
  await stack.idp.control.patch(`/tenants/${tenant.slug}`, { clockOffsetMs: 0 }); // an earlier walk may have waited
  const visitors = new Map<Name, Visitor>();
  const visitorOf = (who: Name): Visitor => {
    const visitor = visitors.get(who) ?? createVisitor({ timeoutMs: 3_000 });
    visitors.set(who, visitor);
    return visitor;
  };
  const at = (path: string): URL => new URL(path, stack.sp.url);
  const post = (who: Name, path: string, fields: readonly (readonly [string, string])[]) =>
    visitorOf(who).visit(at(path), { method: 'POST', fields, from: at(path) });
  const profile = async (): Promise<number> => (await snapshot(rehearsal)).profiles[0]!.id;
  const signIn = (who: Colleague, door: 'password' | 'recovery') =>
    post(who, `/login/${door}`, [
      ['address', people[who].address],
      ['password', people[who].password],
    ]);
  /** Into the Admin Center by whatever door is open. */
  async function admin(who: Administrator): Promise<void> {
    if ((await visitorOf(who).visit(at('/admin'))).url.pathname === '/admin') return;
    if ((await signIn(who, 'password')).url.pathname !== '/console') await signIn(who, 'recovery');
  }

  return {
    rehearsal,
    async move(move) {
      switch (move.kind) {
        case 'ask':
          await admin(move.who);
          await post(move.who, `/admin/sso/${await profile()}/test`, [['address', people[move.tester].address]]);
          return;
        case 'try': {
          const { address } = people[move.who];
          if ((await stack.mailbox.messagesTo(address)).length === 0) return;
          const startAt = testLink(await testMail(rehearsal, { who: move.who }));
          await signInScripted({
            spUrl: stack.sp.url,
            person: people[move.who],
            visitor: visitorOf(move.who),
            startAt,
          }).catch(() => undefined);
          return;
        }
        case 'mark':
          await admin(move.who);
          await post(move.who, `/admin/sso/${await profile()}/result`, [['mark', move.mark]]);
          return;
        case 'enforce':
          await admin(move.who);
          await post(move.who, `/admin/sso/${await profile()}/enforce`, [
            ...move.users.map((one) => ['users', people[one].address] as const),
            ...move.recovery.map((one) => ['recovery', people[one].address] as const),
          ]);
          return;
        case 'lift':
          await admin(move.who);
          await post(move.who, `/admin/sso/${await profile()}/lift`, []);
          return;
        case 'change':
          return changeProfile(
            rehearsal,
            move.harm
              ? { ssoUrl: 'http://idp.localhost:9/nowhere' }
              : { ssoUrl: idp.ssoUrl, sloUrl: `http://idp.localhost/${randomBytes(4).toString('hex')}` },
          );
        case 'sign in':
          if (move.with === 'identity provider')
            await signInScripted({ spUrl: stack.sp.url, person: people[move.who], visitor: visitorOf(move.who) }).catch(
              () => undefined,
            );
          else await signIn(move.who, move.with);
          return;
        case 'sign out':
          await post(move.who, '/sign-out', []);
          return;
        case 'faults':
          await stack.idp.control.put(
            `/tenants/${tenant.slug}/faults`,
            move.phrases.map((phrase) => ({ phrase })),
          );
          return;
        case 'unassign':
          return unassign(rehearsal, move.who);
        case 'demote':
          await stack.sp.control
            .patch(
              `/organizations/${organization.slug}/users/${encodeURIComponent(people[move.who].address)}`,
              move.how === 'administrator'
                ? { administrator: false }
                : move.how === 'deactivated'
                  ? { deactivated: true }
                  : { profile: null },
            )
            .catch(() => undefined); // the last recovery administrator is refused
          return;
        case 'roll key':
          await stack.idp.control.patch(`/tenants/${tenant.slug}`, { rollKey: true });
          return;
        case 'wait':
          return passMinutes(rehearsal, move.minutes);
      }
    },
    async canRecover(who) {
      const visitor = createVisitor({ timeoutMs: 3_000 });
      const ended = await visitor.visit(at('/login/recovery'), {
        method: 'POST',
        fields: [
          ['address', people[who].address],
          ['password', people[who].password],
        ],
        from: at('/login/recovery'),
      });
      if (ended.url.pathname !== '/console') return false;
      const step = await visitor.visit(at(`/admin/sso/${await profile()}/enforce`));
      return step.forms.some(({ action }) => action.pathname.endsWith('/lift'));
    },
  };
}
