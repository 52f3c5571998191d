/** `npm run conformance`: puts a service provider on the stand: an honest sign-in, then every fault. It attacks what it is pointed at. */

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BaselineRefused, diagnoseBaseline } from '../conformance/baseline.ts';
import { ConfigRefused, readConfig } from '../conformance/config.ts';
import { examine } from '../conformance/examine.ts';
import { HostRefused } from '../conformance/hosts.ts';
import type { Peer } from '../conformance/peer.ts';
import { peerNames, startPeer } from '../conformance/peers.ts';
import { terminal } from '../conformance/progress.ts';
import { asJson, writeReports } from '../conformance/report.ts';
import { standPort, startStand } from '../conformance/stand.ts';
import { called, isPacked } from '../terminal/command-line.ts';

/** Beside the project in a clone, in the current folder otherwise. */
const home = isPacked ? process.cwd() : fileURLToPath(new URL('../..', import.meta.url));
const peers = isPacked ? [] : peerNames;

const help = `${called('conformance', { args: '--config FILE [options]' })}

  --config FILE      what is said of your service provider, JSON or TypeScript: see docs/conformance.md
${
  peers.length === 0
    ? ''
    : `  --peer NAME        instead, one that is installed and started here: ${peers.join(', ')}
`
}  --idp-metadata     prints the metadata to load into your service provider, and ends
  --port N           of the identity provider (${standPort}); its entity ID holds it
  --state FILE       where the identity provider's keys are kept from run to run (.rehearsal/stand.json)
  --only WORDS       only faults whose phrase or code holds this; may be given several times
  --browser          signs in with Chromium, for service providers that need script
  --allow-host HOST  may be given several times: see below
  --reports FOLDER   where the report goes: HTML, JSON and JUnit (reports/conformance)
  --json             prints the JSON, and nothing else${isPacked ? '' : ' (with npm run -s)'}
  --help             this text

It attacks what it is pointed at, with hundreds of forged messages. Only this machine is reached unless --allow-host names
another host; name only one that you may attack.

Exit: 0 no finding, 1 findings, 2 it could not run.`;

const options = {
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
  help: { type: 'boolean' },
} as const;

class Usage extends Error {}

process.exitCode = await run().catch((error: NodeJS.ErrnoException) => {
  if (
    error instanceof ConfigRefused ||
    error instanceof HostRefused ||
    error instanceof Usage ||
    error.code?.startsWith('ERR_PARSE_ARGS')
  )
    console.error(`${error.message}${error instanceof Usage || error.code ? `\n\n${help}` : ''}`);
  else console.error(error.message);
  return 2;
});

async function run(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const port = values.port === undefined ? standPort : Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Usage(`--port is “${values.port}”; a port is a number from 0 to 65535`);
  if (!values['idp-metadata']) {
    if ((values.config === undefined) === (values.peer === undefined))
      throw new Usage(`Say which service provider: --config FILE${peers.length === 0 ? '' : ' or --peer NAME'}.`);
    if (values.peer !== undefined && !peers.includes(values.peer))
      throw new Usage(
        `There is no peer “${values.peer}”${peers.length === 0 ? '' : `; there are: ${peers.join(', ')}`}.`,
      );
  }
  const config = values.config === undefined ? undefined : await readConfig(values.config);
  await using stand = await startStand({ port, stateFile: values.state ?? join(home, '.rehearsal', 'stand.json') });
  if (values['idp-metadata']) {
    console.log(await stand.metadata());
    return 0;
  }

  const allowedHosts = values['allow-host'] ?? [];
  await using peer = config === undefined ? await startPeer(values.peer!, stand) : asItRuns(config);
  await using guests = values.browser
    ? await (await import('../conformance/browser-guests.ts')).openBrowserGuests({ allowedHosts })
    : undefined;
  const { row, end } = terminal({ progress: process.stderr, output: values.json ? process.stderr : process.stdout });
  try {
    const examination = await examine({
      config: peer.config,
      stand,
      allowedHosts,
      ways: peer.ways ?? [],
      restart: peer.restart,
      only: values.only ?? [],
      ...(guests === undefined ? {} : { newGuest: guests.newGuest }),
      onRow: row,
    });
    if (examination.rows.length === 0)
      throw new Usage(`No fault holds “${values.only?.join('” or “')}”; ${called('faults')} lists them.`);
    const named = { ...examination, version: peer.version };
    end(named);
    const files = await writeReports(named, values.reports ?? join(home, 'reports', 'conformance'));
    if (values.json) console.log(asJson(named));
    else console.log(`Report: ${files.html}`);
    return examination.rows.some(({ result }) => result === 'fail') ? 1 : 0;
  } catch (error) {
    if (!(error instanceof BaselineRefused)) throw error;
    console.error(
      diagnoseBaseline(error, { config: peer.config, idp: stand.url.origin, ssoUrl: stand.connection.ssoUrl }),
    );
    return 2;
  }
}

/** It was there before, and stays. */
function asItRuns(config: Peer['config']): Peer {
  return { config, version: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
}
