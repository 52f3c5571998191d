/** The one rule for email addresses: fold ASCII case, compare the domain in its IDNA form, change nothing else. */
import { domainToASCII, domainToUnicode } from 'node:url';

/** RFC 5321 4.5.3.1: 64 octets before the @, 254 in all. */
const limits = { local: 64, whole: 254 };

const foldCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** The address in the form in which it is stored and compared; undefined when it is none. */
export function normalizeAddress(text: string): string | undefined {
  const at = text.indexOf('@');
  if (at === -1) return undefined;
  const local = text.slice(0, at);
  const domain = normalizeDomain(text.slice(at + 1));
  if (domain === undefined || !isLocalPart(local)) return undefined;
  const address = `${foldCase(local)}@${domain}`;
  return Buffer.byteLength(local) > limits.local || Buffer.byteLength(address) > limits.whole ? undefined : address;
}

/** A dot-atom with letters of any script, but nothing unseen: no spaces, controls, or code points that are ignored. */
const isLocalPart = (local: string): boolean =>
  /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u.test(local) &&
  !/\p{Default_Ignorable_Code_Point}/u.test(local);

/** The domain in its IDNA (ASCII) form; undefined when it is none. */
export function normalizeDomain(text: string): string | undefined {
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(text)) return undefined;
  const domain = domainToASCII(text);
  const isDomain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]*[a-z-][a-z0-9-]*$/.test(domain);
  return isDomain && isUnmapped(foldCase(text), domain) ? domain : undefined;
}

/**
 * True when each label is the IDNA form itself or what that stands for. The conversion also maps: full-width,
 * superscript and mathematical letters to plain ones, capitals to small letters, and variation selectors to nothing.
 */
function isUnmapped(text: string, domain: string): boolean {
  const [ascii, unicode] = [domain.split('.'), domainToUnicode(domain).split('.')];
  const labels = text.split('.');
  return (
    labels.length === ascii.length && labels.every((label, index) => label === ascii[index] || label === unicode[index])
  );
}

/** Domain of a normalized address. */
export const domainOf = (address: string): string => address.slice(address.indexOf('@') + 1);

export const isSameAddress = (one: string, other: string): boolean => {
  const normalized = normalizeAddress(one);
  return normalized !== undefined && normalized === normalizeAddress(other);
};

/** Both texts cut into runs that agree and runs that differ, for showing a mismatch character by character. */
export interface Difference {
  same: boolean;
  expected: string;
  received: string;
}

/** Agreement is sought from both ends, which is where addresses, URLs and entity IDs agree. */
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

/** A character that cannot be seen, or be told from another, spelled out: `U+00A0`. */
export const spellOut = (text: string): string =>
  [...text]
    .map((character) =>
      /[\x21-\x7e]/.test(character)
        ? character
        : `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`,
    )
    .join('');
