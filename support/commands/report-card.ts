/** `npm run report-card`: tests the service providers of the report card and writes it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cardHtml, cardMarkdown } from '../conformance/card/card-page.ts';
import { accepted, readNotes, readProducts, writeResult } from '../conformance/card/products.ts';
import { resultOf } from '../conformance/card/result.ts';
import { rowText } from '../conformance/card/row-text.ts';
import { startPeer } from '../conformance/peers.ts';
import { writeReports } from '../conformance/report.ts';
import { runExamination } from '../conformance/run-examination.ts';
import { standPort, standStateFile, startStand } from '../conformance/stand.ts';
import { commandLine } from '../terminal/command-line.ts';
import { harmless } from '../terminal/foreign-text.ts';
import { portNumber, readOptions, sayHowToSelect, stop } from '../terminal/options.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const notes = readNotes();
const peers = Object.keys(notes);

const help = `${commandLine('report-card', { args: '[options]' })}

  --only NAME   only this service provider (repeatable):
                ${peers.join('\n                ')}
  --row WORDS   only faults whose phrase or code contains WORDS (repeatable): prints them and writes no result
  --pages       test nothing; write the pages from the results of the last runs
  --port N      port of the identity provider (${standPort})
  --help        this text

Installs, starts, tests and stops each service provider on this machine. The results are in docs/conformance/results,
the pages docs/report-card.md and docs/report-card.html. Every response and reply is in reports/report-card/NAME,
those of single faults in reports/report-card/NAME-rows.

Exit: 0 done, 2 a service provider could not be tested, or has findings that were not checked by hand.`;

const { values } = readOptions(help, {
  options: {
    only: { type: 'string', multiple: true },
    row: { type: 'string', multiple: true },
    pages: { type: 'boolean' },
    port: { type: 'string' },
  },
});
const port = values.port === undefined ? standPort : portNumber('--port', values.port);
const wanted = values.only ?? peers;
for (const name of wanted)
  if (!peers.includes(name)) stop(`Unknown service provider “${name}”. Use one of: ${peers.join(', ')}`, help);

if (!values.pages) {
  sayHowToSelect(values);
  for (const peer of wanted) await orTell(() => examinePeer(peer));
}
if (values.row === undefined) await orTell(writePages);

/** One that cannot be tested keeps no other from being tested. */
async function orTell(act: () => unknown): Promise<void> {
  try {
    await act();
  } catch (error) {
    console.error(harmless((error as Error).message));
    process.exitCode = 2;
  }
}

async function examinePeer(peer: string): Promise<void> {
  await using stand = await startStand({ port, stateFile: standStateFile });
  await using started = await startPeer(peer, stand);
  const report = await runExamination({ stand, peer: started, only: values.row });
  // The report of the whole run stays.
  const folder = values.row === undefined ? peer : `${peer}-rows`;
  const { html } = await writeReports(report, join(root, 'reports', 'report-card', folder), {
    source: 'support/commands/report-card.ts',
  });
  if (values.row !== undefined) {
    for (const row of report.rows) console.log(rowText(row));
    console.log(`Responses and replies: ${html}`);
    return;
  }
  if (report.endedEarly !== undefined) throw new Error(`${peer}: ${report.endedEarly}`);
  const about = notes[peer]!;
  const result = resultOf(peer, report, about);
  accepted({ ...about, peer, result });
  writeResult(result);
  console.log(`${peer}: ${JSON.stringify(result.counts)}`);
}

function writePages(): void {
  const products = readProducts();
  writeFileSync(join(root, 'docs', 'report-card.md'), cardMarkdown(products));
  writeFileSync(join(root, 'docs', 'report-card.html'), cardHtml(products));
  console.log(`docs/report-card.md and docs/report-card.html: ${products.length} service providers`);
}
