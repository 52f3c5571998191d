/** Normalizes emails: folds ASCII case, converts the domain to its IDNA form, and changes nothing else. */
import { domainToASCII, domainToUnicode } from 'node:url';

/** RFC 5321 4.5.3.1: 64 octets before the @, 254 in total. */
const limits = { local: 64, whole: 254 };

const foldCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The email as stored and compared; undefined if it is malformed. */
export function normalizeAddress(text: string): string | undefined {
  const at = text.indexOf('@');
  if (at === -1) return undefined;
  const local = text.slice(0, at);
  const domain = normalizeDomain(text.slice(at + 1));
  if (domain === undefined || !isLocalPart(local)) return undefined;
  const address = `${foldCase(local)}@${domain}`;
  return Buffer.byteLength(local) > limits.local || Buffer.byteLength(address) > limits.whole ? undefined : address;
}

/** A dot-atom with letters of any script, but no spaces, controls or other invisible characters. */
const isLocalPart = (local: string): boolean =>
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u.test(local) &&
  !/\p{Default_Ignorable_Code_Point}/u.test(local);

/** The domain in its IDNA (ASCII) form; undefined if it is malformed. */
export function normalizeDomain(text: string): string | undefined {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text)) return undefined;
  const domain = domainToASCII(text);
  const isDomain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z-][a-z0-9-]*$/.test(domain);
  return isDomain && isUnmapped(foldCase(text), domain) ? domain : undefined;
}

/**
 * True if each label is already in the ASCII or Unicode form of the IDNA domain. The conversion maps other spellings:
 * full-width, superscript and mathematical letters, upper case, and variation selectors.
 */
function isUnmapped(text: string, domain: string): boolean {
  const [ascii, unicode] = [domain.split('.'), domainToUnicode(domain).split('.')];
  const labels = text.split('.');
  return (
    labels.length === ascii.length && labels.every((label, index) => label === ascii[index] || label === unicode[index])
  );
}

/** The domain of a normalized email. */
export const domainOf = (address: string): string => address.slice(address.indexOf('@') + 1);

export const isSameAddress = (one: string, other: string): boolean => {
  const normalized = normalizeAddress(one);
  return normalized !== undefined && normalized === normalizeAddress(other);
};

/** A run of characters that is the same or differs in two texts. */
export interface Difference {
  same: boolean;
  expected: string;
  received: string;
}

/** Splits two texts into a common start, a difference and a common end. */
export function differences(expected: string, received: string): Difference[] {
  const left = [...expected];
  const right = [...received];
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left.at(-1 - end) === right.at(-1 - end)) end++;
  const parts = [
    { same: true, expected: left.slice(0, start).join(''), received: right.slice(0, start).join('') },
    {
      same: false,
      expected: left.slice(start, left.length - end).join(''),
      received: right.slice(start, right.length - end).join(''),
    },
    {
      same: true,
      expected: left.slice(left.length - end).join(''),
      received: right.slice(right.length - end).join(''),
    },
  ];
  return parts.filter((part) => part.expected !== '' || part.received !== '');
}

/** Spells out characters that are invisible or look like others: `U+00A0`. */
export const spellOut = (text: string): string =>
  [...text]
    .map((character) =>
      /[\x21-\x7e]/.test(character)
        ? character
        : `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
    .join('');
