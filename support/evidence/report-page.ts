/** Cucumber's report page with our title, style and script, and a policy that allows no other script. */
import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { PastRun } from './past-runs.ts';

export interface PageCustomizer {
  /** Changes the page piece by piece, as Cucumber writes it. */
  customize(chunk: string): string;
  /** Writes the hashes of the page's scripts into its policy. The file must be complete. */
  seal(file: string): Promise<void>;
}

const fileText = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The messages, Cucumber's own script, and ours. */
const scriptCount = 3;
const hashes = (digests: readonly string[]): string => digests.map((digest) => `'sha256-${digest}'`).join(' ');
/** Reserves the space for the real hashes. */
const placeholder = hashes(Array<string>(scriptCount).fill('0'.repeat(43) + '='));

/** Only inline styles and pictures; no URLs, no forms, and only frames without scripts. */
const policy = [
  "default-src 'none'",
  `script-src ${placeholder}`,
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Another report in the same folder. */
export interface BesideReport {
  file: string;
  text: string;
}

export interface PageParts {
  title: string;
  besides?: readonly BesideReport[];
  pastRuns?: readonly PastRun[];
}

export function createPageCustomizer(parts: PageParts): PageCustomizer {
  const scripts = createScriptHasher();
  let place: number | undefined;
  return {
    customize(chunk) {
      const customized = place === undefined ? withPolicy(chunk) : withOurParts(chunk, parts);
      place ??= Buffer.byteLength(customized.slice(0, customized.indexOf(placeholder)));
      scripts.see(customized);
      return customized;
    },
    async seal(file) {
      await using page = await open(file, 'r+');
      await page.write(hashes(scripts.digests()), place);
    },
  };
}

/** Adds the policy to the page's head, which is in the first chunk. */
function withPolicy(chunk: string): string {
  const found = chunk.indexOf('<head>');
  if (found < 0) throw new Error('Cucumber’s page no longer starts with its head');
  const end = found + '<head>'.length;
  return `${chunk.slice(0, end)}
\t<meta http-equiv="Content-Security-Policy" content="${policy}">${chunk.slice(end)}`;
}

/** Adds our style and script in the places where Cucumber ends its own. */
function withOurParts(chunk: string, { title, besides = [], pastRuns = [] }: PageParts): string {
  if (chunk === 'Cucumber') return title.replace(/[&<>]/g, '');
  const endsPart = (tag: string, outer: string): boolean => {
    const text = chunk.trimStart();
    return text.startsWith(tag) && text.slice(tag.length).trimStart().startsWith(outer);
  };
  if (endsPart('</style>', '</head>')) return `${reportStyle()}${withLinks(chunk, besides)}`;
  if (endsPart('</script>', '</body>')) return `${ourScript(pastRuns)}${chunk}`;
  return chunk;
}

const ourScript = (pastRuns: readonly PastRun[]): string =>
  [
    `const diagramStyle = ${JSON.stringify(fileText('sequence-diagram.css'))};`,
    `const pastRuns = ${JSON.stringify(pastRuns)};`,
    fileText('report.js'),
    fileText('overview.js'),
  ].join('\n');

/** With the mark, as the page loads nothing. */
function reportStyle(): string {
  const mark = Buffer.from(fileText('../../sp/pages/mark.svg')).toString('base64');
  return fileText('report.css').replace('mark.svg', `data:image/svg+xml;base64,${mark}`);
}

/** Adds links to the start of the body, which is in the same chunk as the end of the head. */
function withLinks(chunk: string, besides: readonly BesideReport[]): string {
  if (besides.length === 0) return chunk;
  const links = besides.map(({ file, text }) => `<a href="${file}">${text}</a>`).join(' ');
  return chunk.replace('<body>', `<body>\n<nav class="besides" aria-label="Other reports">${links}</nav>`);
}

interface ScriptHasher {
  see(chunk: string): void;
  /** The hash of each script, in order. */
  digests(): readonly string[];
}

/** Cucumber writes each of its tags in one piece, and no `<` within the messages. */
function createScriptHasher(): ScriptHasher {
  const digests: string[] = [];
  let current: Hash | undefined;

  function see(chunk: string): void {
    const tag = current === undefined ? '<script>' : '</script>';
    const found = chunk.indexOf(tag);
    current?.update(found < 0 ? chunk : chunk.slice(0, found));
    if (found < 0) return;
    if (current !== undefined) digests.push(current.digest('base64'));
    current = current === undefined ? createHash('sha256') : undefined;
    see(chunk.slice(found + tag.length));
  }

  return {
    see,
    digests() {
      if (digests.length !== scriptCount || current !== undefined)
        throw new Error(`expected ${scriptCount} scripts in the page, found ${digests.length}`);
      return digests;
    },
  };
}
