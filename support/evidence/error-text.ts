/** An error's message for readers who know no code: without stack, class and colours, and with comparisons in words. */
import { stripVTControlCharacters } from 'node:util';

const longest = 300;

/** The message line by line; never a stack. */
export function linesOf(message: string): string[] {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => (line.length > longest ? `${line.slice(0, longest)} …` : line));
  const stack = lines.findIndex((line) => /^\s+at .*(:\d+|\(native\)|<anonymous>)\)?/.test(line));
  const [first = '', ...rest] = (stack < 0 ? lines : lines.slice(0, stack))
    .map((line) => line.replace(/^(?:Uncaught )?\w*Error(?: \[\w+\])?: /, ''))
    .filter((line) => line.trim() !== '');
  return /^Expected values to be .*equal:$/.test(first) ? comparison(rest) : [first, ...rest];
}

/** Of `node:assert`, which writes the actual value after a plus and the expected one after a minus. */
function comparison(lines: readonly string[]): string[] {
  const differing = lines.filter((line) => line !== '+ actual - expected');
  const unequal = differing.length === 1 ? /^(.*) !== (.*)$/.exec(differing[0]!) : null;
  const [actual, expected] = unequal ? unequal.slice(1) : ['+', '-'].map((sign) => onlyLine(differing, sign));
  return actual !== undefined && expected !== undefined
    ? [`It is ${actual}`, `and should be ${expected}`]
    : ['It is (+) not what it should be (-):', ...differing];
}

/** The text after the sign, where there is one line for each sign. */
const onlyLine = (lines: readonly string[], sign: string): string | undefined =>
  lines.length === 2 ? lines.find((line) => line.startsWith(`${sign} `))?.slice(2) : undefined;
