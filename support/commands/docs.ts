/** `npm run docs`: writes the generated pages of docs/ and the editor settings. */
import { stalePages, writePages } from '../gherkin/docs/generated.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm run docs [-- --check]

  --check   write nothing; exit with 1 if a page is out of date
  --help    this text`;

const {
  values: { check = false },
} = readOptions(help, { options: { check: { type: 'boolean' } } });

const stale = check ? await stalePages() : await writePages();
const list = `${check ? 'Out of date' : 'Written'}: ${stale.join(', ')}`;
console.log(stale.length === 0 ? 'Every page is up to date.' : list);
if (check && stale.length > 0) process.exitCode = 1;
