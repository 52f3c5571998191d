/** `npm run test:long`: tests that take long by design, such as many random walks. */
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
process.exitCode = await runSections({ 'Long tests': () => runFiles(testFiles('long')) });
