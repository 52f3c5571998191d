/** Cucumber's report page with our title, style and script, and a policy that lets no other script run. */
import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

export interface PageDresser {
  /** Takes and gives the page piece by piece, as Cucumber writes it. */
  dress(chunk: string): string;
  /** Writes the hashes of the page's scripts into its policy; the file must hold the whole page. */
  seal(file: string): Promise<void>;
}

const beside = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** The messages, Cucumber's own script, and ours. */
const scriptCount = 3;
const hashes = (digests: readonly string[]): string => digests.map((digest) => `'sha256-${digest}'`).join(' ');
/** As long as the real hashes, whose place it holds. */
const placeholder = hashes(Array<string>(scriptCount).fill('0'.repeat(43) + '='));

/** Styles and pictures only as they stand in the file; no address, no form, no frame but those without a script. */
const policy = [
  "default-src 'none'",
  `script-src ${placeholder}`,
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function createPageDresser(title: string): PageDresser {
  const scripts = createScriptHasher();
  let place: number | undefined;
  return {
    dress(chunk) {
      const dressed = place === undefined ? withPolicy(chunk) : ours(chunk, title);
      place ??= Buffer.byteLength(dressed.slice(0, dressed.indexOf(placeholder)));
      scripts.see(dressed);
      return dressed;
    },
    async seal(file) {
      await using page = await open(file, 'r+');
      await page.write(hashes(scripts.digests()), place);
    },
  };
}

/** The page begins with its head. */
function withPolicy(chunk: string): string {
  const found = chunk.indexOf('<head>');
  if (found < 0) throw new Error('Cucumber’s page does not begin with its head any more');
  const end = found + '<head>'.length;
  return `${chunk.slice(0, end)}
\t<meta http-equiv="Content-Security-Policy" content="${policy}">${chunk.slice(end)}`;
}

/** Our style and script stand in the places that Cucumber leaves for them. */
function ours(chunk: string, title: string): string {
  if (chunk === 'Cucumber') return title.replace(/[&<>]/g, '');
  const closes = (tag: string, outer: string): boolean => {
    const text = chunk.trimStart();
    return text.startsWith(tag) && text.slice(tag.length).trimStart().startsWith(outer);
  };
  if (closes('</style>', '</head>')) return `${beside('report.css')}${chunk}`;
  if (closes('</script>', '</body>')) return `${ourScript()}${chunk}`;
  return chunk;
}

const ourScript = (): string =>
  `const diagramStyle = ${JSON.stringify(beside('sequence-diagram.css'))};\n${beside('report.js')}`;

interface ScriptHasher {
  see(chunk: string): void;
  /** Of each script, in order. */
  digests(): readonly string[];
}

/** Cucumber writes each tag of its own in one piece, and no `<` within the messages. */
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
        throw new Error(`the page has ${digests.length} scripts and should have ${scriptCount}`);
      return digests;
    },
  };
}
