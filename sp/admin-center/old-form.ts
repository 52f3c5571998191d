/**
 * Forms carry what their administrator was looking at, as hidden fields. Where that is no longer so, nothing is done:
 * the page says what changed in the meantime, and shows the form once more.
 */
import { html } from 'hono/html';
import type { ConnectionTest } from '../connection-test.ts';
import { text } from '../forms.ts';
import { auditOf } from '../organization.ts';
import { type Html, list, time } from '../pages/layout.ts';
import { changesSince, type Profile } from '../profile.ts';
import type { Store } from '../store.ts';
import { settingLabels } from './profile-form.ts';

const hidden = (name: string, value: string | number): Html =>
  html`<input type="hidden" name="${name}" value="${value}">`;

/** One of the values that a form carries: a number, or a few words. */
export const carried = text(100);

export const revisionField = ({ revision }: Profile): Html => hidden('revision', revision);

/** The newest changes are listed. */
const mostChanges = 20;

/** What has changed since the form was made for `revision`; undefined if that is the newest one. */
export function newerRevision(store: Store, profile: Profile, revision: string): Html | undefined {
  if (revision === String(profile.revision)) return undefined;
  const seen = /^\d{1,9}$/.test(revision) ? Number(revision) : profile.revision;
  const changes = changesSince(store, profile.id, Math.max(seen, profile.revision - mostChanges)).map(
    ({ number, at, by, changed }) =>
      html`Revision ${number}, by ${by}, ${time(at)}: ${changed.map((key) => settingLabels[key]).join(', ')}`,
  );
  return html`<p>The profile has changed since this form was opened. It is at revision ${profile.revision} now, so
nothing was done. Your entries are still in the form: compare them with
<a href="/admin/sso/${profile.id}/profile">the profile as it is now</a>, then send the form again.</p>
${changes.length === 0 ? '' : list(changes)}`;
}

const enforcementOf = ({ enforcedRevision, enforcedAt }: Profile): string =>
  enforcedRevision === undefined ? 'none' : `revision ${enforcedRevision} since ${enforcedAt}`;

export const enforcementField = (profile: Profile): Html => hidden('enforced', enforcementOf(profile));

const enforcementActions: Readonly<Record<string, string>> = {
  enforced: 'Enforced',
  lifted: 'Lifted',
  'enforcement-moved': 'Moved to a newer revision',
  'enforced-unproven': 'Enforced without a test',
};

/** What became of enforcement since the form was opened; undefined if it is as it was. */
export function changedEnforcement(store: Store, profile: Profile, enforced: string): Html | undefined {
  if (enforced === enforcementOf(profile)) return undefined;
  const last = auditOf(store, profile.organization).find(
    ({ action, detail }) => action in enforcementActions && detail.profile === profile.name,
  );
  const what = last && html`<p>${enforcementActions[last.action]!} by ${last.actor}, ${time(last.at)}.</p>`;
  return html`<p>Single sign-on was enforced or lifted since this form was opened, so nothing was done. Look at the
page as it is now, then decide again.</p>${what ?? ''}`;
}

const markOf = ({ mark, markedAt }: ConnectionTest): string => (mark === undefined ? 'none' : `${mark} at ${markedAt}`);

/** The test that is looked at, with its mark. */
export const testFields = (test: ConnectionTest): Html =>
  html`${hidden('test', test.id)}${hidden('marked', markOf(test))}`;

/** Why the test, or its mark, is not the one that was looked at; undefined if it is. */
export function newerTest(
  test: ConnectionTest,
  { test: id, marked }: { test: string; marked: string },
): Html | undefined {
  if (id !== String(test.id))
    return html`<p>There is a newer test since this page was opened, so nothing was marked: ${test.askedBy} asked
${test.tester}, ${time(test.createdAt)}. This is its result.</p>`;
  if (marked !== markOf(test))
    return html`<p>This test was marked since this page was opened, so nothing was changed: ${test.mark} by
${test.markedBy}, ${time(test.markedAt)}.</p>`;
  return undefined;
}
