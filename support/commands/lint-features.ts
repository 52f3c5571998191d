/** `npm run lint:features`: checks the style of feature files. It changes none of them. */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, mostSteps, plainTags, styleFindings } from '../gherkin/feature-style.ts';
import { type ReadFeature, readFeature } from '../gherkin/read-features.ts';
import { loadSteps, supportFiles, Unloadable } from '../gherkin/support-files.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const style = `a scenario is under one Rule and has at most ${mostSteps} steps; people
are named, never “I” or “she”; no buttons, pages, fields, URLs, XPath or status codes; a sentence after “Feature:” says
why it matters; every scenario has a unique name`;

const rules = isPacked
  ? `It exits with 1 for problems: steps that are unknown
or ambiguous, misspelt faults and other words, steps that need the other driver, unknown cases in @case:CODE, and
scenarios without a Then.

Hints are matters of style: ${style}.`
  : `The style: ${style}; the only tags are @case:CODE and
${Object.keys(plainTags).join(', ')}.`;

const help = `${commandLine(isPacked ? 'lint' : 'lint:features', { args: '[FILES OR FOLDERS]' })}

  --json   an array of objects, nothing else
  --help   this text

Checks all of features/ by default. ${rules}`;

const { values, positionals } = readOptions(help, { allowPositionals: true, options: { json: { type: 'boolean' } } });

const files = (positionals.length > 0 ? positionals : ['features']).flatMap(filesOf).toSorted();
const unreadable: Finding[] = [];
const features = files.flatMap((file) => {
  try {
    return [readFeature(file)];
  } catch (error) {
    unreadable.push({ at: file, sentence: (error as Error).message.replace(`${file} `, ''), kind: 'defect' });
    return [];
  }
});
const all = [...unreadable, ...styleFindings(features), ...(isPacked ? await unplayable(features) : [])];
const isHint = ({ kind }: Finding): boolean => isPacked && kind === 'style';
// A team has tags of its own.
const findings = all
  .filter(({ kind }) => !isPacked || kind !== 'tag')
  .toSorted((one, other) => Number(isHint(one)) - Number(isHint(other)));
const problems = findings.filter((finding) => !isHint(finding)).length;
if (values.json) console.log(JSON.stringify(findings, null, 2));
else print();
if (files.length === 0) console.error('No feature files found.');
process.exitCode = problems > 0 || files.length === 0 ? 1 : 0;

function print(): void {
  for (const finding of findings) console.log(`${finding.at} ${isHint(finding) ? 'hint: ' : ''}${finding.sentence}`);
  const hints = findings.length - problems;
  console.log(
    `${findings.length > 0 ? '\n' : ''}${counted(files.length, 'file')}, ${counted(problems, 'problem')}` +
      (hints > 0 ? `, ${counted(hints, 'hint')}` : ''),
  );
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}

/** Steps of a user's features that none of ours and none of their own matches. */
async function unplayable(read: readonly ReadFeature[]): Promise<Finding[]> {
  const { stepFindings } = await import('../gherkin/step-findings.ts');
  const library = await loadSteps(supportFiles({ project: process.cwd(), paths: positionals })).catch(
    (error: unknown) => {
      if (error instanceof Unloadable) return stop(error.message);
      throw error;
    },
  );
  return stepFindings(read, library.stepDefinitions);
}

function filesOf(path: string): string[] {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined) return stop(`File not found: ${path}.`);
  return kind.isDirectory() ? globSync('**/*.feature', { cwd: path }).map((file) => join(path, file)) : [path];
}
