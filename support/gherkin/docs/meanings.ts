/** What a word of a vocabulary means, in one sentence from its catalogue. */
import type { Fault } from '../../../mock-idp/fault.ts';
import { type FaultPhrase, faults } from '../../../mock-idp/faults.ts';
import { type RejectionCode, rejections } from '../../../sp/rejection-advice.ts';
import { cases, isCaseCode } from '../../../sp/troubleshooting.ts';
import type { Name } from '../../catalogue/cast.ts';
import { faultRowOf } from '../../catalogue/fault-expectations.ts';
import { type MailTroubleName, mailTroubles } from '../../catalogue/mail-troubles.ts';

const roles: Readonly<Record<Name, string>> = {
  Ada: 'administers Acme at the service provider',
  Grace: 'is a second administrator',
  Sam: 'is a colleague, the usual tester',
  Nora: 'is an outsider',
  Mallory: 'attacks',
};

/** By the name of the parameter; words of the others speak for themselves. */
const meanings: Readonly<Record<string, (word: string) => string>> = {
  actor: (word) => roles[word as Name],
  fault: (word) => ofFault(word as FaultPhrase),
  rejection: (word) => rejections[word as RejectionCode].sentence,
  case: (word) => (isCaseCode(word) ? cases[word].title : ''),
  'mail trouble': (word) => mailTroubles[word as MailTroubleName],
};

export const meaningOf = (parameter: string, word: string): string | undefined => meanings[parameter]?.(word);

function ofFault(phrase: FaultPhrase): string {
  const { sentence, amount }: Fault = faults[phrase];
  const { rejection } = faultRowOf(phrase);
  const enough =
    amount === undefined
      ? ''
      : amount.reject.length === 0
        ? `, with ${amount.accept.join(' or ')} for instance`
        : ` from about ${amount.reject[0]} ${amount.unit} on`;
  return rejection === null
    ? `${sentence} Nothing is refused${enough}.`
    : `${sentence} Refused as ${rejection}${enough}.`;
}
