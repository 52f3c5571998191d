/** How far a profile has come: each step is done, next, waiting, open or locked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { now } from '../clock.ts';
import { findTest, openLink, recordMail, recordMark, recordReport, recordWentToIdp } from '../connection-test.ts';
import { changeProfile, createProfile, findProfile, type Profile } from '../profile.ts';
import { acme, acmesSpForEachTest, addressOf, addTest, addVerifiedProfile, complete } from './admin-center.fixture.ts';
import { stepStates } from './step-states.ts';

const sp = acmesSpForEachTest();

const by = addressOf('Ada');
const hour = 3_600_000;
const profileWith = (input: object): Profile => createProfile(sp.store, acme(sp), { by, name: 'Acme', input });
const completed = (): Profile => profileWith(complete);
const verified = (): Profile => addVerifiedProfile(sp, 'Acme');
const changed = (profile: Profile, input: object): Profile => changeProfile(sp.store, acme(sp), profile, { by, input });

/** A test whose email has arrived. */
function tested(profile: Profile): number {
  const id = addTest(sp, profile);
  recordMail(sp.store, id, 'sent');
  return id;
}

/** The settings of this revision are enforced. */
function enforced(profile: Profile): Profile {
  sp.store.run`UPDATE profiles SET enforced_revision = ${profile.revision} WHERE id = ${profile.id}`;
  return findProfile(sp.store, 'acme', profile.id)!;
}

interface Row {
  what: string;
  profile: () => Profile;
  /** Of profile, test, result and enforce. */
  steps: string;
  /** Milliseconds since then. */
  later?: number;
}

/** The profile, after something has happened to it. */
const and = (profile: () => Profile, happens: (profile: Profile) => unknown) => (): Profile => {
  const before = profile();
  happens(before);
  return before;
};
/** A complete profile, after something has happened to its test. */
const withTest = (happens: (id: number) => unknown) => and(completed, (profile) => happens(tested(profile)));

const failedMail = and(completed, (profile) => recordMail(sp.store, addTest(sp, profile), 'failed', 'no mail server'));
const beingSent = and(completed, (profile) => addTest(sp, profile));
const opened = withTest((id) => openLink(sp.store, acme(sp), findTest(sp.store, id)!, 'a browser'));
const atIdp = withTest((id) => recordWentToIdp(sp.store, acme(sp), id, 'a browser'));
const reported = withTest((id) => recordReport(sp.store, id, 'wrong-password'));
const failed = withTest((test) => recordMark(sp.store, acme(sp), { test, mark: 'failure', markedBy: by }));
const rejected = and(completed, (profile) => addTest(sp, profile, 'audience-missing'));
const changedEnforced = (): Profile => changed(enforced(verified()), { forceAuthn: true });

const rows: readonly Row[] = [
  { what: 'without settings', profile: () => profileWith({}), steps: 'next locked locked locked' },
  { what: 'complete', profile: completed, steps: 'done next locked locked' },
  { what: 'the email failed', profile: failedMail, steps: 'done next locked locked' },
  { what: 'a second email arrived', profile: and(failedMail, tested), steps: 'done done waiting locked' },
  { what: 'the email is being sent', profile: beingSent, steps: 'done done waiting locked' },
  { what: 'the email arrived', profile: and(completed, tested), steps: 'done done waiting locked' },
  { what: 'the link was opened', profile: opened, steps: 'done done waiting locked' },
  { what: 'the tester is at the IdP', profile: atIdp, steps: 'done done waiting locked' },
  { what: 'no response came', profile: atIdp, later: hour, steps: 'done done next locked' },
  { what: 'the link expired', profile: opened, later: 100 * hour, steps: 'done done next locked' },
  { what: 'the tester reported', profile: reported, steps: 'done done next locked' },
  { what: 'it is marked as failed', profile: failed, steps: 'done done next locked' },
  { what: 'the sign-in was rejected', profile: rejected, steps: 'done done next locked' },
  { what: 'and then tested once more', profile: and(rejected, tested), steps: 'done done waiting locked' },
  { what: 'verified', profile: verified, steps: 'done done done next' },
  { what: 'enforced', profile: () => enforced(verified()), steps: 'done done done done' },
  {
    what: 'changed after a test',
    profile: () => changed(and(completed, tested)(), { forceAuthn: true }),
    steps: 'done next locked locked',
  },
  { what: 'changed after the enforcement', profile: changedEnforced, steps: 'done next locked open' },
  {
    what: 'emptied after the enforcement',
    profile: () => changed(enforced(verified()), { ssoUrl: '' }),
    steps: 'next locked locked open',
  },
  { what: 'tested after that change', profile: and(changedEnforced, tested), steps: 'done done waiting open' },
];

for (const { what, profile, later = 0, steps } of rows)
  test(`${what}: ${steps}`, () => {
    const states = stepStates(sp.store, profile(), now(acme(sp)) + later);
    assert.deepEqual(Object.keys(states), ['profile', 'test', 'result', 'enforce']);
    assert.equal(Object.values(states).join(' '), steps);
  });
