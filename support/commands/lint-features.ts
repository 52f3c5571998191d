/** `npm run lint:features`: checks the style of feature files. It changes none of them. */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Finding, mostSteps, plainTags, styleFindings } from '../gherkin/feature-style.ts';
import { readFeature } from '../gherkin/read-features.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `npm run lint:features [-- FILES OR FOLDERS]

  --json   an array of objects, nothing else
  --help   this text

Checks all of features/ by default. The style: a scenario is under one Rule and has at most ${mostSteps} steps; people
are named, never “I” or “she”; no buttons, pages, fields, URLs, XPath or status codes; a sentence after “Feature:” says
why it matters; every scenario has a unique name; the only tags are @case:CODE and
${Object.keys(plainTags).join(', ')}.`;

const { values, positionals } = readOptions(help, { allowPositionals: true, options: { json: { type: 'boolean' } } });

const files = (positionals.length > 0 ? positionals : ['features']).flatMap(filesOf).toSorted();
const unreadable: Finding[] = [];
const features = files.flatMap((file) => {
  try {
    return [readFeature(file)];
  } catch (error) {
    unreadable.push({ at: file, sentence: (error as Error).message.replace(`${file} `, '') });
    return [];
  }
});
const findings = [...unreadable, ...styleFindings(features)];
if (values.json) console.log(JSON.stringify(findings, null, 2));
else print();
if (files.length === 0) console.error('No feature files found.');
process.exitCode = findings.length > 0 || files.length === 0 ? 1 : 0;

function print(): void {
  for (const { at, sentence } of findings) console.log(`${at} ${sentence}`);
  const read = files.length === 1 ? '1 file' : `${files.length} files`;
  const problems = findings.length === 0 ? 'no' : findings.length;
  console.log(`${findings.length > 0 ? '\n' : ''}${read}, ${problems} problem${findings.length === 1 ? '' : 's'}`);
}

function filesOf(path: string): string[] {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined) return stop(`File not found: ${path}.`);
  return kind.isDirectory() ? globSync('**/*.feature', { cwd: path }).map((file) => join(path, file)) : [path];
}
