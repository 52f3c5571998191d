/** `npm run conformance`: puts a service provider on the stand: an honest sign-in, then every fault. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BaselineRefused, diagnoseBaseline } from '../conformance/baseline.ts';
import { readConfig } from '../conformance/config.ts';
import { examine } from '../conformance/examine.ts';
import type { Peer } from '../conformance/peer.ts';
import { peerNames, startPeer } from '../conformance/peers.ts';
import { terminal } from '../conformance/progress.ts';
import { asJson, writeReports } from '../conformance/report.ts';
import { type Stand, standPort, startStand } from '../conformance/stand.ts';
import { commandLine, isPacked } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { portNumber, readOptions, stop } from '../terminal/options.ts';

/** Beside the project in a clone, in the current folder otherwise. */
const home = isPacked ? process.cwd() : fileURLToPath(new URL('../..', import.meta.url));
const peers = isPacked ? [] : peerNames;

/** The peers stand in lines of their own, so that none is too wide. */
const peerHelp = `
  --peer NAME        instead, one that is installed and started here:
                     ${peers.join('\n                     ')}`;

const help = `${commandLine('conformance', { args: '--config FILE [options]' })}

  --config FILE      what is said of your service provider, JSON or TypeScript: see docs/conformance.md${
    peers.length === 0 ? '' : peerHelp
  }
  --idp-metadata     prints the metadata to load into your service provider, and ends
  --port N           of the identity provider (${standPort}); its entity ID holds it
  --state FILE       where the identity provider's keys are kept from run to run (.rehearsal/stand.json)
  --only WORDS       only faults whose phrase or code holds this; may be given several times
  --browser          signs in with Chromium, for service providers that need script
  --allow-host HOST  may be given several times: see below
  --reports FOLDER   where the report goes: HTML, JSON and JUnit (reports/conformance)
  --json             prints the JSON, and nothing else${isPacked ? '' : ' (with npm run -s)'}
  --help             this text

It attacks what it is pointed at, with hundreds of forged messages. Only this machine is reached unless --allow-host
names another host; name only one that you may attack.

Exit: 0 no finding, 1 findings, 2 it could not run, or not to its end.`;

const { values } = readOptions(help, {
  options: {
    config: { type: 'string' },
    peer: { type: 'string' },
    'idp-metadata': { type: 'boolean' },
    port: { type: 'string' },
    state: { type: 'string' },
    only: { type: 'string', multiple: true },
    browser: { type: 'boolean' },
    'allow-host': { type: 'string', multiple: true },
    reports: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const port = values.port === undefined ? standPort : portNumber('--port', values.port);
const stateFile = values.state ?? join(home, '.rehearsal', 'stand.json');
if (!values['idp-metadata']) checkServiceProvider();

process.exitCode = await (values['idp-metadata'] ? printMetadata() : run()).catch((error: Error) => {
  console.error(harmless(error.message));
  return 2;
});

function checkServiceProvider(): void {
  const { config, peer } = values;
  if ((config === undefined) === (peer === undefined))
    stop(`Say which service provider: --config FILE${peers.length === 0 ? '' : ' or --peer NAME'}.`, help);
  if (peer === undefined || peers.includes(peer)) return;
  stop(`There is no peer “${peer}”${peers.length === 0 ? '' : `; there are: ${peers.join(', ')}`}.`, help);
}

async function printMetadata(): Promise<number> {
  await using stand = await startStand({ port, stateFile });
  console.log(await stand.metadata());
  return 0;
}

async function run(): Promise<number> {
  const config = values.config === undefined ? undefined : await readConfig(values.config);
  await using stand = await startStand({ port, stateFile });
  await using peer = config === undefined ? await startPeer(values.peer!, stand) : alreadyRunning(config);
  try {
    return await examineAndReport(stand, peer);
  } catch (error) {
    if (!(error instanceof BaselineRefused)) throw error;
    const idp = stand.url.origin;
    const known = { config: peer.config, idp, ssoUrl: stand.connection.ssoUrl };
    console.error(harmless(diagnoseBaseline(error, known)));
    return 2;
  }
}

async function examineAndReport(stand: Stand, peer: Peer): Promise<number> {
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
    stop(`No fault holds “${values.only?.join('” or “')}”; ${commandLine('faults')} lists them.`, help);
  const named = { ...examination, version: peer.version };
  end(named);
  const files = await writeReports(named, values.reports ?? join(home, 'reports', 'conformance'));
  if (values.json) console.log(asJson(named));
  else console.log(`Report: ${files.html}`);
  if (examination.rows.some(({ result }) => result === 'fail')) return 1;
  return examination.endedEarly === undefined ? 0 : 2;
}

/** A service provider that was running before, and stays. */
function alreadyRunning(config: Peer['config']): Peer {
  return { config, version: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
}
