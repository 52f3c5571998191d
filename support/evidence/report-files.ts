/**
 * Writes a run's reports: an HTML file that opens from disk, JUnit XML, and the messages. They contain no secrets.
 * They are written next to the earlier files, and replace them only when complete.
 */
import { once } from 'node:events';
import { createWriteStream, existsSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { pathToFileURL } from 'node:url';
import { CucumberHtmlStream } from '@cucumber/html-formatter';
import { type Envelope, type TestStepResult, TimeConversion } from '@cucumber/messages';
import { adviceInWords, adviseOn } from '../gherkin/undefined-steps.ts';
import { makeFolder } from '../stack/make-folder.ts';
import { linesOf } from './error-text.ts';
import { createJUnitPrinter } from './junit.ts';
import { readPastRuns, recordRun } from './past-runs.ts';
import { redact } from './redact.ts';
import { createPageCustomizer } from './report-page.ts';
import { partMessage } from './run-part.ts';
import { unwritable } from './unwritable.ts';
import { byWholeScenarios } from './whole-scenarios.ts';

export const reportNames = { html: 'rehearsal.html', junit: 'junit.xml', messages: 'messages.ndjson' } as const;
/** Reports that other commands write into the same folder. */
export const loadReport = { file: 'load.html', text: 'The last load test' } as const;
const otherReports = [loadReport];
type Kind = keyof typeof reportNames;
const kinds = Object.keys(reportNames) as Kind[];

export interface Reports {
  see(message: Envelope): void;
  /**
   * Resolves with the file names when the files are complete and in place. Throws Unwritable; then the earlier files
   * are unchanged. Later messages are ignored.
   */
  close(how?: { interrupted?: boolean }): Promise<Record<Kind, string>>;
  /** Keeps the earlier files. */
  discard(): Promise<void>;
}

export interface ReportOptions {
  folder: string;
  title?: string;
  /** If the run plays only a part of the selected scenarios: the part, such as `1/4`, and the selection. */
  part?: { text: string; selection: string };
  /** Opens a file for writing. */
  openFile?: (path: string) => Writable;
}

/** Throws Unwritable. */
export function openReports({
  folder,
  title = 'Rehearsal',
  part,
  openFile = createWriteStream,
}: ReportOptions): Reports {
  const unfinished = newFolderIn(folder);
  const files = openFiles(unfinished, openFile);
  const page = new CucumberHtmlStream();
  const besides = otherReports.filter(({ file }) => existsSync(join(folder, file)));
  const customizer = createPageCustomizer({ title, besides, pastRuns: readPastRuns(folder) });
  page.on('data', (chunk: unknown) => files.write('html', customizer.customize(String(chunk))));
  const advise = createAdviser();
  const printer = createJUnitPrinter(title, (text) => files.write('junit', text));
  const recorder = recordRun(folder);
  let open = true;

  function write(message: Envelope): void {
    const clean = withoutSecrets(advise(message));
    page.write(withReadableError(clean));
    printer.update(clean);
    files.write('messages', `${JSON.stringify(clean)}\n`);
    if (part !== undefined && message.testRunStarted)
      files.write('messages', `${JSON.stringify(partMessage(part.text, part.selection, message.testRunStarted))}\n`);
  }
  const forward = byWholeScenarios(write);

  /** Ends the page and JUnit, so that they are complete. The messages have no end, so that a merge notices. */
  function endInterrupted(): void {
    const timestamp = TimeConversion.millisecondsSinceEpochToTimestamp(Date.now());
    const end: Envelope = {
      testRunFinished: { ...recorder.run(), timestamp, success: false },
    };
    page.write(end);
    printer.update(end);
  }

  return {
    see(message) {
      if (!open) return;
      recorder.see(message);
      forward(message);
    },
    async close({ interrupted = false } = {}) {
      open = false;
      if (interrupted) endInterrupted();
      page.end();
      try {
        await once(page, 'end');
        await files.end();
        await customizer.seal(join(unfinished, reportNames.html));
        const places = await moveFiles(unfinished, folder);
        if (!interrupted) recorder.keep();
        return places;
      } catch (error) {
        throw unwritable(error as Error, folder, Object.values(reportNames));
      } finally {
        await rm(unfinished, { recursive: true, force: true });
      }
    },
    async discard() {
      open = false;
      await files.end().catch(() => undefined);
      await rm(unfinished, { recursive: true, force: true });
    },
  };
}

const prefix = '.unfinished-';
const dayMs = 86_400_000;

/** Folder for the files of one run. Removes what killed runs have left there, once it is a day old. */
function newFolderIn(folder: string): string {
  try {
    makeFolder(folder);
    for (const left of globSync(`${prefix}*`, { cwd: folder }).map((name) => join(folder, name)))
      if (statSync(left).mtimeMs < Date.now() - dayMs) rmSync(left, { recursive: true, force: true });
    return mkdtempSync(join(folder, prefix));
  } catch (error) {
    throw unwritable(error as Error, folder);
  }
}

interface Files {
  write(kind: Kind, text: string): void;
  /** Resolves when everything is on disk; throws the first error of any file. */
  end(): Promise<void>;
}

function openFiles(folder: string, openFile: (path: string) => Writable): Files {
  const streams = Object.fromEntries(kinds.map((kind) => [kind, openFile(join(folder, reportNames[kind]))])) as Record<
    Kind,
    Writable
  >;
  let failure: Error | undefined;
  for (const stream of Object.values(streams))
    stream.on('error', (error) => {
      failure ??= error;
    });
  return {
    write(kind, text) {
      if (failure === undefined) streams[kind].write(text);
    },
    async end() {
      for (const stream of Object.values(streams)) stream.end();
      await Promise.allSettled(Object.values(streams).map((stream) => finished(stream)));
      if (failure !== undefined) throw failure;
    },
  };
}

async function moveFiles(from: string, folder: string): Promise<Record<Kind, string>> {
  const places = Object.fromEntries(kinds.map((kind) => [kind, join(folder, reportNames[kind])])) as Record<
    Kind,
    string
  >;
  for (const kind of kinds) await rename(join(from, reportNames[kind]), places[kind]);
  return places;
}

/** An error may contain compared values, such as a link with its token. Attachments are redacted already. */
function withoutSecrets(message: Envelope): Envelope {
  const result = message.testStepFinished?.testStepResult;
  if (result?.message === undefined && result?.exception === undefined) return message;
  const { message: error, exception } = result;
  return withResult(message, {
    ...result,
    ...(error === undefined ? {} : { message: redact(error) }),
    ...(exception === undefined
      ? {}
      : {
          exception: {
            ...exception,
            ...(exception.message === undefined ? {} : { message: redact(exception.message) }),
            ...(exception.stackTrace === undefined ? {} : { stackTrace: redact(exception.stackTrace) }),
          },
        }),
  });
}

/** For the page: the error and its location, instead of a stack. The messages file keeps the stack. */
function withReadableError(message: Envelope): Envelope {
  const result = message.testStepFinished?.testStepResult;
  const error = result?.exception?.message ?? result?.message;
  if (result === undefined || error === undefined || result.status !== 'FAILED') return message;
  const { exception, ...rest } = result;
  const where = locationIn(exception?.stackTrace ?? result.message ?? '');
  const lines = [...linesOf(error), ...(where === undefined ? [] : ['', `(${where})`])];
  return withResult(message, { ...rest, message: lines.join('\n') });
}

/** `steps/sign-in.ts:12`: the first line of our own code, or of a user's project, in a stack. */
export function locationIn(stack: string, project = process.cwd()): string | undefined {
  for (const part of stack.split(/[\s()]+/)) {
    const parts = part.split(':');
    const [line = '', column = ''] = parts.slice(-2);
    const path = inProject(parts.slice(0, -2).join(':'), project).split('/');
    const start = path.findIndex((folder) => sourceFolders.includes(folder));
    if (start >= 0 && [line, column].every((number) => /^\d+$/.test(number)))
      return `${path.slice(start).join('/')}:${line}`;
  }
  return undefined;
}

const sourceFolders = ['features', 'steps', 'support'];

/** The path below the project, or the whole path, which may be a URL. */
function inProject(path: string, project: string): string {
  const below = [pathToFileURL(project).href, project].find((start) => path.startsWith(`${start}/`));
  return below === undefined ? path : path.slice(below.length + 1);
}

const withResult = (message: Envelope, testStepResult: TestStepResult): Envelope => ({
  ...message,
  testStepFinished: { ...message.testStepFinished!, testStepResult },
});

/** Replaces the code that Cucumber suggests for an undefined step by the most similar steps and words. */
function createAdviser(): (message: Envelope) => Envelope {
  const expressions: string[] = [];
  const steps = new Map<string, string>();
  return (message) => {
    const { stepDefinition, pickle, suggestion } = message;
    if (stepDefinition) expressions.push(stepDefinition.pattern.source);
    for (const { id, text } of pickle?.steps ?? []) steps.set(id, text);
    const text = steps.get(suggestion?.pickleStepId ?? '');
    if (suggestion === undefined || text === undefined) return message;
    const advice = adviceInWords(adviseOn(text, expressions)).join('\n');
    return { suggestion: { ...suggestion, snippets: [{ language: 'text', code: advice }] } };
  };
}
