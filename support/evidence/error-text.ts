/** What an error says, for somebody who reads no code: without its stack, its class and colours, and with what was compared in words. It judges nothing. */
import { stripVTControlCharacters } from 'node:util';

const longest = 300;

/** Line by line; never a stack. */
export function saidBy(message: string): string[] {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => (line.length > longest ? `${line.slice(0, longest)} …` : line));
  const stack = lines.findIndex((line) => /^\s+at .*(:\d+|\(native\)|<anonymous>)\)?/.test(line));
  const [first = '', ...rest] = (stack < 0 ? lines : lines.slice(0, stack))
    .map((line) => line.replace(/^(?:Uncaught )?\w*Error(?: \[\w+\])?: /, ''))
    .filter((line) => line.trim() !== '');
  return /^Expected values to be .*equal:$/.test(first) ? compared(rest) : [first, ...rest];
}

/** Of `node:assert`, which puts what came after a plus and what should have come after a minus. */
function compared(lines: readonly string[]): string[] {
  const differing = lines.filter((line) => line !== '+ actual - expected');
  const unequal = differing.length === 1 ? /^(.*) !== (.*)$/.exec(differing[0]!) : null;
  const [came, wanted] = unequal ? unequal.slice(1) : ['+', '-'].map((sign) => alone(differing, sign));
  return came !== undefined && wanted !== undefined
    ? [`It is ${came}`, `and should be ${wanted}`]
    : ['It is (+) not what it should be (-):', ...differing];
}

/** What stands after the sign, if it is one line of two. */
const alone = (lines: readonly string[], sign: string): string | undefined =>
  lines.length === 2 ? lines.find((line) => line.startsWith(`${sign} `))?.slice(2) : undefined;
