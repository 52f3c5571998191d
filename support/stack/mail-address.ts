/** Compares emails: folds ASCII case, compares domains in their IDNA form, and changes nothing else. */
import { domainToASCII, domainToUnicode } from 'node:url';

export const isSameAddress = (one: string, other: string): boolean => addressKey(one) === addressKey(other);

/** Equal for two spellings of one address. */
export function addressKey(address: string): string {
  const folded = address.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const at = folded.lastIndexOf('@') + 1;
  return at === 0 ? folded : folded.slice(0, at) + folded.slice(at).split('.').map(labelKey).join('.');
}

/** The IDNA form, unless the conversion would also map or drop characters. */
function labelKey(label: string): string {
  const ascii = domainToASCII(label);
  return domainToUnicode(ascii) === label ? ascii : label;
}
