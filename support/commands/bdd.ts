/** `npm run bdd`: plays the scenarios in a real browser. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { reportNames } from '../evidence/report-files.ts';
import { NotReady } from '../idp/identity-provider.ts';
import { whyNoWindow } from '../stack/browser.ts';
import { readOptions, stop, wholeNumber } from '../terminal/options.ts';

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

const { values, positionals } = readOptions(help, {
  args: withDefaultForSlow(process.argv.slice(2)),
  allowPositionals: true,
  options: {
    tags: { type: 'string' },
    name: { type: 'string', multiple: true },
    headed: { type: 'boolean' },
    slow: { type: 'string' },
    workers: { type: 'string' },
    shard: { type: 'string' },
    verbose: { type: 'boolean' },
    'no-evidence': { type: 'boolean' },
    reports: { type: 'string', default: 'reports' },
    trace: { type: 'boolean' },
  },
});

const noWindow = values.headed ? whyNoWindow() : undefined;
if (noWindow !== undefined) stop(noWindow);
if (values.headed) process.env.HEADED = '1';
if (values.slow) process.env.SLOW_MO = values.slow;
const missing = positionals.find((path) => !existsSync(path.replace(/(?::\d+)+$/, '')) && globSync(path).length === 0);
if (missing !== undefined) stop(`There is no ${missing}.`);
if (values.shard !== undefined) checkShard(values.shard);
const workers = values.workers === undefined ? undefined : wholeNumber('--workers', values.workers);
process.exitCode = await play();

async function play(): Promise<number> {
  // Loads much, which a slip in the options need not wait for.
  const { runScenarios } = await import('../evidence/run-scenarios.ts');
  let couldNotBegin = false;
  const { passed, failed, skipped } = await runScenarios({
    paths: positionals,
    names: values.name ?? [],
    ...(values.tags === undefined ? {} : { tags: values.tags }),
    ...(workers === undefined ? (values.headed ? { workers: 1 } : {}) : { workers }),
    ...(values.shard === undefined ? {} : { shard: values.shard }),
    reports: values['no-evidence'] ? undefined : values.reports,
    trace: values.trace ?? false,
    onMessage: ({ testRunHookFinished }) => {
      if (testRunHookFinished?.result.status === 'FAILED') couldNotBegin = true;
    },
    verbose: values.verbose ?? false,
  }).catch(explain);
  if (!values['no-evidence']) console.log(`\nReport: ${join(values.reports, reportNames.html)}`);
  if (passed + failed + skipped === 0 && !couldNotBegin) console.error('No scenario was played: nothing matches.');
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** `--slow` may stand without an amount. */
function withDefaultForSlow(args: readonly string[]): string[] {
  return args.flatMap((arg, index) =>
    arg === '--slow' && !/^\d+$/.test(args[index + 1] ?? '') ? ['--slow', '500'] : [arg],
  );
}

/** Ends the run with one sentence where an identity provider is not ready or a filter cannot be read. */
function explain(error: unknown): never {
  if (error instanceof NotReady) stop(error.message);
  const { cause } = error as Error;
  if (cause instanceof SyntaxError || (cause instanceof Error && cause.message.startsWith('Tag expression')))
    stop(cause.message);
  throw error;
}

function checkShard(text: string): void {
  const [, part, of] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? [];
  if (part === undefined || Number(part) > Number(of))
    stop(`--shard takes a part and how many there are, for instance 1/4, not “${text}”`);
}
