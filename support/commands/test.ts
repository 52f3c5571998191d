/** `npm test`: lint, type check, unit tests and scenarios, on any machine. */
import { fileURLToPath } from 'node:url';
import { runScenarios } from '../evidence/run-scenarios.ts';
import { Unwritable } from '../evidence/unwritable.ts';
import { NotReady } from '../idp/identity-provider.ts';
import { runFiles, testFiles } from '../system-tests/run-files.ts';
import { runCheck, runSections } from '../system-tests/sections.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `npm test [-- --no-scenarios]

  --no-scenarios   no scenarios, where npm run bdd plays them by itself
  --help           this text

What needs other people's software is npm run test:peers; what takes long by nature is npm run test:long.`;

const { values } = readOptions(help, { options: { 'no-scenarios': { type: 'boolean' } } });

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
process.exitCode = await runSections({
  Lint: () => runCheck(process.execPath, ['support/commands/lint.ts']),
  'Type check': () => runCheck('node_modules/.bin/tsc', ['--noEmit', '-p', '.']),
  'Unit tests': () => runFiles(testFiles('test')),
  ...(values['no-scenarios'] ? {} : { Scenarios: () => runScenarios({ reports: 'reports' }).catch(explain) }),
});

function explain(error: unknown): never {
  if (error instanceof NotReady || error instanceof Unwritable) stop(error.message);
  throw error;
}
