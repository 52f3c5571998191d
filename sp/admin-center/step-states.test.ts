/** How far a profile has come: each step is done, next, waiting, open or locked. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { now } from '../clock.ts';
import { findTest, openLink, recordMail, recordMark, recordReport, recordWentToIdp } from '../connection-test.ts';
import { changeProfile, createProfile, findProfile, type Profile } from '../profile.ts';
import {
  type AcmesSp,
  acme,
  addressOf,
  addTest,
  addVerifiedProfile,
  certificate,
  foundAcme,
  startAcmesSp,
} from './admin-center.fixture.ts';
import { stepStates } from './step-states.ts';

let sp: AcmesSp;
before(async () => {
  sp = await startAcmesSp();
});
after(() => sp[Symbol.asyncDispose]());
beforeEach(() => foundAcme(sp));

const by = addressOf('Ada');
const hour = 3_600_000;
const complete = {
  idpEntityId: 'https://idp.acme.example',
  ssoUrl: 'https://idp.acme.example/sso',
  certificates: [certificate],
};
const profileWith = (input: object): Profile => createProfile(sp.store, acme(sp), { by, name: 'Acme', input });
const changed = (profile: Profile, input: object): Profile => changeProfile(sp.store, acme(sp), profile, { by, input });
const recordSent = (id: number) => recordMail(sp.store, id, 'sent');
const openedBy = (id: number) => openLink(sp.store, acme(sp), findTest(sp.store, id)!, 'a browser');

/** A test whose email has arrived. */
function tested(profile: Profile): number {
  const id = addTest(sp, profile);
  recordSent(id);
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

const withTest = (change: (id: number) => unknown) => (): Profile => {
  const profile = profileWith(complete);
  change(tested(profile));
  return profile;
};
const atIdp = withTest((id) => recordWentToIdp(sp.store, acme(sp), id, 'a browser'));

const rows: readonly Row[] = [
  { what: 'without settings', profile: () => profileWith({}), steps: 'next locked locked locked' },
  { what: 'complete', profile: () => profileWith(complete), steps: 'done next locked locked' },
  { what: 'the email failed', profile: failedMail, steps: 'done next locked locked' },
  { what: 'a second email arrived', profile: failedAndSent, steps: 'done done waiting locked' },
  { what: 'the email is being sent', profile: beingSent, steps: 'done done waiting locked' },
  { what: 'the email arrived', profile: withTest(() => undefined), steps: 'done done waiting locked' },
  { what: 'the link was opened', profile: withTest(openedBy), steps: 'done done waiting locked' },
  { what: 'the tester is at the IdP', profile: atIdp, steps: 'done done waiting locked' },
  { what: 'no response came', profile: atIdp, later: hour, steps: 'done done next locked' },
  { what: 'the link expired', profile: withTest(openedBy), later: 100 * hour, steps: 'done done next locked' },
  { what: 'the tester reported', profile: withTest(reported), steps: 'done done next locked' },
  { what: 'it is marked as failed', profile: withTest(markedAsFailed), steps: 'done done next locked' },
  { what: 'the sign-in was rejected', profile: rejected, steps: 'done done next locked' },
  { what: 'and then tested once more', profile: rejectedAndTested, steps: 'done done waiting locked' },
  { what: 'verified', profile: verified, steps: 'done done done next' },
  { what: 'enforced', profile: () => enforced(verified()), steps: 'done done done done' },
  { what: 'changed after a test', profile: changedAfterTest, steps: 'done next locked locked' },
  { what: 'changed after the enforcement', profile: changedEnforced, steps: 'done next locked open' },
  { what: 'emptied after the enforcement', profile: emptiedEnforced, steps: 'next locked locked open' },
  { what: 'tested after that change', profile: testedEnforced, steps: 'done done waiting open' },
];

for (const { what, profile, later = 0, steps } of rows)
  test(`${what}: ${steps}`, () => {
    const states = stepStates(sp.store, profile(), now(acme(sp)) + later);
    assert.deepEqual(Object.keys(states), ['profile', 'test', 'result', 'enforce']);
    assert.equal(Object.values(states).join(' '), steps);
  });

function failedMail(): Profile {
  const profile = profileWith(complete);
  recordMail(sp.store, addTest(sp, profile), 'failed', 'no mail server');
  return profile;
}

function failedAndSent(): Profile {
  const profile = failedMail();
  tested(profile);
  return profile;
}

function beingSent(): Profile {
  const profile = profileWith(complete);
  addTest(sp, profile);
  return profile;
}

function reported(id: number): void {
  recordReport(sp.store, id, 'wrong-password');
}

function markedAsFailed(test: number): void {
  recordMark(sp.store, acme(sp), { test, mark: 'failure', markedBy: by });
}

function rejected(): Profile {
  const profile = profileWith(complete);
  addTest(sp, profile, 'audience-missing');
  return profile;
}

function rejectedAndTested(): Profile {
  const profile = rejected();
  tested(profile);
  return profile;
}

function verified(): Profile {
  return addVerifiedProfile(sp, 'Acme');
}

function changedAfterTest(): Profile {
  const profile = profileWith(complete);
  tested(profile);
  return changed(profile, { forceAuthn: true });
}

function changedEnforced(): Profile {
  return changed(enforced(verified()), { forceAuthn: true });
}

function emptiedEnforced(): Profile {
  return changed(enforced(verified()), { ssoUrl: '' });
}

function testedEnforced(): Profile {
  const profile = changedEnforced();
  tested(profile);
  return profile;
}
