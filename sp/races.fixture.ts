/**
 * Concurrent actions of two administrators, a tester, an administrator of another organization and a stranger. One
 * move starts to send a form, another completes it, with any moves in between. Each move is followed by a check of the
 * story's invariants.
 */
import assert from 'node:assert/strict';
import { type Asked, requestIn, responseTo } from './identity-provider.fixture.ts';
import { profilesOf } from './profile.ts';
import { endpointsOf } from './service-provider.ts';
import { type Browser, hiddenFields, type Page, type PendingForm, type World } from './two-organizations.fixture.ts';

export const administrators = ['ada', 'grace'] as const;
export const people = ['ada', 'grace', 'sam'] as const;
export type Administrator = (typeof administrators)[number];
export type Person = (typeof people)[number];
/** Nora administers Globex, and the stranger has no account; both try everything at Acme. */
export type Actor = Person | 'nora' | 'stranger';

export type Move =
  /** Sends a form of the Admin Center except its last byte; `profile` is Acme's first or second one. */
  | { kind: 'begin'; who: Actor; profile: 0 | 1; form: Form }
  /** Sends the last byte of this person's oldest pending form. */
  | { kind: 'arrive'; who: Actor }
  | { kind: 'open link'; who: Person }
  | { kind: 'discover'; who: Person }
  /** Posts the response to this browser's last request except its last byte, so that it arrives later. */
  | { kind: 'respond'; who: Person; about: Person }
  | { kind: 'sign in'; who: Person; door: 'password' | 'recovery' }
  | { kind: 'sign out'; who: Person }
  | { kind: 'change user'; who: Person; to: UserChange }
  | { kind: 'wait'; minutes: number };

export type Form =
  | { name: 'profile'; ssoUrl: string }
  | { name: 'test'; tester: Person }
  | { name: 'result'; mark: 'success' | 'failure' }
  | { name: 'enforce'; users: readonly Person[]; recovery: readonly Person[] }
  | { name: 'lift' };
export type UserChange = { administrator: boolean } | { deactivated: boolean };

export interface Race {
  move(move: Move): Promise<void>;
  /** Completes all pending forms. */
  finish(): Promise<void>;
}

export async function beginRace(world: World): Promise<Race> {
  const { acme } = world;
  const second = await world.control('PUT', `/organizations/${acme.slug}/profiles/Second`, acme.idp.settings);
  const profiles = [acme.profile, (second.body as { id: number }).id];
  const browsers = new Map<Actor, Browser>();
  const open = new Map<Actor, PendingForm[]>();
  const asked = new Map<Person, Asked>();
  /** Sessions that turned on enforcement: each lasts until its owner signs out. */
  const exempt = new Set<string>();
  const history = openHistory(world);
  const browserOf = (who: Actor): Browser => {
    const browser = browsers.get(who) ?? world.browser();
    browsers.set(who, browser);
    return browser;
  };
  const hold = (who: Actor, one: PendingForm): void => void open.set(who, [...(open.get(who) ?? []), one]);
  await Promise.all([
    ...administrators.map((who) => browserOf(who).signIn(acme.address(who))),
    browserOf('nora').signIn(world.globex.address('nora')),
  ]);

  const plays: { [Kind in Move['kind']]: (move: Extract<Move, { kind: Kind }>) => Promise<void> } = {
    async begin({ who, profile, form }) {
      const path = `/admin/sso/${profiles[profile]}/${form.name}`;
      const fields = await fieldsOf(world, { owner: browserOf('ada'), browser: browserOf(who), path, form });
      hold(who, await browserOf(who).begin(path, fields));
    },
    async arrive({ who }) {
      const [first, ...rest] = open.get(who) ?? [];
      open.set(who, rest);
      if (first === undefined) return;
      const page = await first.finish();
      assert.ok(page.status < 500, `${who}: ${page.status} ${page.words}`);
      history.exemptNewest(exempt);
    },
    async 'open link'({ who }) {
      const link = world.mail.findLast(({ to }) => to.address === acme.address(who))?.link;
      if (link !== undefined) await browserOf(who).get(new URL(link).pathname);
    },
    async discover({ who }) {
      const { location } = await browserOf(who).post('/login', { address: acme.address(who) });
      if (location?.includes('SAMLRequest=')) asked.set(who, requestIn(location));
    },
    async respond({ who, about }) {
      const request = asked.get(who);
      if (request === undefined) return;
      const sp = endpointsOf(world.sp, acme.slug);
      const form = responseTo(acme.idp, request, { nameId: acme.address(about), at: world.clock(acme), sp });
      hold(who, await browserOf(who).begin(acme.acsPath, form, { origin: new URL(acme.idp.entityId).origin }));
    },
    async 'sign in'({ who, door }) {
      const form = { address: acme.address(who), password: 'correct horse' };
      hold(who, await browserOf(who).begin(`/login/${door}`, form));
    },
    async 'sign out'({ who }) {
      await browserOf(who).post('/sign-out');
    },
    async 'change user'({ who, to }) {
      await world.control('PATCH', `/organizations/${acme.slug}/users/${acme.address(who)}`, to);
    },
    async wait({ minutes }) {
      world.pass(acme, minutes * 60_000);
    },
  };
  async function play<Kind extends Move['kind']>(move: Extract<Move, { kind: Kind }>): Promise<void> {
    await (plays[move.kind] as (move: Extract<Move, { kind: Kind }>) => Promise<void>)(move);
    history.check(exempt);
  }
  return {
    move: play,
    async finish() {
      for (const who of [...open.keys()]) while ((open.get(who) ?? []).length > 0) await play({ kind: 'arrive', who });
      await assertRecoverySignIn(world);
    },
  };
}

