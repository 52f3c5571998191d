/** `npm run upgrade`: rewrites renamed steps, fault phrases and recipe fields in your files. */
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOldText, recipeText } from '../conformance/old-config.ts';
import { upgradeFeature } from '../gherkin/upgrade-feature.ts';
import { upgradeRecipe } from '../idp/upgrade-recipe.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('upgrade', { args: '[FILES OR FOLDERS] [--check]' })}

Rewrites steps, fault phrases and recipe fields that have a new name. Layout and values stay. A configuration of the
conformance test in the old format becomes a recipe.

  FILES     feature files, and recipes (.json)
  FOLDERS   all feature files in them; without any path: features
  --check   writes nothing; exits with 1 if there is something to rewrite
  --help    this text`;

const { values, positionals } = readOptions(help, { allowPositionals: true, options: { check: { type: 'boolean' } } });
const check = values.check === true;

let changed = 0;
for (const file of (positionals.length > 0 ? positionals : ['features']).flatMap(filesOf)) upgrade(file);
console.log(changed === 0 ? 'Everything is up to date.' : `${changed} ${check ? 'to rewrite' : 'rewritten'}`);
if (check && changed > 0) process.exitCode = 1;

function upgrade(file: string): void {
  const text = readFileSync(file, 'utf8');
  const isJson = file.endsWith('.json');
  const upgraded = isJson ? upgradedJson(file, text) : upgradedFeature(file, text);
  if (upgraded === text) return;
  if (isJson) {
    changed += 1;
    console.log(`${file}: ${isOldText(text) ? 'is a recipe now' : 'fields renamed'}`);
  }
  if (!check) writeFileSync(file, upgraded);
}

function upgradedJson(file: string, text: string): string {
  if (!isOldText(text)) return upgradeRecipe(text);
  try {
    return recipeText(text, file);
  } catch (error) {
    console.error(`${file}: ${(error as Error).message}`);
    process.exitCode = 1;
    return text;
  }
}

function upgradedFeature(file: string, text: string): string {
  try {
    const upgraded = upgradeFeature(file, text);
    for (const { line, from, to } of upgraded.changes) console.log(`${file}:${line} ${from}\n    ${to}`);
    changed += upgraded.changes.length;
    return upgraded.text;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
    return text;
  }
}

function filesOf(path: string): string[] {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind === undefined) return stop(`File not found: ${path}.`);
  return kind.isDirectory()
    ? globSync('**/*.feature', { cwd: path })
        .toSorted()
        .map((file) => join(path, file))
    : [path];
}
