/** `npm run faults`: lists what the identity provider can send: phrase, code, expected verdict, the rejection at our SP, the rule. */
import { parseArgs } from 'node:util';
import type { Verdict } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../mock-idp/faults.ts';
import { expectations } from '../catalogue/expectations.ts';
import { called } from '../terminal/command-line.ts';

const help = `${called('faults', { args: '[--json]' })}

  --json   an array of objects, and nothing else`;

const verdictInWords = (verdict: Verdict): string =>
  typeof verdict === 'string' ? verdict : `policy ${verdict.policy}`;

const rows = (Object.keys(faults) as FaultPhrase[]).map((phrase) => {
  const { code, verdict, rule } = faults[phrase];
  return { phrase, code, verdict: verdictInWords(verdict), rejection: expectations[phrase] ?? null, rule };
});

const { values } = (() => {
  try {
    return parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
})();

if (values.help) console.log(help);
else if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  for (const { phrase, code, verdict, rejection, rule } of rows)
    console.log(`${phrase}\n    ${code} · ${verdict}${rejection === null ? '' : ` · ${rejection}`} · ${rule}`);
  console.log(`\n${rows.length} faults`);
}
