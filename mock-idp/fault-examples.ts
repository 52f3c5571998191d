/** All faults as a test can arrange them, to play them one after the other. */
import type { SaidPhrase } from './api.ts';
import type { Fault, Verdict } from './fault.ts';
import { faults } from './faults.ts';

export interface FaultExample {
  /** With an amount, if the fault takes one. */
  phrase: SaidPhrase;
  code: string;
  sentence: string;
  /** Of a conforming service provider for this amount. */
  verdict: Verdict;
}

const exampleOf = ([phrase, { code, sentence, verdict, amount }]: [string, Fault]): FaultExample => {
  const [rejected] = amount?.reject ?? [];
  const filled = phrase.replace(/\{\w+\}/, String(rejected ?? amount?.accept[0] ?? ''));
  return { phrase: filled as SaidPhrase, code, sentence, verdict };
};

/** One for each fault. A fault with an amount has one that is rejected, if any is. */
export const faultExamples: readonly FaultExample[] = Object.entries<Fault>(faults).map(exampleOf);
