/** Compares emails: folds ASCII case, compares domains in their IDNA form, and changes nothing else. */
import { domainToASCII, domainToUnicode } from 'node:url';

export const isSameAddress = (one: string, other: string): boolean => addressKey(one) === addressKey(other);

/** Equal for two spellings of one address. */
export function addressKey(address: string): string {
  const folded = address.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const at = folded.lastIndexOf('@') + 1;
  return at === 0 ? folded : folded.slice(0, at) + folded.slice(at).split('.').map(labelKey).join('.');
}

/** The spellings to search for: with the domain in its ASCII form, and in its Unicode form if that differs. */
export function spellingsOf(address: string): string[] {
  const key = addressKey(address);
  const at = key.lastIndexOf('@') + 1;
  return at === 0 ? [key] : [...new Set([key, key.slice(0, at) + domainToUnicode(key.slice(at))])];
}

/** The IDNA form, unless the conversion would also map or drop characters. */
function labelKey(label: string): string {
  const ascii = domainToASCII(label);
  return domainToUnicode(ascii) === label ? ascii : label;
}
