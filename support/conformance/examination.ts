/** Types of an examination and its rows: one row for every fault and delivery that was tried. */
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
  /** The user signed in afterwards; null if none is, or if the service provider does not show the name. */
  signedInAs: string | null;
  /** True if any user is signed in afterwards; undefined if that is not known. */
  isSignedIn?: boolean;
  sent: string | null;
  reply: NonNullable<Attempt['reply']> | null;
  tookMs: number;
  /** True for a logout message, after which the user should be signed in still, or no longer. */
  isLogout?: boolean;
  /** True if the fault does not concern this service provider, such as encryption without a certificate for it. */
  isInapplicable?: boolean;
}

export interface Examination {
  name: string;
  /** The version of the service provider, if known. */
  version?: string | undefined;
  entityId: string;
  acs: readonly string[];
  at: string;
  tookMs: number;
  rows: readonly Row[];
  /** Sentences about what the stand does instead of what the recipe says. */
  notes?: readonly string[] | undefined;
  /** A sentence that says why the run ended before everything was tried. */
  endedEarly?: string | undefined;
}

/** An examination, compared with known findings or not. */
export interface Reported extends Examination {
  compared?: { fresh: readonly Row[] };
}

/** The service provider under examination. */
export interface Examinee {
  app: App;
  config: StandConfig;
  /** The name that it shows for the user of all attempts. */
  user: string;
}

/** The part of a row that is known before the try. */
export type RowHead = Pick<Row, 'phrase' | 'code' | 'sentence' | 'rule' | 'expected'>;

export const rowHead = (
  phrase: string,
  { code, sentence, rule, verdict }: Pick<Fault, 'code' | 'sentence' | 'rule' | 'verdict'>,
): RowHead => ({ phrase, code, sentence, rule, expected: typeof verdict === 'string' ? verdict : 'policy' });

export const untried = (head: RowHead, why: string): Row => ({
  ...head,
  result: 'not verified',
  why,
  signedInAs: null,
  sent: null,
  reply: null,
  tookMs: 0,
});

/** True if the service provider accepts only encrypted assertions. */
export const encryptsAll = ({ demands }: StandConfig): boolean => demands.includes('encryption');
