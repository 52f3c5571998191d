/** `npm run faults`: lists the faults of the mock IdP: phrase, code, expected verdict, rejection by our SP, rule. */
import type { Verdict } from '../../mock-idp/fault.ts';
import { type FaultPhrase, faults, logoutFaultPhrases, logoutFaults } from '../../mock-idp/faults.ts';
import { faultRows } from '../catalogue/fault-expectations.ts';
import { nearest } from '../catalogue/nearest.ts';
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

const verdictText = (verdict: Verdict): string => (typeof verdict === 'string' ? verdict : `policy ${verdict.policy}`);

const ofResponses = (Object.keys(faults) as FaultPhrase[]).map((phrase) => {
  const { code, verdict, rule } = faults[phrase];
  return { kind: 'response', phrase, code, verdict: verdictText(verdict), rejection: faultRows[code].rejection, rule };
});
const ofLogout = logoutFaultPhrases.map((phrase) => {
  const { code, verdict, rule } = logoutFaults[phrase];
  return { kind: 'logout', phrase, code, verdict, rejection: null, rule };
});
const all = [...ofResponses, ...ofLogout];
const words = positionals.flatMap((argument) => argument.toLowerCase().split(/\s+/)).filter((word) => word !== '');
const rows = all.filter((row) => {
  const text = Object.values(row).join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
});

if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  for (const { kind, phrase, code, verdict, rejection, rule } of rows) {
    const parts = [code, verdict, rejection, kind === 'logout' ? kind : null, rule];
    console.log(`${phrase}\n    ${parts.filter((part) => part !== null).join(' · ')}`);
  }
  console.log(`${rows.length > 0 ? '\n' : ''}${rows.length === 1 ? '1 fault' : `${rows.length} faults`}`);
  if (rows.some(({ kind }) => kind === 'logout'))
    console.log(
      'Those marked “logout” are in logout messages, not in sign-in responses: `conformance` does not play them, and ' +
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
