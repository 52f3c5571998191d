/** What people type who look for a step, and the words that the steps and vocabularies use for it. */

/** By what is typed, in lower case and in the singular; the others are parts of steps or of vocabularies. */
export const synonyms: Readonly<Record<string, readonly string[]>> = {
  '2fa': ['second factor'],
  accepted: ['proven', 'success', 'signed in'],
  account: ['user', 'account'],
  acs: ['another address', 'destination', 'recipient', 'acs'],
  admin: ['administrator', 'admin', 'ada '],
  attack: ['mallory', 'forged', 'attack'],
  attacker: ['mallory', 'forged'],
  cancel: ['cancelled', 'in vain'],
  certificate: ['certificate', 'key'],
  clock: ['clock', 'minutes ahead', 'minutes ago', 'in the future', 'minutes pass', 'hours pass'],
  claim: ['attribute'],
  credential: ['password', 'credential'],
  dashboard: ['starts at the identity provider', 'portal', 'console'],
  delay: ['hours later', 'hours pass', 'minutes pass', 'holds back'],
  denied: ['refused', 'refuses'],
  device: ['another browser'],
  disabled: ['deactivated', 'switched off', 'disabled'],
  email: ['e-mail', 'mail'],
  error: ['refused', 'refusal', 'case'],
  fail: ['failure', 'refused', 'in vain'],
  'forgot to assign': ['not assigned'],
  group: ['group'],
  idp: ['identity provider', 'idp'],
  incognito: ['another browser'],
  'log in': ['sign', 'at the identity provider'],
  'log out': ['session is closed', 'not signed in', 'logout'],
  'logged in': ['signed in', 'has a session', 'logged in'],
  'logged out': ['session is closed', 'not signed in'],
  login: ['sign-in', 'sign in', 'signs in', 'signed in', 'asked for'],
  logout: ['session is closed', 'not signed in', 'logout'],
  mfa: ['second factor', 'authentication context'],
  mobile: ['another browser'],
  multifactor: ['second factor'],
  'not assigned': ['not assigned'],
  offline: ['is down', 'leads nowhere', 'unreachable'],
  otp: ['second factor'],
  outage: ['is down', 'unreachable'],
  permission: ['not assigned', 'administrators'],
  phone: ['another browser'],
  portal: ['starts at the identity provider', 'portal', 'unsolicited', 'idp-initiated'],
  proxy: ['probes', 'ahead', 'scanner', 'cookie'],
  refresh: ['reloads', 'goes back'],
  rejected: ['refused', 'refuses'],
  reload: ['reloads'],
  replay: ['same answer again', 'twice', 'replay', 'again'],
  role: ['attribute', 'administrators'],
  rollover: ['changes its key', 'next key', 'next certificate', 'certificate'],
  rotate: ['changes its key', 'next key'],
  rotation: ['changes its key', 'next key'],
  'sign out': ['session is closed', 'not signed in', 'logout'],
  skew: ['clock', 'minutes ahead', 'minutes ago', 'in the future'],
  slow: ['slow', 'hours later', 'hours pass', 'minutes pass', 'unanswered'],
  spam: ['scanner', 'did not go out', 'refuses'],
  sso: ['single sign-on', 'connection', 'sso'],
  suspended: ['deactivated', 'locked'],
  tablet: ['another browser'],
  tile: ['starts at the identity provider', 'portal'],
  time: ['minutes', 'hours', 'clock', 'time'],
  timeout: ['has expired', 'unanswered', 'minutes pass', 'timeout'],
  token: ['assertion', 'response', 'link'],
  unassigned: ['not assigned'],
  upn: ['another address', 'nameid'],
  url: ['address', 'url'],
  username: ['another address', 'nameid', 'user'],
};

export interface SoughtWord {
  typed: string;
  /** Any of these will do. */
  any: readonly string[];
}

const byLength = Object.keys(synonyms).toSorted((one, other) => other.length - one.length);

/** The words of a query in lower case, each with its synonyms; a phrase that has synonyms counts as one word. */
export function soughtWords(query: string): SoughtWord[] {
  const text = ` ${query.toLowerCase().split(/\s+/).filter(Boolean).join(' ')} `;
  if (text.trim() === '') return [];
  const phrase = byLength.find((one) => one.includes(' ') && text.includes(` ${one} `));
  if (phrase !== undefined) {
    const [before, ...after] = text.split(` ${phrase} `);
    return [...soughtWords(before!), sought(phrase), ...soughtWords(after.join(` ${phrase} `))];
  }
  return text.trim().split(' ').map(sought);
}

function sought(typed: string): SoughtWord {
  // What holds the plural holds the singular.
  const singulars = singularsOf(typed);
  const known = [typed, ...singulars].find((word) => Object.hasOwn(synonyms, word));
  return { typed, any: known === undefined ? singulars : [...new Set([...singulars, ...synonyms[known]!])] };
}

/** The word itself where it is no plural; two where the plural does not tell: policies, cookies. */
function singularsOf(word: string): string[] {
  if (word.length < 4 || word.endsWith('ss') || !word.endsWith('s')) return [word];
  if (word.endsWith('ies')) return [`${word.slice(0, -'ies'.length)}y`, word.slice(0, -'s'.length)];
  return [word.slice(0, /(?:ss|x|z|ch|sh)es$/.test(word) ? -'es'.length : -'s'.length)];
}
