/** The entries of the audit log as sentences: “Enforced SSO for 12 users with revision 3 of Acme.” */
import { type Mark, markWords, type Report, reports } from '../connection-test.ts';
import type { AuditAction, AuditEntry } from '../organization.ts';
import { type RejectionCode, rejections } from '../rejection-advice.ts';
import { settingLabels } from './profile-form.ts';

type Detail = AuditEntry['detail'];

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '?' : String(value);
const several = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
const count = (value: unknown, one: string): string => {
  const { length } = several(value);
  return length === 1 ? text(several(value)[0]) : `${length} ${one}s`;
};

const methods: Readonly<Record<string, string>> = {
  password: 'with a password',
  recovery: 'with a password, as a recovery administrator',
  sso: 'through the identity provider',
};
const methodOf = ({ method }: Detail): string => methods[text(method)] ?? text(method);

const because: Readonly<Record<string, string>> = {
  'not-proven': 'the revision is not verified',
  'no-recovery-administrator': 'no recovery administrator was chosen',
  'recovery-not-administrator': 'a recovery administrator is not an active administrator',
  'recovery-without-own-door': 'no recovery administrator has signed in before or has a recovery key',
  'user-of-other-profile': 'a chosen user cannot be covered',
  'nobody-covered': 'no user was chosen',
  'user-unavailable': 'the user cannot be tested',
  'address-malformed': 'the email is malformed',
  'own-address': 'it was the administrator’s own email',
  'other-profile': 'the user has another SSO profile',
  'profile-incomplete': 'the profile is incomplete',
  'too-many-emails': 'too many emails were sent',
  'test-link-opened': 'a test link was opened',
};
const reasonOf = (value: unknown): string => because[text(value)] ?? text(value).replaceAll('-', ' ');

const settingNames = (changed: unknown): string =>
  several(changed)
    .map((name) => settingLabels[name as keyof typeof settingLabels] ?? name)
    .join(', ');

const rejectionOf = (code: unknown): string =>
  Object.hasOwn(rejections, text(code)) ? rejections[text(code) as RejectionCode].sentence : text(code);

const userWords: Readonly<Record<string, (value: unknown) => string>> = {
  deactivated: (value) => (value === true ? 'deactivated' : 'active'),
  administrator: (value) => (value === true ? 'administrator' : 'not an administrator'),
  profile: (value) => (value === null ? 'no SSO profile' : `SSO profile ${text(value)}`),
};

/** The words for the changed facts of a user. */
const nowOf = (changed: Detail): string =>
  Object.entries(changed)
    .map(([name, value]) => (Object.hasOwn(userWords, name) ? userWords[name]!(value) : `${name} ${text(value)}`))
    .join(', ');

/** The actor's deed, as a sentence without its subject. */
const sentences: Readonly<Record<AuditAction, (detail: Detail) => string>> = {
  'profile-created': ({ profile }) => `Created the SSO profile ${text(profile)}.`,
  'profile-changed': ({ profile, revision, changed }) =>
    `Changed ${text(profile)}, which is now at revision ${text(revision)}: ${settingNames(changed)}.`,
  'metadata-url-changed': ({ profile, url }) =>
    url === ''
      ? `Removed the metadata URL of ${text(profile)}.`
      : `Set the metadata URL of ${text(profile)}: ${text(url)}`,
  'metadata-fetched': ({ profile, url, problem }) => {
    const failed = problem === undefined ? '' : `, which failed: ${text(problem)}`;
    return `Fetched metadata for ${text(profile)} from ${text(url)}${failed}`;
  },
  'certificate-expiring': ({ profile, subject, until, warning }) =>
    warning === 'expired'
      ? `A signing certificate of ${text(profile)} has expired: ${text(subject)}, valid until ${text(until)}.`
      : `A signing certificate of ${text(profile)} expires in less than ${text(warning)} days: ${text(subject)}, ` +
        `valid until ${text(until)}.`,
  'organization-created': ({ name }) => `Created the organization ${text(name)}.`,
  'organization-changed': (detail) => `Changed the organization: ${Object.keys(detail).join(', ')}.`,
  'domain-added': ({ domain }) => `Added the verified domain ${text(domain)}.`,
  'domain-removed': ({ domain }) => `Removed the verified domain ${text(domain)}.`,
  'user-added': ({ user, administrator }) => `Added the ${administrator ? 'administrator' : 'user'} ${text(user)}.`,
  'user-changed': ({ user, ...changed }) => `Changed the user ${text(user)}: ${nowOf(changed)}.`,
  'test-asked': ({ profile, revision, tester }) =>
    `Sent ${text(tester)} a test of ${text(profile)}, revision ${text(revision)}.`,
  'test-refused': ({ reason }) => `Could not send a test: ${reasonOf(reason)}.`,
  marked: ({ mark, test, revision }) =>
    `Marked test ${text(test)} of revision ${text(revision)} as ${markWords[text(mark) as Mark] ?? text(mark)}.`,
  'mark-refused': ({ mark, test }) =>
    `Could not mark test ${text(test)} as ${markWords[text(mark) as Mark] ?? text(mark)}.`,
  enforced: ({ profile, revision, covered, recovery }) =>
    `Enforced SSO for ${count(covered, 'user')} with revision ${text(revision)} of ${text(profile)}. ` +
    `Recovery: ${several(recovery).join(', ')}.`,
  'enforced-unproven': ({ profile, revision }) =>
    `Enforced SSO with revision ${text(revision)} of ${text(profile)}, without a test.`,
  'enforcement-moved': ({ profile, revision }) =>
    `Enforcement of ${text(profile)} moved on to the verified revision ${text(revision)}.`,
  'enforcement-refused': ({ reason }) => `Could not enforce SSO: ${reasonOf(reason)}.`,
  lifted: ({ profile }) => `Turned off SSO enforcement of ${text(profile)}.`,
  'recovery-key-made': () => 'Created a recovery key.',
  'signed-in': (detail) =>
    `Signed in ${methodOf(detail)}${detail.test === undefined ? '' : `, in test ${text(detail.test)}`}.`,
  'signed-out': (detail) => `Signed out.${detail.method === undefined ? '' : ` The sign-in was ${methodOf(detail)}.`}`,
  'session-closed': ({ because: why }) => `The session ended, because ${reasonOf(why)}.`,
  'test-opened': ({ test }) => `Opened the link of test ${text(test)}.`,
  'test-reported': ({ test, report }) =>
    `Reported in test ${text(test)}: “${reports[text(report) as Report]?.words ?? text(report)}.”`,
  'test-left': ({ test }) => `Left test ${text(test)}.`,
  'password-refused': ({ door }) => `A password was rejected at the ${door === 'recovery' ? 'recovery ' : ''}sign-in.`,
  'sign-in-refused': ({ rejection, reference }) =>
    `A response was rejected, reference ${text(reference)}: ${rejectionOf(rejection)}`,
  'logout-refused': ({ reason }) => `A logout message was rejected: ${reasonOf(reason)}.`,
};

/** Entries of another version are shown as they are. */
export function sentenceOf({ action, detail }: Pick<AuditEntry, 'action' | 'detail'>): string {
  const sentence = Object.hasOwn(sentences, action) ? sentences[action as AuditAction] : undefined;
  return sentence?.(detail) ?? `${action.replaceAll('-', ' ')}: ${JSON.stringify(detail)}`;
}
