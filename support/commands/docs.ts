/** `npm run docs`: writes the generated pages of docs/ and the editor’s settings. */
import { stalePages, writePages } from '../gherkin/docs/generated.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm run docs [-- --check]

  --check   writes nothing; exits with 1 when a page is stale
  --help    this text`;

const {
  values: { check = false },
} = readOptions(help, { options: { check: { type: 'boolean' } } });

const stale = check ? await stalePages() : await writePages();
console.log(stale.length === 0 ? 'Every page is up to date.' : `${check ? 'Stale' : 'Written'}: ${stale.join(', ')}`);
if (check && stale.length > 0) process.exitCode = 1;
