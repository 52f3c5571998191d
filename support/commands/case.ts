/** `npm run case -- <code>`: replays one troubleshooting case and tells its story in words. */
import { parseArgs } from 'node:util';
import { type CaseCode, cases } from '../../sp/cases.ts';
import { nearest } from '../catalogue/nearest.ts';
import { runScenarios } from '../evidence/run-scenarios.ts';
import { whyNoWindow } from '../stack/browser.ts';
import { called } from '../terminal/command-line.ts';

const help = `${called('case', { args: 'CODE [options]' })}

  CODE       a troubleshooting case, e.g. app-not-assigned (${called('cases')} lists them)
  --headed   show the browser
  --hold     leave everything up at the end and print every address and credential; Ctrl+C ends it
  --help     this text`;

const { values, positionals } = (() => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { headed: { type: 'boolean' }, hold: { type: 'boolean' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
})();

const [code, ...more] = positionals;
if (values.help) console.log(help);
else if (code === undefined || more.length > 0) fail(`give one code\n\n${help}`);
else if (!Object.hasOwn(cases, code))
  fail(`there is no case “${code}”. Did you mean: ${nearest(code, Object.keys(cases)).join(', ')}?`);
else await replay(code as CaseCode);

async function replay(which: CaseCode): Promise<void> {
  const { title, symptom, cause, fixedBy, fix, staging } = cases[which];
  console.log(
    `${title} (${which})\n\n  What is seen   ${symptom}\n  Why            ${cause}\n  Who fixes it   ${fixedBy.join(', ')}\n  How            ${fix}\n`,
  );
  if (!staging.staged) {
    console.log(`No scenario replays this case: ${staging.reason}`);
    return;
  }
  const noWindow = values.headed ? whyNoWindow() : undefined;
  if (noWindow !== undefined) fail(noWindow);
  if (values.headed) process.env.HEADED = '1';
  if (values.hold) process.env.HOLD = '1';
  const tally = await runScenarios({ tags: `@case:${which}`, workers: 1, formats: ['pretty'] });
  if (tally.passed + tally.failed === 0) fail(`no scenario is tagged @case:${which}`);
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