/** The hidden fields of the form on this person's page or, if it has none, on the owner's. */
async function fieldsOf(
  world: World,
  { owner, browser, path, form }: { owner: Browser; browser: Browser; path: string; form: Form },
): Promise<Record<string, string | string[]>> {
  const { acme } = world;
  const on = form.name === 'lift' ? path.replace(/lift$/, 'enforce') : path;
  const pages = [await browser.get(on), await owner.get(on)];
  const page = pages.find(({ text }: Page) => text.includes(`action="${path}"`));
  const hidden = page === undefined ? {} : hiddenFields(page.text, path);
  return { ...hidden, ...filledIn(form, (name) => acme.address(name), acme.idp.settings) };
}

function filledIn(
  form: Form,
  address: (name: string) => string,
  settings: { idpEntityId: string; certificates: string[] },
): Record<string, string | string[]> {
  switch (form.name) {
    case 'profile':
      return {
        idpEntityId: settings.idpEntityId,
        ssoUrl: form.ssoUrl,
        sloUrl: '',
        ssoBinding: 'redirect',
        certificates: settings.certificates.join('\n'),
        nameIdFormat: 'emailAddress',
        requireSignedMessage: 'yes',
        requireRelayState: 'yes',
        requestedAuthnContext: '',
        requiredAttributes: '',
      };
    case 'test':
      return { address: address(form.tester) };
    case 'result':
      return { mark: form.mark };
    case 'enforce':
      return { users: form.users.map(address), recovery: form.recovery.map(address) };
    case 'lift':
      return {};
  }
}

interface History {
  /** Adds the session of the administrator who has just enforced SSO. */
  exemptNewest(exempt: Set<string>): void;
  check(exempt: ReadonlySet<string>): void;
}

interface TestRow {
  id: number;
  verdict: string | null;
  superseded_at: number | null;
}

/** States that must never occur, and values that must never change. */
function openHistory(world: World): History {
  const { store } = world.sp;
  const { slug } = world.acme;
  let tests = new Map<number, TestRow>();
  let audited = 0;
  const neighbour = (): string => JSON.stringify(recordsOf(world, world.globex.slug));
  let globex: string | undefined;
  return {
    exemptNewest(exempt) {
      const enforced = store.all<{ id: number; actor: string }>`
        SELECT id, actor FROM audit WHERE organization = ${slug} AND action = 'enforced' AND id > ${audited}`;
      for (const { id, actor } of enforced) {
        audited = Math.max(audited, id);
        for (const { hash } of liveSessions(world, actor)) exempt.add(hash);
      }
    },
    check(exempt) {
      assert.deepEqual(world.sp.errors, []);
      assertEnforcedIsVerified(world);
      assertRecovery(world);
      assertSessions(world, exempt);
      assert.deepEqual(
        store.all`SELECT id FROM tests WHERE organization = ${slug} AND mark = 'success' AND verdict IS NOT 'success'`,
        [],
        'every test marked as passed has an observed sign-in',
      );
      tests = assertFinalVerdicts(world, tests);
      assert.deepEqual(
        store.all`
          SELECT actor, action FROM audit WHERE organization = ${slug} AND actor LIKE ${`%@${world.globex.domain}`}`,
        [],
        'users of Globex did nothing at Acme',
      );
      globex ??= neighbour();
      assert.equal(neighbour(), globex, 'nothing changed at Globex');
    },
  };
}

