/** `npm test`: lint, type check, unit tests and scenarios, on any machine. */
import { fileURLToPath } from 'node:url';
import { runFiles, startScenarios, testFiles } from '../system-tests/run-files.ts';
import { runCheck, runSections } from '../system-tests/sections.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm test [-- --no-scenarios]

  --no-scenarios   no scenarios, where npm run bdd plays them by itself
  --help           this text

What needs other people's software is npm run test:peers; what takes long by nature is npm run test:long.`;

const { values } = readOptions(help, { options: { 'no-scenarios': { type: 'boolean' } } });

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
// They have the processors while another section waits, and are told of last.
const scenarios = values['no-scenarios'] ? undefined : startScenarios();
process.exitCode = await runSections({
  Lint: () => runCheck(process.execPath, ['support/commands/lint.ts']),
  'Type check': () => runCheck('node_modules/.bin/tsc', ['--noEmit', '-p', '.']),
  'Unit tests': () => runFiles(testFiles('test')),
  ...(scenarios === undefined ? {} : { Scenarios: scenarios }),
});
