/** Step 4, Enforce: enforces a verified revision, chooses recovery administrators, and turns off enforcement. */
import { type Request, Router } from 'express';
import { html } from 'hono/html';
import { boundedList } from '../bounded-text.ts';
import { isVerified } from '../connection-test.ts';
import {
  administratorsOf,
  type EnforcementBlocker,
  enforce,
  enrollable,
  recoveryAdministratorsOf,
  turnOffEnforcement,
} from '../enforcement.ts';
import { fields, formBody, manyFields, several } from '../forms.ts';
import { audit, type User, usersOf } from '../organization.ts';
import { alert, checkbox, type Html, list, notice, success, time } from '../pages/layout.ts';
import { recoveryKeyMadeAt } from '../recovery-key.ts';
import type { ServiceProvider } from '../service-provider.ts';
import type { Store } from '../store.ts';
import { stepPage } from './admin-page.ts';
import { choiceOfUsers, nameAndEmail, picked, pickFields } from './choosing.ts';
import { carried, changedEnforcement, enforcementField, newerRevision, revisionField } from './old-form.ts';
import { onProfile, type Reply, type Visit } from './visit.ts';

const blockerTexts: Readonly<Record<EnforcementBlocker, string>> = {
  'not-proven':
    'This revision is not verified yet: another user must sign in with it, and you must mark the test as passed.',
  'no-recovery-administrator':
    'Choose at least one recovery administrator, who can sign in when the identity provider is down.',
  'recovery-not-administrator': 'A recovery administrator must be an active administrator of the organization.',
  'recovery-without-own-door':
    'Choose at least one recovery administrator who has signed in here before or has a recovery key. ' +
    'A stranger who keeps trying passwords for their emails can lock out all others.',
  'user-of-other-profile':
    'A chosen user is not an active user of the organization, or signs in through another SSO profile.',
  'nobody-covered': 'Choose at least one user.',
};

export function enforceStep(sp: ServiceProvider): Router {
  const router = Router();
  router.get(
    '/admin/sso/:profile/enforce',
    onProfile(sp, (visit) => page(visit)),
  );
  router.post(
    '/admin/sso/:profile/enforce',
    manyFields,
    onProfile(sp, (visit, request) => enforceProfile(visit, request)),
  );
  router.post(
    '/admin/sso/:profile/choose',
    manyFields,
    onProfile(sp, (visit, request) => choose(visit, request)),
  );
  router.post(
    '/admin/sso/:profile/lift',
    formBody,
    onProfile(sp, (visit, request) => turnOff(visit, request)),
  );
  return router;
}

/** The emails selected in the form. */
interface Chosen {
  users: readonly string[];
  recovery: readonly string[];
}

const enforceFields = {
  revision: carried,
  enforced: carried,
  users: several(300),
  recovery: several(300),
  ...pickFields,
};

function enforceProfile(visit: Visit, request: Request): Reply {
  const { profile, session, store } = visit;
  const { revision, enforced, users, recovery, list: pasted } = fields(request, enforceFields);
  const chosen = { users, recovery };
  if (revision === String(profile.revision) && isInForce(visit, chosen))
    return { to: `/admin/sso/${profile.id}/enforce` };
  const changed = newerRevision(store, profile, revision) ?? changedEnforcement(store, profile, enforced);
  if (changed) return page(visit, { status: 409, problem: changed, chosen, pasted });
  if (pasted.trim() !== '') {
    const problem = html`<p>Nothing was saved: you pasted emails, but did not press one of the buttons below the list.
Press one of them, or clear the list.</p>`;
    return page(visit, { status: 409, problem, chosen, pasted });
  }
  const outcome = enforce(store, profile, session, chosen);
  if (!('blocker' in outcome)) return { to: `/admin/sso/${profile.id}/enforce` };
  const { blocker } = outcome;
  audit(store, session.organization, session.user.address, 'enforcement-refused', { reason: blocker });
  const help = blocker === 'not-proven' ? html`<p><a href="/cases/enforce-before-test">What to do</a></p>` : '';
  return page(visit, { status: 409, problem: html`<p>${blockerTexts[blocker]}</p>${help}`, chosen });
}

/** Shows the form again with the users that were picked. Nothing is saved. */
function choose(visit: Visit, request: Request): Reply {
  const { store, profile, session } = visit;
  const { revision, enforced, users: before, recovery, ...pick } = fields(request, enforceFields);
  const changed = newerRevision(store, profile, revision) ?? changedEnforcement(store, profile, enforced);
  const { users, unknown } = picked(before, enrollable(store, session.organization, profile), pick);
  const chosen = { users, recovery };
  if (changed) return page(visit, { status: 409, problem: changed, chosen });
  if (unknown.length === 0) return page(visit, { chosen });
  const problem = html`<p>${unknown.length === 1 ? 'This email belongs' : 'These emails belong'} to no user who can be
covered: ${boundedList(unknown, { most: 20 })}. The rest of the list was used.</p>`;
  return page(visit, { problem, chosen });
}

/** True if exactly this is in force already: a double click sends a form twice. */
function isInForce({ store, profile, session }: Visit, { users, recovery }: Chosen): boolean {
  if (profile.enforcedRevision !== profile.revision) return false;
  const { slug } = session.organization;
  const isSame = (one: readonly string[], other: readonly User[]): boolean =>
    [...new Set(one)].sort().join() ===
    other
      .map(({ address }) => address)
      .sort()
      .join();
  const all = usersOf(store, slug);
  return (
    isSame(
      users,
      all.filter((user) => user.profile === profile.id),
    ) && isSame(recovery, recoveryAdministratorsOf(store, session.organization, profile))
  );
}

