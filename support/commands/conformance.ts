/** `npm run conformance`: tests a service provider: one regular sign-in, then every fault. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { personaCodes } from '../../mock-idp/personas/codes.ts';
import { readConfig } from '../conformance/config.ts';
import { comparison, type KnownFinding, readKnownFindings, writeKnownFindings } from '../conformance/known-findings.ts';
import { alreadyRunning } from '../conformance/peer.ts';
import { peerNames, startPeer } from '../conformance/peers.ts';
import { personaLines, personaSummary } from '../conformance/persona-lines.ts';
import { terminal } from '../conformance/progress.ts';
import { asJson, writeReports } from '../conformance/report.ts';
import {
  type ConformanceReport,
  isComplete,
  NothingSelected,
  type RunOptions,
  runExamination,
  runPersonas,
} from '../conformance/run-examination.ts';
import { type Severity, severities } from '../conformance/severity.ts';
import { home, standPort, standStateFile, startStand } from '../conformance/stand.ts';
import { isGood } from '../conformance/try-personas.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { portNumber, readOptions, sayHowToSelect, stop } from '../terminal/options.ts';

const peers = isPacked ? [] : peerNames;

/** One peer per line, to stay within the line width. */
const peerHelp = `
  --peer NAME        instead of --config: a peer, installed and started on this machine:
                     ${peers.join('\n                     ')}`;

const help = `${commandLine('conformance', { args: '--config FILE [options]' })}

  --config FILE      recipe of your service provider, JSON or TypeScript: see docs/conformance.md${
    peers.length === 0 ? '' : peerHelp
  }
  --idp-metadata     print the metadata to load into your service provider, and exit
  --second           with --idp-metadata: the metadata of the second organization's identity provider
  --port N           port of the identity provider (${standPort}); part of its entity ID
  --state FILE       file that keeps the identity provider's keys between runs (.rehearsal/stand.json)
  --only WORDS       only faults whose phrase or code contains WORDS (repeatable)
  --persona NAME     play all faults as a product writes, such as okta; or all: only a valid sign-in as each of the
                     products writes, and what the service provider trips over
  --browser          sign in with Chromium, for service providers that need JavaScript
  --allow-host HOST  allow attacks on this host (repeatable): see below
  --baseline FILE    findings that are known and accepted: only new and worse ones fail
  --write-baseline FILE
                     write the findings to FILE, where each needs a reason
  --fail-on SEVERITY critical, high, medium or low (the default): milder findings are reported and do not fail
  --reports FOLDER   folder for the report: HTML, JSON, JUnit, SARIF, Markdown (reports/conformance)
  --json             print only the JSON${isPacked ? '' : ' (with npm run -s)'}
  --help             this text

This attacks the service provider with hundreds of forged responses. It reaches only this machine unless --allow-host
names another host. Only add hosts that you are allowed to attack.

Exit: 0 no findings, 1 findings, 2 it could not run, did not finish, or could judge less than 95 % of its faults.
Findings that are known, milder than --fail-on, or written by --write-baseline without --baseline do not fail: 0.`;

