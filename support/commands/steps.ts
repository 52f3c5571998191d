/** `npm run steps -- <words>`: finds steps and the words that may stand in them. It plays none. */
import { vocabularies } from '../catalogue/vocabularies.ts';
import { meaningOf } from '../gherkin/docs/meanings.ts';
import { stepEntries } from '../gherkin/docs/steps.ts';
import { adviseOn } from '../gherkin/undefined-steps.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm run steps -- [WORDS] [--json]

  WORDS    only steps and words of vocabularies that hold all of these; everything without them
  --json   an object with steps and words, and nothing else (npm run -s steps -- --json)
  --help   this text

The same stands in docs/steps.md.`;

const { values, positionals } = readOptions(help, { allowPositionals: true, options: { json: { type: 'boolean' } } });

await search(positionals.flatMap((argument) => argument.toLowerCase().split(/\s+/)).filter((word) => word !== ''));

async function search(wanted: readonly string[]): Promise<void> {
  const holds = (text: string): boolean => wanted.every((word) => text.toLowerCase().includes(word));
  const entries = await stepEntries();
  const steps = entries.filter(({ expression, example, part }) => holds(`${expression} ${example} ${part}`));
  const words = Object.entries(vocabularies).flatMap(([parameter, all]) =>
    all
      .filter((word) => holds(`${word} ${parameter}`))
      .map((word) => ({ parameter, word, meaning: meaningOf(parameter, word) })),
  );
  if (values.json) return console.log(JSON.stringify({ steps, words }, null, 2));
  for (const { keyword, expression, example, definedAt } of steps)
    console.log(`${keyword} ${expression}\n    ${definedAt}${example === expression ? '' : ` · e.g. ${example}`}`);
  if (steps.length > 0 && words.length > 0) console.log();
  for (const { parameter, word, meaning } of words)
    console.log(`{${parameter}} ${word}${meaning === undefined ? '' : `\n    ${meaning}`}`);
  if (steps.length + words.length === 0) suggest(entries.map(({ expression }) => expression));
}

function suggest(expressions: readonly string[]): void {
  const { steps } = adviseOn(positionals.join(' '), expressions);
  console.log(`Nothing holds all of these words. The nearest steps are:\n  ${steps.join('\n  ')}`);
}