function turnOff(visit: Visit, request: Request): Reply {
  const { profile, session, store } = visit;
  const { enforced } = fields(request, { enforced: carried });
  const changed = changedEnforcement(store, profile, enforced);
  if (changed) return page(visit, { status: 409, problem: changed });
  if (profile.enforcedRevision !== undefined)
    turnOffEnforcement(store, session.organization, profile, session.user.address);
  return { to: `/admin/sso/${profile.id}/enforce` };
}

function page(
  visit: Visit,
  { problem, status = 200, ...shown }: { problem?: Html; status?: number; chosen?: Chosen; pasted?: string } = {},
): Reply {
  const { enforcedRevision } = visit.profile;
  const body = html`
${problem ? alert(problem) : ''}
${enforcedRevision === undefined ? verification(visit) : enforcement(visit, enforcedRevision)}
${form(visit, shown)}`;
  return stepPage(visit, 'enforce', body, { status });
}

/** Shows if the newest revision can be enforced. */
const verification = ({ store, profile: { id, revision } }: Visit): Html =>
  isVerified(store, id, revision)
    ? success(html`<p>Revision ${revision} is verified.</p>`)
    : notice(html`<p>Revision ${revision} is not verified yet.
Another user must sign in with it, and you must mark the test as passed.</p>
<p><a href="/admin/sso/${id}/test" role="button">Test it</a></p>`);

function enforcement({ store, profile, session }: Visit, enforcedRevision: number): Html {
  const { organization } = session;
  const covered = usersOf(store, organization.slug).filter((user) => user.profile === profile.id);
  const others = usersOf(store, organization.slug).filter((user) => !user.deactivated && user.profile !== profile.id);
  const newer = notice(html`<p>Revision ${profile.revision} of the profile takes effect once it is verified.</p>`);
  return html`${success(html`<p>Single sign-on is enforced with revision ${enforcedRevision}.</p>`)}
${enforcedRevision === profile.revision ? '' : newer}
${peopleList('Covered users', covered)}
${peopleList('Not covered, and still with a password', others)}
<p>Recovery administrators can sign in with their password at <a href="/login/recovery">recovery sign-in</a>. While a
stranger keeps trying passwords for their email, they need a recovery key or a browser in which they have signed in
before:</p>
${list(recoveryAdministratorsOf(store, organization, profile).map((one) => wayIn(store, one, session.user)))}
<form method="post" action="/admin/sso/${profile.id}/lift">
${enforcementField(profile)}
<button type="submit" class="secondary">Turn off SSO enforcement</button></form>`;
}

/** Folded if it is long. */
function peopleList(title: string, users: readonly User[]): Html | '' {
  if (users.length === 0) return '';
  if (users.length <= 10) return html`<p>${title}:</p>${list(users.map(nameAndEmail))}`;
  return html`<details><summary>${title}: ${users.length}</summary>${list(users.map(nameAndEmail))}</details>`;
}

/** A recovery administrator and the recovery key. Only the key's owner, if that is the `reader`, can create it. */
function wayIn(store: Store, user: User, reader: User): Html {
  const madeAt = recoveryKeyMadeAt(store, user.address);
  const key = madeAt === undefined ? 'no recovery key yet' : html`recovery key created at ${time(madeAt)}`;
  const link = madeAt === undefined ? 'Create your recovery key' : 'Create a new recovery key';
  const own = user.address === reader.address ? html`. <a href="/login/recovery-key">${link}</a>` : '';
  return html`${nameAndEmail(user)}: ${key}${own}`;
}

function form(visit: Visit, { chosen = preset(visit), pasted = '' }: { chosen?: Chosen; pasted?: string }): Html {
  const { store, profile, session } = visit;
  const { organization } = session;
  const { id, revision, enforcedRevision } = profile;
  const label = enforcedRevision === revision ? 'Update enforcement' : 'Enforce SSO';
  const choice = (user: User): Html =>
    checkbox('recovery', html`${nameAndEmail(user)}<span class="only-heard"> as a recovery administrator</span>`, {
      value: user.address,
      checked: chosen.recovery.includes(user.address),
    });
  return html`
<form method="post" action="/admin/sso/${id}/enforce">
${revisionField(profile)}
${enforcementField(profile)}
<p>Covered users sign in only through the identity provider. Their passwords stop working, and their password sessions
end.</p>
${choiceOfUsers(enrollable(store, organization, profile), chosen.users, { profile: id, pasted })}
<fieldset class="inline"><legend>Recovery administrators, who keep their password</legend>
<div class="choices">${administratorsOf(store, organization).map(choice)}</div></fieldset>
${isVerified(store, id, revision) ? html`<button type="submit">${label}</button>` : lockedButton(label, revision)}
</form>`;
}

const lockedButton = (label: string, revision: number): Html =>
  html`<button type="submit" class="secondary" disabled aria-describedby="not-yet">${label}</button>
<p class="small" id="not-yet">You cannot enforce SSO yet: revision ${revision} is not verified.
<a href="/cases/enforce-before-test">What to do</a></p>`;

/** The users covered now; by default all without a profile, and the current administrator for recovery. */
function preset({ store, profile, session }: Visit): Chosen {
  const { organization, user } = session;
  const addresses = (users: readonly User[]): string[] => users.map(({ address }) => address);
  const candidates = enrollable(store, organization, profile);
  if (profile.enforcedRevision === undefined) return { users: addresses(candidates), recovery: [user.address] };
  return {
    users: addresses(candidates.filter((one) => one.profile === profile.id)),
    recovery: addresses(recoveryAdministratorsOf(store, organization, profile)),
  };
}
