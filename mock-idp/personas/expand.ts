/**
 * Fills the placeholders of templates. `{guid}`, `{hex:32}`, `{HEX:32}`, `{digits:25}`, `{letters:20}`, `{upper:18}`
 * and `{random:27}` are made from a seed, so that they are the same for the same seed; others are given by name, such
 * as `{assertion}`.
 */
import { hash } from 'node:crypto';

type Given = Readonly<Record<string, string | undefined>>;

/** `shared` is the seed of `{same:9}`: digits that two templates have in common. */
export function expand(template: string, seed: string, given: Given = {}, shared = seed): string {
  if (!template.includes('{')) return template;
  return template.replace(/\{(\w+)(?::(\d+))?\}/g, (placeholder, name: string, length: string | undefined) => {
    const made = makers[name];
    if (made === undefined) return given[name] ?? placeholder;
    return made(name === 'same' ? shared : seed, Number(length ?? 0));
  });
}

const octets = (seed: string): Buffer => hash('sha512', seed, 'buffer');
const hex = (seed: string): string => hash('sha512', seed, 'hex');

/** One character of the alphabet for each octet. */
const chosen =
  (alphabet: string) =>
  (seed: string, length: number): string =>
    Array.from(octets(seed).subarray(0, length), (octet) => alphabet[octet % alphabet.length]).join('');

const lower = 'abcdefghijklmnopqrstuvwxyz';
const letters = `${lower}${lower.toUpperCase()}`;
const alphanumeric = `${letters}0123456789`;

const makers: Readonly<Record<string, (seed: string, length: number) => string>> = {
  guid: (seed) => hex(seed).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'),
  hex: (seed, length) => hex(seed).slice(0, length),
  HEX: (seed, length) => hex(seed).slice(0, length).toUpperCase(),
  digits: (seed, length) => chosen('0123456789')(seed, length),
  same: (seed, length) => chosen('0123456789')(seed, length),
  letters: chosen(alphanumeric),
  upper: chosen(`${lower.toUpperCase()}0123456789`),
  // An ID starts with no digit.
  random: (seed, length) => `${chosen(letters)(seed, 1)}${chosen(`${alphanumeric}._-`)(`${seed}.`, length - 1)}`,
};
