/**
 * Detects outdated forms. A form carries the revision, enforcement or test that the administrator saw, in hidden
 * fields. If that has changed since, nothing is saved: the page shows the change, and the form again.
 */
import { html } from 'hono/html';
import { type ConnectionTest, markWords } from '../connection-test.ts';
import { text } from '../forms.ts';
import { auditOf } from '../organization.ts';
import { type Html, list, time } from '../pages/layout.ts';
import { changesSince, type Profile } from '../profile.ts';
import type { Store } from '../store.ts';
import { settingLabels } from './profile-form.ts';

const hidden = (name: string, value: string | number): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

/** A hidden field's value. */
export const carried = text(100);

export const revisionField = ({ revision }: Profile): Html => hidden('revision', revision);

/** The number of changes listed, newest first. */
const mostChanges = 20;

/** The changes since `revision`, which the form carries; undefined if it is the newest. */
export function newerRevision(store: Store, profile: Profile, revision: string): Html | undefined {
  if (revision === String(profile.revision)) return undefined;
  const shown = /^\d{1,9}$/.test(revision) ? Number(revision) : profile.revision;
  const changes = changesSince(store, profile.id, Math.max(shown, profile.revision - mostChanges)).map(
    ({ number, at, by, changed }) =>
      html`Revision ${number}, by ${by}, ${time(at)}: ${changed.map((key) => settingLabels[key]).join(', ')}`,
  );
  return html`<p>Nothing was saved: the profile has changed since you opened this form and is now at revision
${profile.revision}. Your entries are still in the form. Compare them with
<a href="/admin/sso/${profile.id}/profile">the current profile</a>, then submit the form again.</p>
${changes.length === 0 ? '' : list(changes)}`;
}

const enforcementOf = ({ enforcedRevision, enforcedAt }: Profile): string =>
  enforcedRevision === undefined ? 'none' : `revision ${enforcedRevision} since ${enforcedAt}`;

export const enforcementField = (profile: Profile): Html => hidden('enforced', enforcementOf(profile));

const enforcementActions: Readonly<Record<string, string>> = {
  enforced: 'Enforced',
  lifted: 'Turned off',
  'enforcement-moved': 'Updated to a newer revision',
  'enforced-unproven': 'Enforced without a test',
};

/** How enforcement has changed since the form was opened; undefined if it has not. */
export function changedEnforcement(store: Store, profile: Profile, enforced: string): Html | undefined {
  if (enforced === enforcementOf(profile)) return undefined;
  const last = auditOf(store, profile.organization).find(
    ({ action, detail }) => action in enforcementActions && detail.profile === profile.name,
  );
  const what = last && html`<p>${enforcementActions[last.action]!} by ${last.actor}, ${time(last.at)}.</p>`;
  return html`<p>Nothing was saved: SSO enforcement has changed since you opened this form. Check the current state,
then decide again.</p>${what ?? ''}`;
}

const markOf = ({ mark, markedAt }: ConnectionTest): string => (mark === undefined ? 'none' : `${mark} at ${markedAt}`);

/** The test shown on the page, and its mark. */
export const testFields = (test: ConnectionTest): Html =>
  html`${hidden('test', test.id)}${hidden('marked', markOf(test))}`;

/** Why the newest test or its mark is not the one that the form carries; undefined if it is. */
export function newerTest(
  test: ConnectionTest,
  { test: id, marked }: { test: string; marked: string },
): Html | undefined {
  if (id !== String(test.id))
    return html`<p>Nothing was saved: there is a newer test, sent by ${test.askedBy} to ${test.tester},
${time(test.createdAt)}. This is its result.</p>`;
  if (marked !== markOf(test))
    return html`<p>Nothing was saved: since you opened this page, ${test.markedBy} marked this test as
${markWords[test.mark!]}, ${time(test.markedAt)}.</p>`;
  return undefined;
}
