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
  let text = '';
  for (const { before, placeholder, name, length } of partsOf(template)) {
    const made = makers[name];
    text += before;
    text += made === undefined ? (given[name] ?? placeholder) : made(name === 'same' ? shared : seed, length);
  }
  return text;
}

interface Part {
  /** The text before the placeholder. */
  before: string;
  placeholder: string;
  name: string;
  length: number;
}

const known = new Map<string, readonly Part[]>();
/** Those of all products; what a persona is given in their place may be any text. */
const mostTemplates = 200;

function partsOf(template: string): readonly Part[] {
  const parts = known.get(template) ?? split(template);
  if (known.size < mostTemplates) known.set(template, parts);
  return parts;
}

function split(template: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const { 0: placeholder, 1: name = '', 2: length = 0, index } of template.matchAll(/\{(\w+)(?::(\d+))?\}/g)) {
    parts.push({ before: template.slice(end, index), placeholder, name, length: Number(length) });
    end = index + placeholder.length;
  }
  parts.push({ before: template.slice(end), placeholder: '', name: '', length: 0 });
  return parts;
}

const octets = (seed: string): Buffer => hash('sha512', seed, 'buffer');
const hex = (seed: string): string => hash('sha512', seed, 'hex');

/** One character of the alphabet for each octet. */
const chosen =
  (alphabet: string) =>
  (seed: string, length: number): string => {
    let text = '';
    for (const octet of octets(seed).subarray(0, length)) text += alphabet[octet % alphabet.length];
    return text;
  };

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
