/** The meaning of a vocabulary word, in one sentence from its catalogue. */
import type { Fault } from '../../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../../mock-idp/faults.ts';
import { type RejectionCode, rejections } from '../../../sp/rejection-advice.ts';
import { cases, isCaseCode } from '../../../sp/troubleshooting.ts';
import { type Name, roles } from '../../catalogue/cast.ts';
import { faultRowOf } from '../../catalogue/fault-expectations.ts';
import { type MailProblemName, mailProblems } from '../../catalogue/mail-problems.ts';

/** Keyed by parameter. The words of other parameters need no explanation. */
const meanings: Readonly<Record<string, (word: string) => string>> = {
  actor: (word) => roles[word as Name],
  fault: (word) => ofFault(word as FaultPhrase),
  rejection: (word) => rejections[word as RejectionCode].sentence,
  case: (word) => (isCaseCode(word) ? cases[word].title : ''),
  'mail problem': (word) => mailProblems[word as MailProblemName],
};

export const meaningOf = (parameter: string, word: string): string | undefined => meanings[parameter]?.(word);

function ofFault(phrase: FaultPhrase): string {
  const { sentence, amount }: Fault = faults[phrase];
  const { rejection } = faultRowOf(phrase);
  const enough =
    amount === undefined
      ? ''
      : amount.reject.length === 0
        ? `, for example with ${amount.accept.join(' or ')}`
        : ` from about ${amount.reject[0]} ${amount.unit}`;
  return rejection === null ? `${sentence} Accepted${enough}.` : `${sentence} Rejected as ${rejection}${enough}.`;
}
