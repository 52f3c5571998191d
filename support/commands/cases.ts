/** `npm run cases`: lists the troubleshooting cases: code, title, stage, who fixes it, and whether it can be staged. */
import { parseArgs } from 'node:util';
import { caseCodes, caseStages, cases } from '../../sp/cases.ts';
import { called } from '../terminal/command-line.ts';

const help = `${called('cases', { args: '[--json]' })}

  --json   an array of objects, and nothing else
  --help   this text`;

const { values } = (() => {
  try {
    return parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
})();

const rows = caseCodes.map((code) => ({ code, ...cases[code] }));

if (values.help) console.log(help);
else if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  const width = Math.max(...caseCodes.map((code) => code.length));
  for (const stage of caseStages) {
    console.log(`${stage}`);
    for (const { code, title, fixedBy, staging } of rows.filter((row) => row.stage === stage))
      console.log(`  ${code.padEnd(width)}  ${title} · ${fixedBy.join(', ')}${staging.staged ? '' : ' · not staged'}`);
    console.log();
  }
  console.log(
    `${rows.length} cases, ${rows.filter(({ staging }) => staging.staged).length} of them can be staged; ${called('case', { args: 'CODE' })} replays one`,
  );
}
