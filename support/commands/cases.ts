/** `npm run cases`: lists the troubleshooting cases: code, title, stage, who fixes it, and if it can be replayed. */
import { anyOf } from '../../sp/finding-facts.ts';
import { caseCodes, caseStages, cases } from '../../sp/troubleshooting.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions } from '../terminal/options.ts';

const help = `${commandLine('cases', { args: '[--json]' })}

  --json   an array of objects, nothing else
  --help   this text`;

const { values } = readOptions(help, { options: { json: { type: 'boolean' } } });

const rows = caseCodes.map((code) => ({ code, ...cases[code] }));

if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  const width = Math.max(...caseCodes.map((code) => code.length));
  for (const stage of caseStages) {
    console.log(stage);
    for (const { code, title, fixedBy, staging } of rows.filter((row) => row.stage === stage))
      console.log(`  ${code.padEnd(width)}  ${title} · ${anyOf(fixedBy)}${staging.staged ? '' : ' · not staged'}`);
    console.log();
  }
  const staged = rows.filter(({ staging }) => staging.staged).length;
  console.log(
    `${rows.length} cases, ${staged} of them can be staged; ${commandLine('case', { args: 'CODE' })} replays one`,
  );
}
