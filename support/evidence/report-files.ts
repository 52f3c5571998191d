/** Writes a run's reports: an HTML file that opens from disk, JUnit XML, and the messages. None holds secrets. */
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { CucumberHtmlStream } from '@cucumber/html-formatter';
import { JUnitXmlPrinter } from '@cucumber/junit-xml-formatter';
import type { Envelope, TestStepResult } from '@cucumber/messages';
import { adviceInWords, adviseOn } from '../gherkin/undefined-steps.ts';
import { linesOf } from './error-text.ts';
import { redact } from './redact.ts';

export const reportNames = { html: 'rehearsal.html', junit: 'junit.xml', messages: 'messages.ndjson' } as const;

export interface Reports {
  see(message: Envelope): void;
  /** Resolves with the file names when all of it is on disk. */
  close(): Promise<{ html: string; junit: string; messages: string }>;
}

export interface ReportOptions {
  folder: string;
  title?: string;
}

export function openReports({ folder, title = 'Rehearsal' }: ReportOptions): Reports {
  mkdirSync(folder, { recursive: true });
  const [html, junit, messages] = [reportNames.html, reportNames.junit, reportNames.messages].map((name) =>
    createWriteStream(join(folder, name)),
  ) as [Stream, Stream, Stream];
  const page = new CucumberHtmlStream();
  page.on('data', (chunk: unknown) => html.write(dressed(String(chunk), title)));
  const advise = createAdviser();
  const printer = new JUnitXmlPrinter({ suiteName: title }, (text) => junit.write(text));
  return {
    see(message) {
      const clean = withoutSecrets(advise(message));
      page.write(inWords(clean));
      printer.update(clean);
      messages.write(`${JSON.stringify(clean)}\n`);
    },
    async close() {
      page.end();
      await once(page, 'end');
      for (const file of [html, junit, messages]) file.end();
      await Promise.all([html, junit, messages].map((file) => finished(file)));
      return {
        html: join(folder, reportNames.html),
        junit: join(folder, reportNames.junit),
        messages: join(folder, reportNames.messages),
      };
    },
  };
}

type Stream = ReturnType<typeof createWriteStream>;

const beside = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Cucumber's page with our style and script in the places that it leaves for them, and a title of its own. */
function dressed(chunk: string, title: string): string {
  if (chunk === 'Cucumber') return title.replace(/[&<>]/g, '');
  if (/<\/style>\s*<\/head>/.test(chunk)) return chunk.replace('</style>', () => `${beside('report.css')}</style>`);
  if (/<\/script>\s*<\/body>/.test(chunk)) return chunk.replace('</script>', () => `${beside('report.js')}</script>`);
  return chunk;
}

/** An error may hold what was compared, such as a link with its token. Attachments were cleaned where they arose. */
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

/** For the page: what was wrong, and where, instead of a stack. The messages file keeps the stack. */
function inWords(message: Envelope): Envelope {
  const result = message.testStepFinished?.testStepResult;
  const error = result?.exception?.message ?? result?.message;
  if (result === undefined || error === undefined || result.status !== 'FAILED') return message;
  const { exception, ...rest } = result;
  const where = /((?:steps|support)\/[\w./-]+:\d+):\d+/.exec(exception?.stackTrace ?? result.message ?? '')?.[1];
  const lines = [...linesOf(error), ...(where === undefined ? [] : ['', `(${where})`])];
  return withResult(message, { ...rest, message: lines.join('\n') });
}

const withResult = (message: Envelope, testStepResult: TestStepResult): Envelope => ({
  ...message,
  testStepFinished: { ...message.testStepFinished!, testStepResult },
});

/** Puts the nearest steps and words in place of the code that Cucumber suggests for an undefined step. */
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
