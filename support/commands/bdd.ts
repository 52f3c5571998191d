/** `npm run bdd`, `npx sso-rehearsal bdd`: plays the scenarios in a real browser. */
import { existsSync, globSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Selection } from '../evidence/last-run.ts';
import { reportNames } from '../evidence/report-files.ts';
import { type RunPart, readPart } from '../evidence/run-part.ts';
import { Unwritable } from '../evidence/unwritable.ts';
import { Unloadable, withoutLines } from '../gherkin/support-files.ts';
import { NotReady } from '../idp/identity-provider.ts';
import { chosenRecipe } from '../product/chosen-recipe.ts';
import { whyNoWindow } from '../stack/browser.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { leftByNpm, readOptions, stop, wholeNumber } from '../terminal/options.ts';

/** The package plays the features of the folder in which it is called. */
const project = isPacked ? process.cwd() : undefined;

const ofProject = isPacked
  ? `Plays the features folder. Steps, parameter types and hooks next to the features are loaded, too
(.js, .mjs, .cjs, .ts, .mts, .cts). sso-rehearsal.json describes your product, unless PRODUCT=FILE
names another file, or IDP is set.

`
  : '';

const help = `${commandLine('bdd', { args: '[options] [feature files or folders]' })}

  --tags EXPRESSION   only scenarios with these tags, e.g. "@case:app-not-assigned" or "@any-idp and not @scripted"
  --name WORDS        only scenarios whose name matches (repeatable)
  --headed            show the browser; one scenario at a time, unless --workers is set
  --slow [MS]         wait this many milliseconds between browser actions (500)
  --workers N         run N scenarios in parallel (one more than processors)
  --shard I/N         run part I of N, to spread a run over several machines
  --failed            only scenarios that failed in the last run, according to the reports folder
  --retry N           run a failed scenario up to N more times
  --verbose           show stack traces of failures
  --no-evidence       write no report and collect nothing for it
  --reports FOLDER    folder for the report (reports)
  --trace             keep Playwright's trace of failed scenarios; it includes typed text, even passwords
  --format NAME:FILE  write another Cucumber format as well, e.g. json:reports/run.json (repeatable); without
                      a file it goes to standard output, and our own output to standard error
  --import FILE       load more steps and hooks (repeatable)
  --expect-skipped N  exit with 1 if more than N scenarios were skipped
  --announce          run nothing: print what your product must know of the mock identity provider, and write its
                      metadata; with IDP=recipe:FILE, what to configure at the identity provider, and write the
                      service provider's metadata next to the file
  --help              this text

${ofProject}IDP=NAME uses a real identity provider (see docs/any-idp.md); --tags @any-idp selects the scenarios
that fit.
The report is reports/rehearsal.html; open it from disk. SHOW_SECRETS=1 keeps tokens, passwords and signatures.`;

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
    failed: { type: 'boolean' },
    retry: { type: 'string' },
    format: { type: 'string', multiple: true },
    import: { type: 'string', multiple: true },
    verbose: { type: 'boolean' },
    'no-evidence': { type: 'boolean' },
    reports: { type: 'string', default: 'reports' },
    trace: { type: 'boolean' },
    announce: { type: 'boolean' },
    'expect-skipped': { type: 'string' },
  },
});

const noWindow = values.headed ? whyNoWindow() : undefined;
if (noWindow !== undefined) stop(noWindow);
if (values.headed) process.env.HEADED = '1';
if (values.slow) process.env.SLOW_MO = values.slow;
const missing = [...positionals.map(withoutLines), ...(values.import ?? [])].find(
  (path) => !existsSync(path) && globSync(path).length === 0,
);
if (missing !== undefined) stop(`File not found: ${missing}.${leftByNpm()}`);
for (const name of values.name ?? []) checkPattern(name);
const part = values.shard === undefined ? undefined : checkedShard(values.shard);
const workers = values.workers === undefined ? undefined : wholeNumber('--workers', values.workers);
const retry = values.retry === undefined ? 0 : wholeNumber('--retry', values.retry, { from: 0 });
const mostSkipped =
  values['expect-skipped'] === undefined
    ? Number.POSITIVE_INFINITY
    : wholeNumber('--expect-skipped', values['expect-skipped'], { from: 0 });
if (project !== undefined) prepareProject(project);
if (values.announce) await announce();
else
  process.exitCode = await play(
    values.failed ? await failedScenarios() : { paths: positionals, names: values.name ?? [] },
  );

