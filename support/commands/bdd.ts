/** `npm run bdd`: plays the scenarios in a real browser. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { reportNames } from '../evidence/report-files.ts';
import { NotReady } from '../idp/identity-provider.ts';
import { whyNoWindow } from '../stack/browser.ts';

const help = `npm run bdd -- [options] [feature files or folders]

  --tags EXPRESSION   only scenarios with these tags, e.g. "@case:app-not-assigned" or "@any-idp and not @scripted"
  --name WORDS        only scenarios whose name matches (may be given several times)
  --headed            show the browser; one scenario at a time, unless --workers says otherwise
  --slow [MS]         wait so many milliseconds between two actions of the browser (500)
  --workers N         play N scenarios at a time (one for each processor)
  --shard I/N         play the I-th of N parts, for spreading over machines
  --verbose           show the stack of what failed, too
  --no-evidence       write no report and collect nothing for it
  --reports FOLDER    where the report goes (reports)
  --trace             keep Playwright's trace of each scenario that fails; it holds what was typed, passwords too
  --help              this text

IDP=NAME plays against a real identity provider: see docs/any-idp.md; --tags @any-idp chooses what fits.
The report is reports/rehearsal.html; it opens from disk. SHOW_SECRETS=1 leaves tokens, passwords and signatures in.`;

const { values, positionals } = readArguments();
if (values.help) {
  console.log(help);
} else {
  const noWindow = values.headed ? whyNoWindow() : undefined;
  if (noWindow !== undefined) stop(noWindow);
  if (values.headed) process.env.HEADED = '1';
  if (values.slow) process.env.SLOW_MO = values.slow;
  const workers =
    values.workers === undefined ? (values.headed ? 1 : undefined) : wholeNumber('--workers', values.workers);
  const missing = positionals.find(
    (path) => !existsSync(path.replace(/(?::\d+)+$/, '')) && globSync(path).length === 0,
  );
  if (missing !== undefined) stop(`There is no ${missing}.`);
  if (values.shard !== undefined) checkShard(values.shard);
  let couldNotBegin = false;
  const { runScenarios } = await import('../evidence/run-scenarios.ts'); // loads much, which a slip in the options need not wait for
  const tally = await runScenarios({
    paths: positionals,
    names: values.name ?? [],
    ...(values.tags === undefined ? {} : { tags: values.tags }),
    ...(workers === undefined ? {} : { workers }),
    ...(values.shard === undefined ? {} : { shard: values.shard }),
    reports: values['no-evidence'] ? undefined : values.reports,
    trace: values.trace ?? false,
    onMessage: ({ testRunHookFinished }) => void (couldNotBegin ||= testRunHookFinished?.result.status === 'FAILED'),
    verbose: values.verbose ?? false,
  }).catch(sayWhy);
  if (!values['no-evidence']) console.log(`\nReport: ${join(values.reports, reportNames.html)}`);
  if (tally.passed + tally.failed + tally.skipped === 0 && !couldNotBegin)
    console.error('No scenario was played: nothing matches.');
  process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

function readArguments() {
  const args = process.argv
    .slice(2)
    .flatMap((arg, index, all) =>
      arg === '--slow' && !/^\d+$/.test(all[index + 1] ?? '') ? ['--slow', '500'] : [arg],
    );
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        tags: { type: 'string' },
        name: { type: 'string', multiple: true },
        headed: { type: 'boolean' },
        slow: { type: 'string' },
        workers: { type: 'string' },
        shard: { type: 'string' },
        help: { type: 'boolean' },
        verbose: { type: 'boolean' },
        'no-evidence': { type: 'boolean' },
        reports: { type: 'string', default: 'reports' },
        trace: { type: 'boolean' },
      },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
}

/** What ends the run before it begins, and is not of our making, is said without a stack: an identity provider that is not to be had, or words that cannot be read as a filter. */
function sayWhy(error: unknown): never {
  if (error instanceof NotReady) stop(error.message);
  const { cause } = error as Error;
  if (cause instanceof SyntaxError || (cause instanceof Error && cause.message.startsWith('Tag expression')))
    stop(cause.message);
  throw error;
}

function wholeNumber(option: string, said: string): number {
  if (/^[1-9]\d*$/.test(said)) return Number(said);
  return stop(`${option} takes a whole number from 1 on, not “${said}”`);
}

function checkShard(said: string): void {
  const [, part, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(said) ?? [];
  if (part === undefined || Number(part) > Number(of))
    stop(`--shard takes a part and how many there are, for instance 1/4, not “${said}”`);
}

function stop(why: string): never {
  console.error(why);
  process.exit(2);
}
