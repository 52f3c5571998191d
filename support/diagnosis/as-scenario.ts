/** A scenario that makes the mock identity provider send what a captured message shows. */
import { faultPhrases, faults } from '../../mock-idp/faults.ts';
import type { Fault } from '../../mock-idp/fault.ts';
import { expectations } from '../expectations.ts';
import type { Diagnosis } from './diagnose.ts';

/** Gherkin that runs as it stands. Findings that no fault of the identity provider causes under the hardened policies are told in a comment. */
export function asScenario({ verdict, findings }: Diagnosis): string {
  const code = findings[0]?.code;
  const phrase = code === undefined ? undefined : faultPhrases.find((one) => expectations[one] === code && (faults[one] as Fault).transport === undefined);
  const amount = phrase === undefined ? undefined : (faults[phrase] as Fault).amount;
  const said = phrase?.replace(/\{\w+\}/, String(amount?.reject[0] ?? amount?.accept[0] ?? 0));
  const others = findings.slice(1).map((finding) => `    # also found: ${finding.code}\n`).join('');
  const given = said === undefined ? (code === undefined ? '' : `      # no fault of the identity provider alone leads to ${code}\n`) : `      And the identity provider sends ${said}\n`;
  const then = code === undefined ? 'the test is proven' : `the sign-in is refused as ${code}`;
  return `Feature: A captured message
  Made from a diagnosis whose verdict was ${verdict}.

  Rule: The message is judged as it was captured

${others}    Scenario: The captured message
      Given Ada has connected Acme to its identity provider
${given}      When Sam tries the connection
      Then ${then}
`;
}
