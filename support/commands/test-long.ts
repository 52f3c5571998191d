/** `npm run test:long`: tests that take long by design, and every case of tests that `npm test` only samples. */
import { fileURLToPath } from 'node:url';
import { runFiles, testFiles } from '../system-tests/run-files.ts';
import { runSections } from '../system-tests/sections.ts';
import { readOptions } from '../terminal/options.ts';

readOptions(
  `npm run test:long

  --help   this text`,
  {},
);

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
process.env.TEST_IN_FULL = '1'; // see support/stack/sample.fixture.ts
process.exitCode = await runSections({ 'Long tests': () => runFiles(testFiles('long')) });
