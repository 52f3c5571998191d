/** What an examination gives: one row for every fault and delivery that was tried. */
import type { Fault } from '../../mock-idp/fault.ts';
import type { StandConfig } from './config.ts';
import type { Attempt } from './guest.ts';
import type { Judgement } from './judge.ts';
import type { App } from './stand.ts';

export interface Row extends Judgement {
  phrase: string;
  code: string;
  sentence: string;
  rule: string;
  expected: 'accept' | 'reject' | 'policy';
  /** Who was signed in afterwards; null for nobody, and where the service provider does not show who. */
  signedInAs: string | null;
  sent: string | null;
  answer: NonNullable<Attempt['answer']> | null;
  tookMs: number;
}

export interface Examination {
  name: string;
  /** Of the service provider, where that is known. */
  version?: string | undefined;
  entityId: string;
  acs: readonly string[];
  at: string;
  tookMs: number;
  rows: readonly Row[];
  /** Why the run ended before everything was tried, in a sentence. */
  endedEarly?: string | undefined;
}

/** The service provider under examination. */
export interface Examinee {
  app: App;
  config: StandConfig;
  /** The name under which it shows the user of all attempts. */
  user: string;
}

/** What a row says before anything is tried. */
export type Facts = Pick<Row, 'phrase' | 'code' | 'sentence' | 'rule' | 'expected'>;

export const factsOf = (
  phrase: string,
  { code, sentence, rule, verdict }: Pick<Fault, 'code' | 'sentence' | 'rule' | 'verdict'>,
): Facts => ({ phrase, code, sentence, rule, expected: typeof verdict === 'string' ? verdict : 'policy' });

export const untried = (facts: Facts, why: string): Row => ({
  ...facts,
  result: 'not verified',
  why,
  signedInAs: null,
  sent: null,
  answer: null,
  tookMs: 0,
});

/** The service provider accepts encrypted assertions only. */
export const encryptsAll = ({ demands }: StandConfig): boolean => demands.includes('encryption');
