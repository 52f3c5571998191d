/** An error's message for readers who do not code: without stack, class and colours, and with readable comparisons. */
import { stripVTControlCharacters } from 'node:util';
import { harmless } from '../terminal/foreign-text.ts';

const maxWidth = 300;

/** The message line by line; never a stack. */
export function linesOf(message: string): string[] {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => harmless(line, { longest: maxWidth }));
  const stack = lines.findIndex((line) => /^\s+at .*(:\d+|\(native\)|<anonymous>)\)?/.test(line));
  const [first = '', ...rest] = (stack < 0 ? lines : lines.slice(0, stack))
    .map((line) => line.replace(/^(?:Uncaught )?\w*Error(?: \[\w+\])?: /, ''))
    .filter((line) => line.trim() !== '');
  return /^Expected values to be .*equal:$/.test(first) ? comparison(rest) : [first, ...rest];
}

/** A comparison by `node:assert`, which marks the actual value with a plus and the expected one with a minus. */
function comparison(lines: readonly string[]): string[] {
  const differing = lines.filter((line) => line !== '+ actual - expected');
  const [actual, expected] = unequal(differing) ?? ['+', '-'].map((sign) => onlyLine(differing, sign));
  return actual !== undefined && expected !== undefined
    ? [`Expected ${expected}`, `Received ${actual}`]
    : ['Received (+) differs from expected (-):', ...differing];
}

/** Both sides of the only line, if it compares two values. */
function unequal([line = '', ...more]: readonly string[]): string[] | undefined {
  const at = line.lastIndexOf(inequality);
  return at < 0 || more.length > 0 ? undefined : [line.slice(0, at), line.slice(at + inequality.length)];
}

const inequality = ' !== ';

/** The text after the sign, if there is one line for each sign. */
const onlyLine = (lines: readonly string[], sign: string): string | undefined =>
  lines.length === 2 ? lines.find((line) => line.startsWith(`${sign} `))?.slice(2) : undefined;