const recordsOf = ({ sp: { store } }: World, slug: string): unknown[] => [
  profilesOf(store, slug),
  store.all`SELECT address, administrator, deactivated, profile FROM users WHERE organization = ${slug}`,
  store.all`SELECT * FROM tests WHERE organization = ${slug}`,
];

interface LiveSession {
  hash: string;
  address: string;
  method: string;
  response: number | null;
}

const liveSessions = ({ sp: { store }, acme }: World, address?: string): LiveSession[] =>
  store.all<LiveSession>`
    SELECT hash, address, method, response FROM sessions
    WHERE organization = ${acme.slug} AND ended_at IS NULL AND (${address} IS NULL OR address = ${address})`;

function assertEnforcedIsVerified({ sp: { store }, acme }: World): void {
  const unverified = store.all`
    SELECT name FROM profiles WHERE organization = ${acme.slug} AND enforced_revision IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM tests WHERE profile = profiles.id AND revision = enforced_revision
        AND verdict = 'success' AND mark = 'success')`;
  assert.deepEqual(unverified, [], 'every enforced revision is verified');
}

/** Every enforced profile always has an active recovery administrator. */
function assertRecovery({ sp: { store }, acme }: World): void {
  const closed = store.all`
    SELECT name FROM profiles WHERE organization = ${acme.slug} AND enforced_revision IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM recovery_administrators AS named JOIN users ON users.address = named.address
      WHERE named.profile = profiles.id AND administrator = 1 AND deactivated = 0)`;
  assert.deepEqual(closed, [], 'every enforced profile has a recovery administrator');
}

function assertSessions(world: World, exempt: ReadonlySet<string>): void {
  const { store } = world.sp;
  const covered = store.all<{ address: string }>`
      SELECT address FROM users JOIN profiles ON profiles.id = users.profile WHERE enforced_revision IS NOT NULL`.map(
    ({ address }) => address,
  );
  const gone = store.all<{ address: string }>`SELECT address FROM users WHERE deactivated = 1`.map(
    ({ address }) => address,
  );
  for (const { hash, address, method, response } of liveSessions(world)) {
    assert.ok(!gone.includes(address), `${address} is deactivated and has a session`);
    if (method === 'password' && covered.includes(address))
      assert.ok(exempt.has(hash), `${address} is covered and has a session that a password opened`);
    if (method !== 'sso') continue;
    const row = store.get<{ verdict: string }>`SELECT verdict FROM responses WHERE id = ${response}`;
    assert.equal(row?.verdict, 'success', `the session of ${address} comes from an accepted response`);
  }
  assert.deepEqual(
    store.all`SELECT response FROM sessions WHERE response IS NOT NULL GROUP BY response HAVING count(*) > 1`,
    [],
    'a response opens one session',
  );
}

/** Success is final, and a superseded test gets no new verdict. */
function assertFinalVerdicts({ sp: { store }, acme }: World, before: Map<number, TestRow>): Map<number, TestRow> {
  const rows = store.all<TestRow>`
    SELECT id, verdict, superseded_at FROM tests WHERE organization = ${acme.slug}`;
  for (const { id, verdict } of rows) {
    const earlier = before.get(id);
    if (earlier === undefined) continue;
    if (earlier.verdict === 'success') assert.equal(verdict, 'success', 'success is final');
    if (earlier.superseded_at !== null) assert.equal(verdict, earlier.verdict, 'a superseded test gets no verdict');
  }
  return new Map(rows.map((row) => [row.id, row]));
}

/** An administrator signs in with a password and turns off enforcement, now. */
async function assertRecoverySignIn(world: World): Promise<void> {
  const { acme } = world;
  const { store } = world.sp;
  const enforced = profilesOf(store, acme.slug).filter(({ enforcedRevision }) => enforcedRevision !== undefined);
  for (const { id } of enforced) {
    const [named] = store.all<{ address: string }>`
      SELECT named.address FROM recovery_administrators AS named JOIN users ON users.address = named.address
      WHERE named.profile = ${id} AND administrator = 1 AND deactivated = 0`;
    const browser = world.browser();
    assert.equal((await browser.signIn(named!.address, 'recovery')).location, '/console');
    const page = await browser.fillIn(`/admin/sso/${id}/enforce`, `/admin/sso/${id}/lift`);
    assert.equal(page.status, 303, page.words);
  }
  assert.ok(
    profilesOf(store, acme.slug).every(({ enforcedRevision }) => enforcedRevision === undefined),
    'enforcement could be turned off everywhere',
  );
}