async function play({ paths, names }: Selection): Promise<number> {
  // Slow to load, so it is loaded after the options have been checked.
  const [{ runScenarios }, { watchSkips }] = await Promise.all([
    import('../evidence/run-scenarios.ts'),
    import('../evidence/skip-reasons.ts'),
  ]);
  let hookFailed = false;
  let succeeded = false;
  const skips = watchSkips();
  // With a format of the user's, standard output may belong to it.
  const print = values.format === undefined ? console.log : console.error;
  if (project !== undefined) await sayProduct(print);
  const { passed, failed, skipped } = await runScenarios({
    project,
    paths,
    names,
    ...(values.tags === undefined ? {} : { tags: values.tags }),
    ...(workers === undefined ? (values.headed ? { workers: 1 } : {}) : { workers }),
    ...(values.shard === undefined ? {} : { shard: values.shard }),
    moreFormats: values.format ?? [],
    imports: (values.import ?? []).map((file) => resolve(file)),
    retry,
    reports: values['no-evidence'] ? undefined : values.reports,
    trace: values.trace ?? false,
    onMessage: (message) => {
      const { testRunHookFinished, testRunFinished } = message;
      skips.see(message);
      hookFailed ||= testRunHookFinished?.result.status === 'FAILED';
      succeeded = testRunFinished?.success ?? false;
    },
    verbose: values.verbose ?? false,
  }).catch(explain);
  if (!values['no-evidence']) print(`\nReport: ${join(values.reports, reportNames.html)}`);
  if (skipped > mostSkipped) {
    console.error(skips.tooMany(skipped, mostSkipped));
    return 1;
  }
  if (passed + failed + skipped > 0) return failed === 0 && passed > 0 && !hookFailed ? 0 : 1;
  if (part !== undefined && succeeded) {
    console.error(`Part ${part.number} of ${part.of} has no scenarios.`);
    return 0;
  }
  if (!hookFailed) console.error('No scenario was played: none matches.');
  return 1;
}

async function failedScenarios(): Promise<Selection> {
  if (positionals.length > 0) stop('Use either --failed or files, not both.');
  const { chooseFailures } = await import('../evidence/last-run.ts');
  const chosen = await chooseFailures(join(values.reports, reportNames.messages), values.name ?? []);
  if ('selection' in chosen) return chosen.selection;
  if (!chosen.isFine) stop(chosen.message);
  console.log(chosen.message);
  process.exit(0);
}

/** Features to play, and the recipe of the product, in a user's project. */
function prepareProject(folder: string): void {
  process.env.PRODUCT = chosenRecipe(folder) ?? '';
  if (!values.announce && positionals.length === 0 && globSync('features/**/*.feature', { cwd: folder }).length === 0)
    stop(`No features found: ${join(folder, 'features')} has no .feature file. To begin: npx sso-rehearsal init`);
}

async function sayProduct(print: (text: string) => void): Promise<void> {
  const file = process.env.PRODUCT;
  if (!file) return;
  const { nameOfProduct } = await import('../product/under-test.ts');
  print(`Product: ${await nameOfProduct(file).catch(explain)} (${file})`);
}

async function announce(): Promise<void> {
  if (process.env.PRODUCT) {
    const { announceToProduct } = await import('../product/under-test.ts');
    console.log(await announceToProduct(process.env.PRODUCT).catch(explain));
    return;
  }
  const { announceToIdp } = await import('../idp/adapters.ts');
  await announceToIdp(process.env.IDP).catch(explain);
}

/** `--slow` may be used without an amount. */
function withDefaultForSlow(args: readonly string[]): string[] {
  return args.flatMap((arg, index) =>
    arg === '--slow' && !/^\d+$/.test(args[index + 1] ?? '') ? ['--slow', '500'] : [arg],
  );
}

/** Ends the run with one sentence if an identity provider is not ready or a filter is malformed. */
function explain(error: unknown): never {
  if (error instanceof NotReady || error instanceof Unwritable || error instanceof Unloadable) stop(error.message);
  const { cause, message } = error as Error;
  const format = /^Failed to import formatter (.*)$/s.exec(message)?.[1];
  if (format !== undefined)
    stop(`Unknown format ${format}. Use one of Cucumber's, such as json, pretty or summary, or the path of your own.`);
  if (cause instanceof SyntaxError || (cause instanceof Error && cause.message.startsWith('Tag expression')))
    stop(cause.message);
  throw error;
}

function checkPattern(name: string): void {
  try {
    new RegExp(name);
  } catch (error) {
    stop((error as Error).message);
  }
}

function checkedShard(text: string): RunPart {
  return readPart(text) ?? stop(`--shard must be a part and the number of parts, such as 1/4, not “${text}”`);
}
