/** The control routes of the mock IdP: their OpenAPI document, and their table in docs/any-language.md. */
import { readFileSync } from 'node:fs';
import { controlDocument } from '../../stack/servers.ts';

export const openApiPage = (): string => `${JSON.stringify(controlDocument(), null, 2)}\n`;

const page = new URL('../../../docs/any-language.md', import.meta.url);
const [begin, end] = ['<!-- made by npm run docs -->\n', '<!-- end -->'];

/** The page with a new table. */
export function anyLanguagePage(): string {
  const [before, rest] = readFileSync(page, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error('docs/any-language.md has no place for its table');
  return `${before}${begin}${controlTable()}${end}${after}`;
}

interface Operation {
  summary: string;
  requestBody?: { content: { 'application/json': { example?: unknown } } };
}

function controlTable(): string {
  const { paths } = controlDocument() as { paths: Record<string, Record<string, Operation>> };
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => row(`${method.toUpperCase()} /control${path}`, operation)),
  );
  return `\n| Route | What it does |\n| --- | --- |\n${rows.join('')}\n`;
}

const width = 120;

/** With its example, if that fits. */
function row(route: string, { summary, requestBody }: Operation): string {
  const example = JSON.stringify(requestBody?.content['application/json'].example);
  const plain = `| \`${route}\` | ${summary}`;
  const whole = `${plain}: \`${example}\` |`;
  return example === undefined || whole.length > width ? `${plain} |\n` : `${whole}\n`;
}
