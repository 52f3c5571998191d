/** The outcome of a sign-in, from an app's request and from the portal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import type { PendingRequest, User } from '../tenants/state.ts';
import { readPersona } from '../tenants/tenant-persona.ts';
import { removeUser } from '../tenants/tenant-users.ts';
import { isAssigned } from './assignment.ts';
import { nameIdOf } from './name-id.ts';
import { openSession } from './sessions.ts';
import { authnContextFor, decide, type Outcome } from './sign-in.ts';
import { entries, type Stage, stageOf } from './tenant.fixture.ts';
import { beginUnsolicited } from './transactions.ts';

const plain: PendingRequest = {
  id: '_1',
  forceAuthn: false,
  isPassive: false,
  nameIdFormat: undefined,
  authnContext: undefined,
};
const { password, passwordProtectedTransport: best, unspecified } = authnContexts;
const context = (comparison: string, ...classes: string[]) => ({ comparison, classes, declarations: false });
const impossible = context('exact', 'urn:none');

interface Case {
  request?: Partial<PendingRequest> | undefined;
  session?: boolean;
  fresh?: boolean;
  prepare?: (stage: Stage) => void;
}

/** The outcome for Sam at the Console, and the log entry, if any. */
const outcomes: [rule: string, given: Case, outcome: string, because?: string][] = [
  ['without a session the user sees the login page', {}, 'ask'],
  ['with a session the user is signed in', { session: true }, 'sign-in'],
  [
    'the session of an unassigned user is rejected at the IdP',
    { session: true, prepare: ({ console: app }) => (app.assigned = ['ada']) },
    'not-assigned',
    'not-assigned',
  ],
  [
    'an assignment matches in any case',
    { session: true, prepare: ({ console: app }) => (app.assigned = ['ada', 'SAM']) },
    'sign-in',
  ],
  [
    'an assignment to another app does not count',
    { session: true, prepare: ({ wiki }) => (wiki.assigned = []) },
    'sign-in',
  ],
  [
    'a locked user with a session sees the login page',
    { session: true, prepare: ({ sam }) => (sam.locked = true) },
    'ask',
  ],
  [
    'a locked-out user with a session sees the login page',
    { session: true, prepare: ({ sam }) => (sam.lockedUntil = Number.MAX_SAFE_INTEGER) },
    'ask',
  ],
  ["another user's lock counts nothing", { session: true, prepare: ({ ada }) => (ada.locked = true) }, 'sign-in'],
  [
    'a removed user with a session sees the login page',
    { session: true, prepare: ({ tenant }) => removeUser(tenant, 'sam') },
    'ask',
  ],
  [
    'a locked user who has just signed in sees the login page',
    { session: true, fresh: true, prepare: ({ sam }) => (sam.locked = true) },
    'ask',
  ],
];
const asksForEmail = (change: Partial<User>): Case => ({
  session: true,
  request: { nameIdFormat: nameIdFormats.emailAddress },
  prepare: ({ sam }) => Object.assign(sam, change),
});
const requested: typeof outcomes = [
  ['ForceAuthn shows the login page despite a session', { session: true, request: { forceAuthn: true } }, 'ask'],
  [
    'ForceAuthn is satisfied by a password just entered',
    { session: true, fresh: true, request: { forceAuthn: true } },
    'sign-in',
  ],
  ['ForceAuthn without a session always shows the login page', { fresh: true, request: { forceAuthn: true } }, 'ask'],
  ['IsPassive with a session signs in', { session: true, request: { isPassive: true } }, 'sign-in'],
  ['IsPassive without a session is NoPassive', { request: { isPassive: true } }, 'Responder NoPassive', 'NoPassive'],
  [
    'IsPassive with a locked user is NoPassive',
    { session: true, request: { isPassive: true }, prepare: ({ sam }) => (sam.locked = true) },
    'Responder NoPassive',
    'NoPassive',
  ],
  [
    'IsPassive with ForceAuthn is NoPassive',
    { session: true, request: { isPassive: true, forceAuthn: true } },
    'Responder NoPassive',
    'NoPassive',
  ],
  [
    'IsPassive with an unassigned user is rejected at the IdP',
    { session: true, request: { isPassive: true }, prepare: ({ console: app }) => (app.assigned = []) },
    'not-assigned',
    'not-assigned',
  ],
  [
    'an unsupported NameID format is InvalidNameIDPolicy',
    { session: true, request: { nameIdFormat: nameIdFormats.entity } },
    'Requester InvalidNameIDPolicy',
    'InvalidNameIDPolicy',
  ],
  [
    'a supported NameID format is accepted',
    { session: true, request: { nameIdFormat: nameIdFormats.persistent } },
    'sign-in',
  ],
  ['an email as NameID, for a user with one', asksForEmail({}), 'sign-in'],
  ['an email as NameID, for a user with a NameID', asksForEmail({ email: undefined, nameId: 'n' }), 'sign-in'],
  ['an email as NameID, for a username that is one', asksForEmail({ email: undefined, username: 'sam@x' }), 'sign-in'],
  [
    'an email as NameID, for a user without one',
    asksForEmail({ email: undefined }),
    'Requester InvalidNameIDPolicy',
    'InvalidNameIDPolicy',
  ],
  [
    'any NameID, for a user without an email',
    { session: true, prepare: ({ sam }) => (sam.email = undefined) },
    'sign-in',
  ],
  [
    'an unassigned user without the email that is asked for is rejected at the IdP',
    {
      session: true,
      request: { nameIdFormat: nameIdFormats.emailAddress },
      prepare: ({ sam, console: app }) => {
        sam.email = undefined;
        app.assigned = [];
      },
    },
    'not-assigned',
    'not-assigned',
  ],
  [
    'an unsupported context is NoAuthnContext',
    { request: { authnContext: impossible } },
    'Responder NoAuthnContext',
    'NoAuthnContext',
  ],
  [
    'a supported context is accepted',
    { session: true, request: { authnContext: context('exact', password) } },
    'sign-in',
  ],
];
const modes = [
  ...outcomes.flatMap(([rule, given, ...rest]) => [
    [`${rule}, by request`, { ...given, request: {} }, ...rest] as const,
    [`${rule}, from the portal`, given, ...rest] as const,
  ]),
  ...requested,
];
for (const [rule, { request, session = false, fresh, prepare }, outcome, because] of modes)
  test(rule, () => {
    const stage = stageOf();
    const { tenant, sam, console: app } = stage;
    const opened = session ? openSession(tenant, sam, undefined).session : undefined;
    prepare?.(stage);
    const begun = beginUnsolicited(tenant, app, undefined);
    const transaction = { ...begun, request: request && { ...plain, ...request } };
    const decided =
      fresh === undefined ? decide(tenant, transaction, opened) : decide(tenant, transaction, opened, { fresh });
    assert.equal(decided.kind === 'error' ? `${decided.status.code} ${decided.status.second}` : decided.kind, outcome);
    if (decided.kind === 'sign-in') assert.deepEqual([decided.user, decided.session], [sam, opened]);
    const user = outcome === 'not-assigned' ? { username: 'sam' } : {};
    const entry = { kind: 'refusal', app: app.entityId, ...user, because };
    assert.deepEqual(entries(tenant), because === undefined ? [] : [entry]);
  });

