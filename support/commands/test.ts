/** `npm test`: lint, type check, unit tests and scenarios, on any machine. */
import { fileURLToPath } from 'node:url';
import { runFiles, startScenarios, testFiles } from '../system-tests/run-files.ts';
import { runCheck, runSections } from '../system-tests/sections.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm test [-- --no-scenarios]

  --no-scenarios   skip the scenarios, for when npm run bdd plays them separately
  --help           this text

Tests that need other people's software are in npm run test:peers; slow tests are in npm run test:long.`;

const { values } = readOptions(help, { options: { 'no-scenarios': { type: 'boolean' } } });

/** Keeps what tsc found out about unchanged files. */
const onlyWhatChanged = ['--incremental', '--tsBuildInfoFile', 'node_modules/.cache/tsc/npm-test.tsbuildinfo'];

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
// Started first, to use the processors while other sections wait; printed last.
const scenarios = values['no-scenarios'] ? undefined : startScenarios();
process.exitCode = await runSections({
  Lint: () => runCheck(process.execPath, ['support/commands/lint.ts']),
  'Type check': () => runCheck('node_modules/.bin/tsc', ['--noEmit', '-p', '.', ...onlyWhatChanged]),
  'Unit tests': () => runFiles(testFiles('test')),
  ...(scenarios === undefined ? {} : { Scenarios: scenarios }),
});
