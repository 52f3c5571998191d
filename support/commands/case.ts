/** `npm run case -- <code>`: replays one troubleshooting case and explains it. */
import { anyOf } from '../../sp/finding-facts.ts';
import { type CaseCode, cases } from '../../sp/troubleshooting.ts';
import { nearest } from '../catalogue/nearest.ts';
import { whyNoWindow } from '../stack/browser.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions, stop } from '../terminal/options.ts';

const help = `${commandLine('case', { args: 'CODE [options]' })}

  CODE       a troubleshooting case, e.g. app-not-assigned (${commandLine('cases')} lists them)
  --headed   show the browser
  --hold     keep everything running at the end and print all addresses and credentials; stop with Ctrl+C
  --help     this text`;

const { values, positionals } = readOptions(help, {
  allowPositionals: true,
  options: { headed: { type: 'boolean' }, hold: { type: 'boolean' } },
});

const [code, ...more] = positionals;
if (code === undefined || more.length > 0) stop('Name one case.', help);
if (!Object.hasOwn(cases, code))
  stop(`Unknown case “${code}”. Did you mean: ${nearest(code, Object.keys(cases)).join(', ')}?`);
await replay(code as CaseCode);

async function replay(which: CaseCode): Promise<void> {
  const { title, symptom, cause, fixedBy, fix, staging } = cases[which];
  console.log(`${title} (${which})

  Symptom        ${symptom}
  Cause          ${cause}
  Who fixes it   ${anyOf(fixedBy)}
  Fix            ${fix}
`);
  if (!staging.staged) {
    console.log(`This case has no scenario: ${staging.reason}`);
    return;
  }
  const noWindow = values.headed ? whyNoWindow() : undefined;
  if (noWindow !== undefined) stop(noWindow);
  if (values.headed) process.env.HEADED = '1';
  if (values.hold) process.env.HOLD = '1';
  // Loaded here, so that the rest works without Cucumber.
  const { runScenarios, storyFormat } = await import('../evidence/run-scenarios.ts');
  const tally = await runScenarios({ tags: `@case:${which}`, workers: 1, formats: [storyFormat] });
  if (tally.passed + tally.failed === 0) stop(`No scenario is tagged @case:${which}`);
  process.exitCode = tally.failed === 0 ? 0 : 1;
}
