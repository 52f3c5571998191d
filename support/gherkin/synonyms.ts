/** Words that people may type to find a step, with the words that the steps and vocabularies use. */

/** Keyed by what is typed, in lower case and in the singular. The values are parts of steps or of vocabularies. */
export const synonyms: Readonly<Record<string, readonly string[]>> = {
  '2fa': ['second factor'],
  accepted: ['passes', 'passed', 'success', 'signed in'],
  account: ['user', 'account'],
  acs: ['acs', 'destination', 'recipient'],
  address: ['address', 'email', 'url'],
  admin: ['administrator', 'admin', 'ada '],
  application: ['app'],
  attack: ['mallory', 'forged', 'attack'],
  attacker: ['mallory', 'forged'],
  cancel: ['cancelled', 'cannot sign in'],
  certificate: ['certificate', 'key'],
  clock: ['clock', 'minutes ahead', 'minutes ago', 'in the future', 'minutes pass', 'hours pass'],
  claim: ['attribute'],
  connection: ['sso profile', 'connection'],
  credential: ['password', 'credential'],
  dashboard: ['portal', 'console'],
  delay: ['hours late', 'hours pass', 'minutes pass', 'delays'],
  denied: ['rejects', 'rejected'],
  device: ['another browser', 'phone'],
  disabled: ['deactivated', 'disabled'],
  'e-mail': ['email'],
  error: ['rejects', 'error', 'entry'],
  fail: ['fails', 'failed', 'rejects', 'cannot sign in'],
  'forgot to assign': ['not assigned'],
  group: ['group'],
  'identity provider': ['idp', 'identity provider'],
  idp: ['idp', 'identity provider'],
  incognito: ['another browser'],
  'log in': ['sign', 'at the idp'],
  'log out': ['session is closed', 'not signed in', 'logout'],
  'logged in': ['signed in', 'logged in'],
  'logged out': ['session is closed', 'not signed in'],
  login: ['sign-in', 'sign in', 'signs in', 'signed in', 'login', 'asked for'],
  logout: ['session is closed', 'not signed in', 'logout'],
  mail: ['email', 'mail'],
  mfa: ['second factor', 'authentication context'],
  mobile: ['phone', 'another browser'],
  multifactor: ['second factor'],
  'not assigned': ['not assigned'],
  offline: ['is down', 'does not exist', 'unreachable'],
  otp: ['second factor'],
  outage: ['is down', 'unreachable'],
  permission: ['not assigned', 'administrators'],
  phone: ['phone', 'another browser'],
  portal: ['portal', 'unsolicited', 'idp-initiated'],
  proxy: ['checks the test link', 'prefetches', 'scanner', 'cookie'],
  refresh: ['reloads', 'goes back'],
  refused: ['rejects', 'rejected', 'refused'],
  rejected: ['rejects', 'rejected', 'refused'],
  reload: ['reloads'],
  replay: ['same response again', 'twice', 'replay'],
  role: ['attribute', 'administrators'],
  rollover: ['rolls over', 'next certificate', 'certificate'],
  rotate: ['rolls over', 'next certificate'],
  rotation: ['rolls over', 'next certificate'],
  'service provider': ['sp ', 'service provider'],
  'sign out': ['session is closed', 'not signed in', 'logout'],
  'single sign-on': ['sso', 'single sign-on'],
  skew: ['clock', 'minutes ahead', 'minutes ago', 'in the future'],
  slow: ['slow', 'hours late', 'hours pass', 'minutes pass', 'unanswered', 'delays'],
  spam: ['scanner', 'was not sent', 'rejects email'],
  sso: ['sso', 'single sign-on'],
  suspended: ['deactivated', 'locked'],
  tablet: ['another browser', 'phone'],
  tile: ['portal'],
  time: ['minutes', 'hours', 'clock', 'time'],
  timeout: ['has expired', 'unanswered', 'minutes pass', 'timeout'],
  token: ['assertion', 'response', 'link'],
  unassigned: ['not assigned'],
  upn: ['email at the idp', 'nameid'],
  url: ['url', 'address'],
  username: ['email', 'nameid', 'user'],
};

export interface SoughtWord {
  typed: string;
  /** One of these must match. */
  any: readonly string[];
}

const byLength = Object.keys(synonyms).toSorted((one, other) => other.length - one.length);

/** The words of a query in lower case, each with its synonyms. A phrase with synonyms counts as one word. */
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
  // Every text that contains the plural contains the singular.
  const singulars = singularsOf(typed);
  const known = [typed, ...singulars].find((word) => Object.hasOwn(synonyms, word));
  return { typed, any: known === undefined ? singulars : [...new Set([...singulars, ...synonyms[known]!])] };
}

/** The word itself if it is not a plural. Two candidates if the ending is ambiguous: policies, cookies. */
function singularsOf(word: string): string[] {
  if (word.length < 4 || word.endsWith('ss') || !word.endsWith('s')) return [word];
  if (word.endsWith('ies')) return [`${word.slice(0, -'ies'.length)}y`, word.slice(0, -'s'.length)];
  return [word.slice(0, /(?:ss|x|z|ch|sh)es$/.test(word) ? -'es'.length : -'s'.length)];
}