const unassigned = ({ console: app }: Stage): void => {
  app.assigned = [];
};
const unsupported = { authnContext: impossible };
const unknownFormat = { nameIdFormat: nameIdFormats.entity };

/** How the product ends a sign-in: its page or the second status code, and what the log says. */
const inPersona: [rule: string, persona: string, given: Case, ends: string, because?: string][] = [
  ['signs in as others do', 'entra', { session: true }, 'sign-in'],
  ['asks as others do', 'entra', {}, 'ask'],
  ['shows its page for a context', 'entra', { request: unsupported }, 'AADSTS75011', 'NoAuthnContext'],
  ['sends its status for a format', 'entra', { request: unknownFormat }, 'RequestUnsupported', 'RequestUnsupported'],
  ['sends the usual status otherwise', 'entra', { request: { isPassive: true } }, 'NoPassive', 'NoPassive'],
  ['leaves its page to the IdP', 'entra', { session: true, prepare: unassigned }, 'not-assigned', 'not-assigned'],
  ['has no page of its own', 'auth0', { session: true, prepare: unassigned }, 'not-assigned', 'not-assigned'],
  ['sends a status without a second one', 'auth0', { request: { isPassive: true } }, 'Responder'],
];
const endOf = (outcome: Outcome): string => {
  if (outcome.kind === 'page') return outcome.page.code ?? outcome.page.heading;
  return outcome.kind === 'error' ? (outcome.status.second ?? outcome.status.code) : outcome.kind;
};
for (const [rule, persona, { request, session = false, prepare }, ends, because] of inPersona)
  test(`in a persona: ${persona} ${rule}`, () => {
    const stage = stageOf();
    const { tenant, sam, console: app } = stage;
    tenant.persona = readPersona(persona);
    prepare?.(stage);
    const opened = session ? openSession(tenant, sam, undefined).session : undefined;
    const transaction = { ...beginUnsolicited(tenant, app, undefined), request: request && { ...plain, ...request } };
    assert.equal(endOf(decide(tenant, transaction, opened)), ends);
    const logged = tenant.log.map((entry) => entry.kind === 'refusal' && entry.because);
    assert.deepEqual(logged, ends === 'sign-in' || ends === 'ask' ? [] : [because]);
  });

test('a product with a status for unassigned users sends it to the app', () => {
  const { tenant, sam, console: app } = stageOf();
  const status = { code: 'Responder', second: 'RequestDenied', message: 'Not yours' } as const;
  tenant.persona = readPersona({ name: 'auth0', set: { rejections: { 'not-assigned': { status } } } });
  app.assigned = [];
  const { session } = openSession(tenant, sam, undefined);
  assert.deepEqual(decide(tenant, beginUnsolicited(tenant, app, undefined), session), { kind: 'error', status });
  assert.deepEqual(entries(tenant), [{ kind: 'refusal', app: app.entityId, because: 'RequestDenied' }]);
});

