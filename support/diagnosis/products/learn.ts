/** Learns from a response how its identity provider writes, as a persona for the mock: no names, values or keys. */
import type { Candidate } from '../../../sp/products/evidence.ts';
import type { Read } from '../../../sp/saml/read.ts';
import { learnContent } from './learn-content.ts';
import { learnWriting } from './learn-writing.ts';
import { isNotLearned, type Learned, learnable, notLearned } from './learned.ts';
import { factsOf } from './message-facts.ts';
import { recognizeMessage, sentenceOf } from './recognize.ts';

export interface LearnedPersona {
  /** The persona whose facts apply where the message shows nothing; absent if the product is unknown. */
  name?: string;
  set: Learned;
  /** For people: the mock does not read it. */
  learned: {
    product: string;
    /** When the message was issued. */
    year: number | null;
    /** Settings that this response does not show. The persona's facts apply, or else neutral defaults. */
    unknown: readonly string[];
    /** Settings that it shows, and the reason why they are not learned. The same applies. */
    notLearned: Readonly<Record<string, string>>;
  };
}

export interface LearnOptions {
  /** The code of the persona for a product that wrote this message, if there is one. */
  personaFor: (candidate: Candidate, message: Read) => string | undefined;
}

export function learnPersona(message: Read, { personaFor }: LearnOptions): LearnedPersona {
  const facts = factsOf(message);
  const recognition = recognizeMessage(message);
  const [only, ...others] = recognition.candidates;
  const name = only === undefined || others.length > 0 ? undefined : personaFor(only, message);
  const found: Learned = {
    ...learnWriting(message, facts),
    ...learnContent(message, facts),
    // How namespaces are declared is a matter of the whole product: a persona knows it better than one message.
    ...(name === undefined ? {} : { declares: notLearned('the persona of the product knows more of it') }),
  };
  const shown = Object.entries(found).filter(([, value]) => value !== undefined);
  const set: Learned = Object.fromEntries(shown.filter(([, value]) => !isNotLearned(value)));
  const reasons = shown.flatMap(([key, value]) => (isNotLearned(value) ? [[key, value.notLearned] as const] : []));
  return {
    ...(name === undefined ? {} : { name }),
    set,
    learned: {
      product: sentenceOf(recognition),
      year: yearOf(message),
      unknown: learnable.filter((key) => found[key] === undefined),
      notLearned: Object.fromEntries(reasons),
    },
  };
}

function yearOf({ document }: Read): number | null {
  const year = /^(\d{4})-/.exec(document.documentElement.getAttribute('IssueInstant') ?? '')?.[1];
  return year === undefined ? null : Number(year);
}
