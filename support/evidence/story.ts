/** Explains a failed scenario: what was sent, the rejection, who must fix it, and how to run it again. */

import { anyOf, type Fact, factsOf } from '../../sp/finding-facts.ts';
import { fixesFor } from '../../sp/products/fixes.ts';
import { adviceOn, type Finding, type RejectionCode } from '../../sp/rejection-advice.ts';
import { type CaseCode, caseOf, cases } from '../../sp/troubleshooting.ts';
import { belowMargin } from '../catalogue/fault-margin.ts';
import type { PlayedProduct } from '../catalogue/identity-products.ts';
import type { RecordedResponse } from '../diagnosis/network-log.ts';
import { productRecipe } from '../product/chosen-recipe.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { redact } from './redact.ts';
import type { SequenceRow } from './sequence-diagram.ts';

export interface StoryOptions {
  /** The scenario's name as in the feature file, with the values of its example. */
  scenario: string;
  /** The feature file. */
  uri?: string;
  /** Rows of the sequence diagram, in order; the newest are listed. */
  rows: readonly SequenceRow[];
  /** The latest response that reached the service provider; “unknown” if its records cannot be read. */
  response: Pick<RecordedResponse, 'verdict' | 'findings'> | 'unknown' | undefined;
  /** Set if the latest sign-in ended at the IdP. */
  stuckAt?: CaseCode | undefined;
  /** The product that the IdP plays, if it plays one. */
  product?: PlayedProduct | undefined;
  /** Fault phrases of the latest response. */
  faults?: readonly string[];
  /** Warnings on open pages, with the name of the user who sees them. */
  warnings?: readonly string[];
  /** Browser trace files. */
  traces?: readonly string[];
}

/** Redacts secrets, including those from messages and pages. */
export function story({
  scenario,
  uri,
  rows,
  response,
  stuckAt,
  product,
  faults = [],
  warnings = [],
  traces = [],
}: StoryOptions): string {
  const lines = [
    ...newest(rows),
    ...warnings,
    ...(stuckAt === undefined ? responseLines(response, product) : stuckLines(stuckAt, product)),
    ...(stuckAt === undefined && response !== 'unknown' && response?.verdict === 'success'
      ? faults.flatMap((one) => belowMargin(one) ?? [])
      : []),
    ...traceLines(traces),
  ];
  const again = `Run it again: ${replayCommand(scenario, uri)}`;
  return [...lines.map((line) => redact(line)), again].map((line) => harmless(line)).join('\n');
}

const maxRows = 12;

function newest(rows: readonly SequenceRow[]): string[] {
  if (rows.length === 0) return ['No requests were sent.'];
  const count = rows.length > maxRows ? ` (the last ${maxRows} of ${rows.length})` : '';
  const lines = rows.slice(-maxRows).map(({ label, tone }) => `  ${tone === 'bad' ? '✘' : '·'} ${label}`);
  return [`Events${count}:`, ...lines];
}

function responseLines(response: StoryOptions['response'], product: StoryOptions['product']): string[] {
  if (response === 'unknown') return [];
  if (response === undefined) return ['No response reached the service provider.'];
  if (response.verdict === 'success') return ['The latest response was accepted.'];
  return rejectionLines(response.findings[0] ?? { code: response.verdict }, product);
}

function rejectionLines(finding: Finding, product: StoryOptions['product']): string[] {
  const facts = factsOf(finding);
  const of = (name: Fact['name']): string | undefined => facts.find((fact) => fact.name === name)?.value;
  return [
    `The latest response was rejected as ${finding.code}: ${adviceOn(finding).sentence}`,
    ...facts.filter(({ isCode }) => isCode).map(({ name, value }) => `  ${name === 'where' ? 'at' : name} ${value}`),
    `The administrator sees: “${cases[caseOf(finding.code)].title}”.`,
    `Who must fix it: ${of('who')} (${of('rule')}).`,
    `Fix: ${of('how')}`,
    ...productLines(caseOf(finding.code), { product, rejection: finding.code }),
  ];
}

/** Without a response the service provider cannot say why, but the IdP's log can. */
function stuckLines(code: CaseCode, product: StoryOptions['product']): string[] {
  const { title, fixedBy, fix } = cases[code];
  return [
    `The sign-in ended at the identity provider without a response: “${title}” (${code}).`,
    `Who must fix it: ${anyOf(fixedBy)}.`,
    `Fix: ${fix}`,
    ...productLines(code, { product }),
  ];
}

/** The fix in the menus of the product, where a source for them was read. */
function productLines(
  code: CaseCode,
  { product, rejection }: Pick<StoryOptions, 'product'> & { rejection?: RejectionCode },
): string[] {
  if (product === undefined) return [];
  const known = fixesFor(code, { candidates: [product.product], ...(rejection && { rejection }) });
  return known.map(({ fix }) => `Fix in ${product.words}: ${fix}`);
}

function traceLines(traces: readonly string[]): string[] {
  if (traces.length === 0) return [];
  return [
    'Browser traces (they include typed text, even passwords: do not share them):',
    ...traces.map((file) => `  npx playwright show-trace ${file}`),
  ];
}

/** The surroundings of a run: another IdP or product, a mailbox in a container, other addresses of hosts. */
const replayVariables = ['IDP', 'PRODUCT', 'MAILBOX', 'MAILHOG_IMAGE', 'MAILPIT_IMAGE', 'HOSTS', 'HOST_RESOLVER_RULES'];
/** Of a stack that runs elsewhere. */
const stackVariables = ['SP_URL', 'IDP_URL', 'MAILHOG_URL'];

export interface ReplayOptions {
  environment?: Readonly<Record<string, string | undefined>>;
  packed?: boolean;
}

/**
 * The command that runs only this scenario, quoted for a shell. Includes the feature file and the product only if a run
 * would not find them by itself, and the IdP, the mailbox and the stack only if they are not the usual ones.
 */
export function replayCommand(
  scenario: string,
  uri = '',
  { environment = process.env, packed = isPacked }: ReplayOptions = {},
): string {
  const pattern = patternOfName(scenario).replace(/["`\\$](?![()[\]{}|.*+?^])/g, '\\$&');
  const isElsewhere = stackVariables.every((name) => environment[name]);
  const variables = [...replayVariables, ...(isElsewhere ? stackVariables : [])]
    .filter((name) => environment[name] && !(packed && name === 'PRODUCT' && environment[name] === productRecipe))
    .map((name) => `${name}=${inShell(withoutPassword(environment[name]!))} `);
  // A secret, so the reader's own variable stands for it.
  const token = isElsewhere ? 'CONTROL_TOKEN="$CONTROL_TOKEN" ' : '';
  const file = uri === '' || uri.startsWith('features/') ? '' : ` ${inShell(uri)}`;
  return variables.join('') + token + commandLine('bdd', { args: `--name "^${pattern}$"${file}`, packed });
}

const withoutPassword = (value: string): string => value.replace(/^(https?:\/\/)[^/@]*@/, '$1');

/** Source of a regular expression that matches this name. */
export const patternOfName = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const inShell = (word: string): string => (/^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