test('everyone, a list of users, or no user is assigned', () => {
  const { sam, ada, console: app } = stageOf();
  const assigned = (to: string[] | 'everyone') => [sam, ada].map((user) => isAssigned({ ...app, assigned: to }, user));
  assert.deepEqual(assigned('everyone'), [true, true]);
  assert.deepEqual(assigned(['sam']), [true, false]);
  assert.deepEqual(assigned(['Ada', 'bob']), [false, true]);
  assert.deepEqual(assigned([]), [false, false]);
});

/** The comparison, the requested classes, and the class in the response (SAML core 3.3.2.2.1). */
const contexts: [comparison: string, classes: string[], stated: string | undefined][] = [
  ['exact', [unspecified], unspecified],
  ['exact', [password, best], password],
  ['exact', ['urn:none', best], best],
  ['exact', ['urn:none'], undefined],
  ['exact', [], undefined],
  ['minimum', [unspecified], best],
  ['minimum', [best], best],
  ['minimum', ['urn:none'], undefined],
  ['maximum', [unspecified, password], password],
  ['maximum', [password, unspecified], password],
  ['maximum', [best], best],
  ['better', [unspecified, password], best],
  ['better', [best], undefined],
  ['better', [unspecified, best], undefined],
  ['worse', [password], undefined],
];
for (const [comparison, classes, stated] of contexts)
  test(`${comparison} of ${classes.map((one) => one.split(':').at(-1)).join(', ') || 'nothing'}`, () => {
    const request = { ...plain, authnContext: context(comparison, ...classes) };
    assert.equal(authnContextFor(request), stated);
    const declared = { ...plain, authnContext: { ...context(comparison, ...classes), declarations: true } };
    assert.equal(authnContextFor(declared), undefined, 'declarations are not supported');
  });

test('the default context is PasswordProtectedTransport', () => {
  assert.deepEqual([authnContextFor(undefined), authnContextFor(plain)], [best, best]);
});

const { emailAddress, persistent, transient } = nameIdFormats;
const open = nameIdFormats.unspecified;
/** The app's format, the requested one, and the one in the response. */
const formats: [ofApp: string | undefined, requested: string | undefined, stated: string][] = [
  [undefined, undefined, emailAddress],
  [persistent, undefined, persistent],
  [persistent, open, persistent],
  [undefined, open, emailAddress],
  [persistent, emailAddress, emailAddress],
  [emailAddress, transient, transient],
  [open, undefined, open],
];
for (const [ofApp, requested, stated] of formats)
  test(`the app’s format is ${ofApp?.split(':').at(-1)}, the requested one ${requested?.split(':').at(-1)}`, () => {
    const { tenant, sam, console: app } = stageOf();
    assert.equal(nameIdOf(tenant, { ...app, nameIdFormat: ofApp }, sam, requested).nameIdFormat, stated);
  });

test('a username that is not an email is never sent as one', () => {
  const { tenant, sam, console: app } = stageOf();
  const formatOf = (change: object, format: string | undefined, requested?: string) =>
    nameIdOf(tenant, { ...app, nameIdFormat: format }, { ...sam, email: undefined, ...change }, requested).nameIdFormat;
  assert.equal(formatOf({}, emailAddress), open);
  assert.equal(formatOf({}, emailAddress, open), open);
  assert.equal(formatOf({ username: 'sam@acme.example' }, emailAddress), emailAddress);
  assert.equal(
    formatOf({ nameId: 'sam of acme' }, emailAddress),
    emailAddress,
    'a NameID of the user’s own may be any',
  );
});

test('the NameID is the user’s own, or the email, or the username', () => {
  const { tenant, sam, console: app } = stageOf();
  const name = (change: object) => nameIdOf(tenant, app, { ...sam, ...change }, undefined).nameId;
  assert.equal(name({ nameId: 'n' }), 'n');
  assert.equal(name({}), 'sam@acme.example');
  assert.equal(name({ email: undefined }), 'sam');
});

test('a transient NameID is new each time; a persistent one is unique to user, app and tenant', () => {
  const { tenant, sam, ada, console: app, wiki } = stageOf();
  const name = (format: string, { user = sam, at = app, of = tenant } = {}) => nameIdOf(of, at, user, format).nameId;
  assert.match(name(transient), /^_\w{40}$/);
  assert.notEqual(name(transient), name(transient));
  assert.equal(name(persistent), name(persistent));
  assert.equal(name(persistent), name(persistent, { user: { ...sam, username: 'SAM' } }));
  const later = stageOf().tenant; // of the same name, as one that was removed and created again
  const others = [{ user: ada }, { at: wiki }, { of: stageOf('globex').tenant }, { of: later }];
  assert.equal(new Set([name(persistent), ...others.map((one) => name(persistent, one))]).size, 5);
  assert.match(name(persistent), /^[\w-]{43}$/);
});