const { values } = readOptions(help, {
  options: {
    config: { type: 'string' },
    peer: { type: 'string' },
    'idp-metadata': { type: 'boolean' },
    second: { type: 'boolean' },
    port: { type: 'string' },
    state: { type: 'string' },
    only: { type: 'string', multiple: true },
    persona: { type: 'string' },
    browser: { type: 'boolean' },
    'allow-host': { type: 'string', multiple: true },
    baseline: { type: 'string' },
    'write-baseline': { type: 'string' },
    'fail-on': { type: 'string' },
    reports: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const port = values.port === undefined ? standPort : portNumber('--port', values.port);
const failOn = severityOption(values['fail-on'] ?? 'low');
const stateFile = values.state ?? standStateFile;
checkPersona();
if (!values['idp-metadata']) checkServiceProvider();

process.exitCode = await (values['idp-metadata'] ? printMetadata() : run()).catch((error: Error) => {
  console.error(harmless(error.message));
  return 2;
});

function checkServiceProvider(): void {
  const { config, peer } = values;
  if ((config === undefined) === (peer === undefined))
    stop(`Missing --config FILE${peers.length === 0 ? '' : ' or --peer NAME'}: the service provider to test`, help);
  if (peer === undefined || peers.includes(peer)) return;
  stop(`Unknown peer “${peer}”${peers.length === 0 ? '' : `. Use one of: ${peers.join(', ')}`}`, help);
}

function checkPersona(): void {
  const { persona } = values;
  if (persona !== undefined && !['all', ...personaCodes].includes(persona))
    stop(`Unknown persona “${persona}”. Use all, or one of: ${personaCodes.join(', ')}`, help);
}

function severityOption(text: string): Severity {
  return severities.find((one) => one === text) ?? stop(`--fail-on ${text}: use one of ${severities.join(', ')}`, help);
}

async function printMetadata(): Promise<number> {
  await using stand = await startStand({ port, stateFile });
  console.log(values.second ? (await stand.second()).metadata : await stand.metadata());
  return 0;
}

async function run(): Promise<number> {
  const known = values.baseline === undefined ? [] : readKnownFindings(values.baseline);
  const config = values.config === undefined ? undefined : await readConfig(values.config);
  if (config?.product === undefined && values.config !== undefined)
    console.error(
      `${values.config} has an old format. To make a recipe of it: ${commandLine('upgrade', { args: values.config })}`,
    );
  await using stand = await startStand({ port, stateFile });
  if (values.persona !== 'all') sayHowToSelect(values);
  await using peer = config === undefined ? await startPeer(values.peer!, stand) : alreadyRunning(config);
  const where = { stand, peer, allowHosts: values['allow-host'] };
  if (values.persona === 'all') return await printPersonas(where);
  const { row, end } = terminal({ progress: process.stderr, output: values.json ? process.stderr : process.stdout });
  const report = await runExamination({
    ...where,
    persona: values.persona,
    only: values.only,
    browser: values.browser,
    known,
    failOn,
    onRow: row,
  }).catch((error: Error) => {
    if (!(error instanceof NothingSelected)) throw error;
    return stop(`${error.message}; ${commandLine('faults')} lists them.`, help);
  });
  end(report);
  if (report.usedBrowser && !values.browser) print('Its pages need JavaScript, so Chromium signed in (--browser).');
  const files = await writeReports(report, values.reports ?? join(home, 'reports', 'conformance'), {
    source: relative(process.cwd(), values.config ?? fileURLToPath(import.meta.url)).replaceAll('\\', '/'),
  });
  if (values.json) console.log(asJson(report));
  else console.log(`Report: ${files.html}`);
  printOutcome(report, known);
  return exitCode(report);
}

function exitCode(report: ConformanceReport): number {
  // To write the findings is what the run was for.
  if (values['write-baseline'] !== undefined && values.baseline === undefined) return isComplete(report) ? 0 : 2;
  return { passed: 0, failed: 1, incomplete: 2 }[report.verdict];
}

/** One line for each product that works; what trips the service provider at the others. */
async function printPersonas(where: RunOptions): Promise<number> {
  const rows = await runPersonas(where, { onRow: (row) => print(personaLines(row).join('\n')) });
  if (values.json) console.log(JSON.stringify(rows, undefined, 2));
  print(personaSummary(rows));
  return rows.every(isGood) ? 0 : 1;
}

function print(text: string): void {
  (values.json ? console.error : console.log)(text);
}

/** Says what differs from the known findings. */
function printOutcome(report: ConformanceReport, known: readonly KnownFinding[]): void {
  const { rows, compared, verified, endedEarly } = report;
  if (values['write-baseline'] !== undefined) {
    writeKnownFindings(values['write-baseline'], rows, known);
    print(`Findings: ${values['write-baseline']}. Give the reason for each, then use --baseline.`);
  }
  if (values.baseline !== undefined) print(comparison(compared, { file: values.baseline, accepted: known }));
  if (!isComplete(report) && endedEarly === undefined)
    print(`Only ${Math.floor(100 * verified)} % of the faults could be judged: the report says why.`);
  if (report.verdict === 'passed' && compared.fresh.length > 0 && values['fail-on'] !== undefined)
    print(`Passed: none of the findings is ${failOn} or worse (--fail-on).`);
}
