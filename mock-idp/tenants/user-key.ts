/** How usernames are compared. */
import { domainToASCII, domainToUnicode } from 'node:url';

/** Key by which usernames are compared: ASCII case is folded, and a domain is in its IDNA form. */
export function userKey(username: string): string {
  const name = username.trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const at = name.lastIndexOf('@') + 1;
  return at === 0 ? name : name.slice(0, at) + name.slice(at).split('.').map(labelKey).join('.');
}

/** The IDNA form, unless the conversion would also map or drop characters. */
function labelKey(label: string): string {
  const ascii = domainToASCII(label);
  return domainToUnicode(ascii) === label ? ascii : label;
}
