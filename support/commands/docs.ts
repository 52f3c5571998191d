/** `npm run docs`: writes the generated pages of docs/ and the editor’s settings anew; with --check it only says which are stale. */
import { stalePages, writePages } from '../gherkin/docs/generated.ts';

const help = `npm run docs [-- --check]

  --check   writes nothing; exits with 1 when a page is stale
  --help    this text`;

const [option, ...more] = process.argv.slice(2);
if (more.length > 0 || (option !== undefined && !['--check', '--help'].includes(option))) {
  console.error(`unknown: ${[option, ...more].join(' ')}\n\n${help}`);
  process.exitCode = 2;
} else if (option === '--help') {
  console.log(help);
} else {
  const stale = option === '--check' ? await stalePages() : await writePages();
  console.log(
    stale.length === 0
      ? 'Every page is up to date.'
      : `${option === '--check' ? 'Stale' : 'Written'}: ${stale.join(', ')}`,
  );
  if (option === '--check' && stale.length > 0) process.exitCode = 1;
}
