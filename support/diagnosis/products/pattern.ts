/** The shape of an identifier without its value, such as `_{guid}` or `id{digits 26}`. */

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** Undefined for none. Products are told apart by the prefix, the alphabet and the length. */
export function patternOf(id: string | undefined): string | undefined {
  if (id === undefined || id.length > 200) return undefined;
  const withGuids = id.replace(guid, '{guid}');
  if (withGuids !== id) return /^[\w:-]*(?:\{guid\}[\w:-]*)+$/.test(withGuids) ? withGuids : '{text}';
  if (/^_[0-9A-F]{32}$/.test(id)) return '_{HEX 32}';
  if (/^\d{6,15}$/.test(id)) return '{number}';
  const hex = /^(_|R|id-?|pfx|ID_)?([0-9a-f]{16,})$/.exec(id);
  if (hex && /[a-f]/.test(hex[2]!)) return `${hex[1] ?? ''}{hex ${hex[2]!.length}}`;
  const digits = /^(\D{0,3})(\d{16,})$/.exec(id);
  if (digits) return `${digits[1]}{digits ${digits[2]!.length}}`;
  const time = /^(\D{0,3})\d{13}\.\d+$/.exec(id);
  if (time) return `${time[1]}{milliseconds}.{number}`;
  return /^_?[\w.-]+$/.test(id) ? `{characters ${id.length}}` : '{text}';
}
