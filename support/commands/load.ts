/** `npm run load`: sign-ins by the thousand at a product, played by k6. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Unwritable } from '../evidence/unwritable.ts';
import { NotReady } from '../idp/identity-provider.ts';
import { checkReports, lastAlike, writeLoadReport } from '../load/files.ts';
import { findK6, NoK6 } from '../load/find-k6.ts';
import { checkLoad, TooMuch } from '../load/limits.ts';
import { makePlan, UnusablePlan } from '../load/make-plan.ts';
import { mergeRuns, UnusableOutput } from '../load/merge.ts';
import { startOwnTarget } from '../load/own-target.ts';
import { printScript } from '../load/print.ts';
import { type ProfileName, profileNames, profiles } from '../load/profiles.ts';
import type { Result } from '../load/result.ts';
import { CannotBegin, playLoad } from '../load/run.ts';
import { progressLine, summaryOf } from '../load/summary.ts';
import { openTarget, type Target } from '../load/target.ts';
import { chosenRecipe } from '../product/chosen-recipe.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { onInterruption } from '../terminal/interruption.ts';
import { readOptions, stop, wholeNumber } from '../terminal/options.ts';

/** The project's folder in a clone, otherwise the current folder. */
const home = isPacked ? process.cwd() : fileURLToPath(new URL('../..', import.meta.url));

const profileHelp = profileNames.map((name) => `${name}: ${profiles[name].meaning}`).join(`\n${' '.repeat(23)}`);
const timeHelp = profileNames.map((name) => `${name} ${profiles[name].seconds}s`).join(', ');

const help = `${commandLine('load', { args: '[options]' })}

Signs users in by the thousand, each of them another one, and asks the product every time who is signed in. Played by
k6, which you install: docs/load.md.

  --product FILE       recipe of the product (PRODUCT, or sso-rehearsal.json); without one, our own service provider
  --profile NAME       ${profileHelp}
                       (steady)
  --rate N             sign-ins per second at the peak (10)
  --for TIME           as 90s, 5m or 1h (by profile: ${timeHelp})
  --failing-idp        the IdP is slow, fails, has a wrong clock and a new key, one after the other
  --i-may-load HOST    allow load on a host that is not this machine (repeatable): at most 50 sign-ins a second, 15 min
  --reports FOLDER     folder for the page and k6's own files (reports)
  --print-script FOLDER
                       write the script, its plan, the users and a manifest for k6 elsewhere, and exit
  --merge FILE         merge raw outputs of k6 elsewhere (repeatable), with --plan, into one report
  --plan FILE          the plan.json of those runs
  --help               this text

Exit: 0 passed, 1 failed, 2 it could not run, or something was not judged.`;

const { values } = readOptions(help, {
  options: {
    product: { type: 'string' },
    profile: { type: 'string', default: 'steady' },
    rate: { type: 'string', default: '10' },
    for: { type: 'string' },
    'failing-idp': { type: 'boolean' },
    'i-may-load': { type: 'string', multiple: true },
    reports: { type: 'string' },
    'print-script': { type: 'string' },
    merge: { type: 'string', multiple: true },
    plan: { type: 'string' },
  },
});
const profile =
  profileNames.find((name): name is ProfileName => name === values.profile) ??
  stop(`Unknown profile “${values.profile}”. Use one of: ${profileNames.join(', ')}`, help);
const rate = wholeNumber('--rate', values.rate);
const seconds = values.for === undefined ? profiles[profile].seconds : secondsIn(values.for);
const reports = values.reports ?? join(home, 'reports');
if ((values.merge === undefined) !== (values.plan === undefined)) stop('--merge and --plan belong together', help);

/** Errors that a user can mend. */
const expected = [NotReady, NoK6, TooMuch, UnusablePlan, UnusableOutput, CannotBegin, Unwritable];

process.exitCode = await run().catch((error: Error) => {
  if (!expected.some((kind) => error instanceof kind)) throw error;
  console.error(harmless(error.message));
  return 2;
});

function secondsIn(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6})(s|m|h)?$/.exec(text) ?? [];
  const number = Number(amount) * { s: 1, m: 60, h: 3_600 }[unit as 's' | 'm' | 'h'];
  return number >= 3 ? number : stop(`--for must be at least 3s, as 90s, 5m or 1h, not “${text}”`);
}

async function run(): Promise<number> {
  if (values.merge !== undefined) return report(await mergeRuns(values.merge, values.plan!));
  // Before anything is started.
  const k6 = values['print-script'] === undefined ? await findK6() : undefined;
  const folder = k6 === undefined ? reports : checkReports(reports);
  const recipe = values.product ?? chosenRecipe(process.cwd());
  await using target = recipe === undefined ? await startOwnTarget() : await openTarget(recipe, checkAddresses);
  if (k6 === undefined) return print(target, values['print-script']!);
  const interruption = new AbortController();
  const ended = Promise.withResolvers<void>();
  using _ = onInterruption(async () => {
    interruption.abort();
    await ended.promise;
  });
  try {
    const options = { profile, rate, seconds, folder, k6, allowed: values['i-may-load'] ?? [] };
    const result = await playLoad(target, {
      ...options,
      failingIdp: values['failing-idp'] ?? false,
      signal: interruption.signal,
      onProgress: showProgress,
    });
    return await report(result);
  } finally {
    endProgress();
    await target[Symbol.asyncDispose]();
    ended.resolve();
  }
}

function checkAddresses(addresses: readonly string[]): void {
  checkLoad(addresses, { rate, seconds, allowed: values['i-may-load'] ?? [] });
}

async function report(result: Result): Promise<number> {
  endProgress();
  const before = lastAlike(reports, result);
  console.log(harmless(summaryOf(result, before)));
  const { html } = await writeLoadReport(reports, result, before);
  console.log(`Report: ${html}`);
  if (result.findings.length > 0) return 1;
  return result.notJudged === undefined ? 0 : 2;
}

async function print(target: Target, folder: string): Promise<number> {
  const plan = makePlan({ ...target.product, profile, rate, seconds, failingIdp: values['failing-idp'] ?? false });
  const files = await printScript(folder, { plan, settings: target.tenantSettings(plan.people) });
  console.log(`Written to ${folder}: ${files.join(', ')}. docs/load.md says how to use them.`);
  return 0;
}

/** One line that changes on a terminal, otherwise one line every ten seconds. */
function showProgress(tally: Parameters<typeof progressLine>[0], second: number): void {
  const line = progressLine(tally, { second, of: seconds });
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
  else if (Math.round(second) % 10 === 0) console.error(line);
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
