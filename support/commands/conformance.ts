/** `npm run conformance`: tests a service provider: one regular sign-in, then every fault. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaselineFailed, diagnoseBaseline } from '../conformance/baseline.ts';
import { readConfig } from '../conformance/config.ts';
import type { Examination } from '../conformance/examination.ts';
import { examine } from '../conformance/examine.ts';
import {
  type Compared,
  compareFindings,
  isAtLeast,
  type KnownFinding,
  readKnownFindings,
  writeKnownFindings,
} from '../conformance/known-findings.ts';
import type { Peer } from '../conformance/peer.ts';
import { peerNames, startPeer } from '../conformance/peers.ts';
import { terminal } from '../conformance/progress.ts';
import { asJson, writeReports } from '../conformance/report.ts';
import { type Severity, severities } from '../conformance/severity.ts';
import { type Stand, standPort, startStand } from '../conformance/stand.ts';
import { verifiedPart } from '../conformance/summary.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { portNumber, readOptions, stop } from '../terminal/options.ts';

/** The project's folder in a clone, otherwise the current folder. */
const home = isPacked ? process.cwd() : fileURLToPath(new URL('../..', import.meta.url));
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

Exit: 0 no findings, 1 findings, 2 it could not run, did not finish, or could judge less than 95 % of its faults.`;

const { values } = readOptions(help, {
  options: {
    config: { type: 'string' },
    peer: { type: 'string' },
    'idp-metadata': { type: 'boolean' },
    second: { type: 'boolean' },
    port: { type: 'string' },
    state: { type: 'string' },
    only: { type: 'string', multiple: true },
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
const stateFile = values.state ?? join(home, '.rehearsal', 'stand.json');
if (!values['idp-metadata']) checkServiceProvider();

/** Fewer judged faults would make a good result mean little. */
const leastVerified = 0.95;

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
  await using stand = await startStand({ port, stateFile });
  await using peer = config === undefined ? await startPeer(values.peer!, stand) : alreadyRunning(config);
  try {
    return await examineAndReport({ stand, peer, known });
  } catch (error) {
    if (!(error instanceof BaselineFailed)) throw error;
    const idp = stand.url.origin;
    const settings = { config: peer.config, idp, ssoUrl: stand.connection.ssoUrl };
    console.error(harmless(diagnoseBaseline(error, settings)));
    return 2;
  }
}

async function examineAndReport({ stand, peer, known }: Run): Promise<number> {
  const allowedHosts = values['allow-host'] ?? [];
  await using guests = values.browser
    ? await (await import('../conformance/browser-guests.ts')).openBrowserGuests({ allowedHosts })
    : undefined;
  const { row, end } = terminal({ progress: process.stderr, output: values.json ? process.stderr : process.stdout });
  const examination = await examine({
    config: peer.config,
    stand,
    allowedHosts,
    deliveries: peer.deliveries ?? [],
    restart: peer.restart,
    only: values.only ?? [],
    ...(guests === undefined ? {} : { newGuest: guests.newGuest }),
    onRow: row,
  });
  if (examination.rows.length === 0)
    stop(`No fault contains “${values.only?.join('” or “')}”; ${commandLine('faults')} lists them.`, help);
  const named = { ...examination, version: peer.version };
  end(named);
  const files = await writeReports(named, values.reports ?? join(home, 'reports', 'conformance'), {
    source: relative(process.cwd(), values.config ?? fileURLToPath(import.meta.url)).replaceAll('\\', '/'),
  });
  if (values.json) console.log(asJson(named));
  else console.log(`Report: ${files.html}`);
  return outcomeOf(examination, known);
}

/** The exit code, and what differs from the known findings. */
function outcomeOf({ rows, endedEarly }: Examination, known: readonly KnownFinding[]): number {
  const print = values.json ? console.error : console.log;
  if (values['write-baseline'] !== undefined) {
    writeKnownFindings(values['write-baseline'], rows, known);
    print(`Findings: ${values['write-baseline']}. Give the reason for each, then use --baseline.`);
  }
  const compared = compareFindings(rows, known);
  if (values.baseline !== undefined) print(comparison(compared));
  if (compared.fresh.some((row) => isAtLeast(row, failOn))) return 1;
  if (endedEarly !== undefined) return 2;
  if (verifiedPart(rows) >= leastVerified) return 0;
  print(`Only ${Math.floor(100 * verifiedPart(rows))} % of the faults could be judged: the report says why.`);
  return 2;
}

function comparison({ known, fresh, gone, changed }: Compared): string {
  const phrases = (rows: readonly { phrase: string }[]): string[] => rows.map(({ phrase }) => `  ${harmless(phrase)}`);
  return [
    `Compared with ${values.baseline}: ${known.length} known, ${fresh.length} new or worse, ${gone.length} gone.`,
    ...(fresh.length === 0 ? [] : ['New or worse:', ...phrases(fresh)]),
    ...(changed.length === 0 ? [] : ['With another severity:', ...phrases(changed)]),
    ...(gone.length === 0 ? [] : ['Gone, to be removed from the file:', ...phrases(gone)]),
  ].join('\n');
}

interface Run {
  stand: Stand;
  peer: Peer;
  known: readonly KnownFinding[];
}

/** A service provider that is already running, and keeps running. */
function alreadyRunning(config: Peer['config']): Peer {
  return { config, version: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
}
