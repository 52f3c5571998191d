/** The changes that an IdP's metadata would make to an SSO profile, shown before they are taken over. */
import { html } from 'hono/html';
import { certificateFacts, validityOf } from '../certificate-expiry.ts';
import { type Html, notice, type Piece, success, table } from '../pages/layout.ts';
import type { ProfileSettings, SettingsInput } from '../profile.ts';
import { settingLabels } from './profile-form.ts';

interface Change {
  label: string;
  before: Piece;
  after: Piece;
}

/** `time` is on the organization's clock. */
export function metadataChanges(before: ProfileSettings, after: SettingsInput, time: number): Change[] {
  const plain = (['idpEntityId', 'ssoUrl', 'ssoBinding', 'sloUrl', 'signRequests'] as const)
    .filter((name) => after[name] !== undefined && after[name] !== before[name])
    .map((name) => ({ label: settingLabels[name], before: shown(before[name]), after: shown(after[name]!) }));
  return [...plain, ...certificateChanges(before.certificates, after.certificates ?? before.certificates, time)];
}

const shown = (value: string | boolean): string => {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value === '' ? '–' : value;
};

function certificateChanges(before: readonly string[], after: readonly string[], time: number): Change[] {
  const facts = (pem: string) => certificateFacts(pem, time);
  const prints = (pems: readonly string[]): string[] => pems.map((pem) => facts(pem).fingerprint);
  const view = (pem: string): Html => html`${facts(pem).subject}, ${validityOf(facts(pem))}<br>
<code>${facts(pem).fingerprint}</code>`;
  const isNew = (pem: string): boolean => !prints(before).includes(facts(pem).fingerprint);
  const isGone = (pem: string): boolean => !prints(after).includes(facts(pem).fingerprint);
  return [
    ...after.filter(isNew).map((pem) => ({ label: 'Certificate added', before: '–', after: view(pem) })),
    ...before.filter(isGone).map((pem) => ({ label: 'Certificate removed', before: view(pem), after: '–' })),
  ];
}

/** `url` is where the metadata comes from. */
export const changesView = (profile: number, url: string, changes: readonly Change[]): Html =>
  changes.length === 0
    ? success(html`<p>The metadata at ${url} is the same as the profile: there is nothing to import.</p>`)
    : html`${notice(html`<p>Nothing is saved yet: these are the changes that the metadata would make.</p>`)}
${table(
  'Changes',
  ['Setting', 'Now', `In the metadata at ${url}`],
  changes.map(({ label, before, after }) => [label, before, after]),
)}
<p><button type="submit" form="profile-form" formaction="/admin/sso/${profile}/metadata">Import these
changes</button></p>`;
