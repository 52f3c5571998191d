/** `npm run faults`: lists the faults of the mock IdP, what an SP should do, and what an attacker gains. */
import type { Verdict } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults, logoutFaultPhrases, logoutFaults } from '../../mock-idp/faults.ts';
import { faultRows } from '../catalogue/fault-expectations.ts';
import { nearest } from '../catalogue/nearest.ts';
import { gains, severities, severityOf } from '../conformance/severity.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions } from '../terminal/options.ts';

const help = `${commandLine('faults', { args: '[WORDS] [--json]' })}

  WORDS    only faults whose phrase, code, rejection or rule contains all of these
  --json   an array of objects, nothing else
  --help   this text`;

const { values, positionals } = readOptions(help, {
  allowPositionals: true,
  options: { json: { type: 'boolean' } },
});

const legend = `Below each phrase: code · what the service provider must do · severity · what our SP calls it · rule.
The severity is what an attacker gains:
${severities.map((one) => `  ${one.padEnd(9)} ${gains[one]}`).join('\n')}
“policy” means that the standards leave the choice.`;

const verdictText = (verdict: Verdict): string => (typeof verdict === 'string' ? verdict : `policy ${verdict.policy}`);

const ofResponses = (Object.keys(faults) as FaultPhrase[]).map((phrase) => {
  const { code, verdict, rule } = faults[phrase];
  const { rejection } = faultRows[code];
  const severity = verdict === 'reject' && rejection !== null ? severityOf(rejection, code) : null;
  return { kind: 'response', phrase, code, verdict: verdictText(verdict), severity, rejection, rule };
});
const ofLogout = logoutFaultPhrases.map((phrase) => {
  const { code, verdict, rule } = logoutFaults[phrase];
  return { kind: 'logout', phrase, code, verdict, severity: null, rejection: null, rule };
});
const all = [...ofResponses, ...ofLogout];
const words = positionals.flatMap((argument) => argument.toLowerCase().split(/\s+/)).filter((word) => word !== '');
const rows = all.filter((row) => {
  const text = Object.values(row).join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
});

if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  for (const { kind, phrase, code, verdict, severity, rejection, rule } of rows) {
    const gain = severity === null ? null : `${severity} if accepted`;
    const parts = [code, verdict, gain, rejection, kind === 'logout' ? kind : null, rule];
    console.log(`${phrase}\n    ${parts.filter((part) => part !== null).join(' · ')}`);
  }
  console.log(`${rows.length > 0 ? '\n' : ''}${rows.length === 1 ? '1 fault' : `${rows.length} faults`}`);
  if (rows.length > 0) console.log(legend);
  if (rows.some(({ kind }) => kind === 'logout'))
    console.log(
      'Those marked “logout” are in logout messages, not in sign-in responses: `conformance` plays them, but ' +
        'scenarios do not name them.',
    );
}
if (rows.length === 0) {
  const phrases = all.map(({ phrase }) => phrase);
  console.error(
    `No fault contains “${words.join(' ')}”. Similar ones:\n  ${nearest(words.join(' '), phrases).join('\n  ')}`,
  );
  process.exitCode = 1;
}
