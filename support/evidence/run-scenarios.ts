/** Runs scenarios through Cucumber's API and counts their outcomes. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { type ISupportCodeLibrary, loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { loadSteps, supportFiles } from '../gherkin/support-files.ts';
import { adapterOf, prepareIdp } from '../idp/adapters.ts';
import { tryFirstSignIn } from '../scenario/first-sign-in.ts';
import { watchStages } from '../scenario/stage-calls.ts';
import type { RunParameters } from '../scenario/world.ts';
import { mailContainerIn } from '../stack/mail-container.ts';
import { probeStack } from '../stack/stack-elsewhere.ts';
import { isPacked } from '../terminal/command-line.ts';
import { isInterrupted, onInterruption } from '../terminal/interruption.ts';
import { createProgress } from './progress-format.ts';
import { openReports, type Reports } from './report-files.ts';
import { selectionText } from './run-part.ts';
import { countScenarios, type ScenarioCount, type Tally } from './scenario-count.ts';

export interface RunOptions {
  /** Folder of a user's project: plays its features, with its own steps next to them. Default: this repository. */
  project?: string | undefined;
  /** Feature files or folders; all if empty. */
  paths?: readonly string[];
  tags?: string;
  /** Regular expressions, one of which a scenario's name must match. */
  names?: readonly string[];
  workers?: number;
  /** `1/4`: the first of four parts. */
  shard?: string;
  /** Cucumber formats, `name` or `name:file`. Default: progress and failures as text. */
  formats?: readonly string[];
  /** Additional Cucumber formats. */
  moreFormats?: readonly string[];
  /** More files with steps and hooks. */
  imports?: readonly string[];
  /** How often a failed scenario is retried. */
  retry?: number;
  /** Called with every message of the run. */
  onMessage?: (message: Envelope) => void;
  /** Shows stack traces of failures. */
  verbose?: boolean;
  /** Folder for the reports with the evidence of every scenario. Without it, no evidence is collected. */
  reports?: string | undefined;
  /** Plays scenarios tagged @scripted in browsers, and the others over HTTP. */
  swapDrivers?: boolean;
  /** Keeps browser traces of failed scenarios with the reports. They include typed text, even passwords. */
  trace?: boolean;
}

/**
 * Throws NotReady if the IdP or a stack elsewhere is not ready or the mailbox is unknown, Unwritable if the reports
 * cannot be written, and Unloadable if a user's file cannot be loaded. A signal ends the process, after a report of the
 * scenarios that have ended.
 */
export async function runScenarios(options: RunOptions = {}): Promise<Tally> {
  const { onMessage, reports: folder, shard } = options;
  const part = shard === undefined ? undefined : { text: shard, selection: selectionText(options) };
  const files = supportFiles(options);
  const { cwd } = files;
  const provided = configurationFor(options);
  mailContainerIn(process.env);
  if (!process.env.PRODUCT) await probeStack(process.env);
  const { runConfiguration } = await loadConfiguration({ file: false, provided }, { cwd });
  const support = (await loadSteps(files)) as unknown as ISupportCodeLibrary;
  await using idp = await prepareIdp(process.env.IDP);
  if (process.env.PRODUCT || adapterOf(process.env.IDP).adapter.triedFirst)
    await tryFirstSignIn({ kind: options.swapDrivers ? 'http' : 'browser' });
  const count = countScenarios();
  const reports = folder === undefined ? undefined : openReports({ folder, ...(part === undefined ? {} : { part }) });
  using stages = watchStages();
  using _interruption = onInterruption(
    async () => {
      const cleanUp = Promise.allSettled([stages.strikeAll(), idp[Symbol.asyncDispose]()]);
      await reportInterruption(count, reports);
      await cleanUp;
    },
    { except: process.env.HOLD === '1' ? ['SIGINT'] : [] },
  );
  const progress = progressOnStandardError(runConfiguration.formats.stdout, options);
  const run = runCucumber({ ...runConfiguration, support }, { cwd }, (message) => {
    if (isInterrupted()) return;
    count.see(message);
    reports?.see(message);
    progress?.(message);
    onMessage?.(message);
  });
  await run.catch(async (error: unknown) => {
    await reports?.discard();
    if (!isInterrupted()) throw error;
  });
  if (isInterrupted()) await untilTheProcessEnds();
  await reports?.close();
  return count.tally();
}

const untilTheProcessEnds = (): Promise<never> => new Promise(() => undefined);

async function reportInterruption(count: ScenarioCount, reports: Reports | undefined): Promise<void> {
  const { passed, failed, skipped } = count.tally();
  const played = passed + failed + skipped;
  const outcomes = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  console.error(
    `${process.stdout.isTTY ? '\r\x1b[K' : ''}\nInterrupted: ${played} of ${count.planned()} scenarios played` +
      (played === 0 ? '' : `: ${outcomes.filter((one) => one !== false).join(' ')}`),
  );
  if (played === 0) return reports?.discard();
  const files = await reports?.close({ interrupted: true });
  if (files !== undefined) console.error(`\nReport: ${files.html}`);
}

const formatter = (name: string): string => new URL(`${name}${isPacked ? '.js' : '.ts'}`, import.meta.url).href;
const ownFormatter = formatter('progress-format');
/** In quotation marks, since a URL contains a colon. */
const ownFormat = `"${ownFormatter}"`;
/** Shows the steps of each scenario as they are played. */
export const storyFormat = `"${formatter('story-format')}"`;

/** If a user's format takes standard output, our own progress goes to standard error. */
function progressOnStandardError(stdoutFormat: string, { formats, verbose = false }: RunOptions) {
  if (formats !== undefined || stdoutFormat === ownFormatter) return undefined;
  const { stderr: stream } = process;
  return createProgress({ stream, write: (text) => void stream.write(text) }, { verbose });
}

/** A product, and some identity providers, can play one scenario at a time only. */
const isAlone = (): boolean => Boolean(process.env.PRODUCT) || Boolean(adapterOf(process.env.IDP).adapter.alone);

/** A whole run of this repository leaves @long out; tags of a user's project are its own. */
export const tagsFor = ({ project, paths = [], names = [], tags }: RunOptions): string | undefined =>
  tags ?? (project === undefined && paths.length === 0 && names.length === 0 ? 'not @long' : undefined);

function configurationFor({
  project,
  paths = [],
  tags: wanted,
  names = [],
  workers = availableParallelism() + 1, // each often waits for its browser
  shard,
  formats = [ownFormat],
  moreFormats = [],
  retry = 0,
  verbose = false,
  reports,
  trace = false,
  swapDrivers = false,
}: RunOptions) {
  const tags = tagsFor({ project, paths, names, ...(wanted === undefined ? {} : { tags: wanted }) });
  return {
    format: [...formats, ...moreFormats],
    retry,
    formatOptions: { terminal: { verbose } },
    // A single worker runs in the main thread.
    parallel: workers > 1 && !isAlone() ? workers : 0,
    name: [...names],
    paths: paths.length > 0 ? [...paths] : ['features/**/*.feature'],
    worldParameters: {
      evidence: reports !== undefined,
      swapDrivers,
      ...(trace ? { traces: join(resolve(reports ?? 'reports'), 'traces') } : {}),
    } satisfies RunParameters,
    ...(tags === undefined ? {} : { tags }),
    ...(shard === undefined ? {} : { shard }),
  };
}
