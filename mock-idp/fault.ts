/** What a fault is: a named value that strikes at one or more steps of the honest response. */
import type { Claims, ResponseInput } from './response/claims.ts';
import type { Form } from './response/delivery.ts';
import type { Encryption } from './response/encryption.ts';
import type { Signing } from './response/signing.ts';
import type { Element } from './response/xml.ts';

/** What the strike of a fault may look at. */
export interface Strike extends ResponseInput {
  amount: number;
  claims: Claims;
}

/** Each returns the changed value, or the very same value when there is nothing to strike at. */
export interface Strikes {
  /** What the response says, before it is XML. */
  claims?: (claims: Claims, strike: Strike) => Claims;
  /** The XML tree, before it is signed. */
  document?: (response: Element, strike: Strike) => Element;
  /** Which elements are signed, with which key, algorithms and transforms. */
  signing?: (signing: Signing, strike: Strike) => Signing;
  /** Whether and how the assertion is encrypted. */
  encryption?: (encryption: Encryption | undefined, strike: Strike) => Encryption | undefined;
  /** The signed tree on its way: what an attacker between the identity provider and the SP could change. */
  transit?: (response: Element, strike: Strike) => Element;
  /** The text of the message. */
  bytes?: (xml: string | Buffer, strike: Strike) => string | Buffer;
  /** The value of the form field. */
  encoding?: (field: string, strike: Strike) => string;
  /** The form: its target, its fields, RelayState. */
  delivery?: (form: Form, strike: Strike) => Form;
}

/** How the identity provider answers over HTTP, where no message is to blame. `amount` is in the fault's unit. */
export type Transport = 'down' | 'slow' | 'silent' | 'server-error' | 'cut';

/**
 * What a conforming SP does with the message: it accepts or rejects it, or a named setting of its SSO profile decides.
 * An empty `acceptWhen` is an empty list.
 */
export type Verdict = 'accept' | 'reject' | { policy: string; acceptWhen: boolean | string; because: string };

/** `Code` is the literal type of the code, so that the catalogue knows its codes as a union. */
export interface Fault<Code extends string = string> {
  /** The code of the catalogue of protocol faults. */
  code: Code;
  /** What the identity provider does, in one sentence. */
  sentence: string;
  /** The rule that the verdict rests on. */
  rule: string;
  verdict: Verdict;
  strikes: Strikes;
  transport?: Transport;
  /**
   * Present when the phrase holds an amount, written {unit}.
   * The values are on both sides of every boundary.
   */
  amount?: {
    unit: 'minutes' | 'seconds' | 'levels' | 'megabytes' | 'characters';
    accept: readonly number[];
    reject: readonly number[];
  };
  /**
   * What differs from the honest response, apart from digests, signature values and cipher text.
   * The ends of paths such as `Response/@Destination` or `Conditions`, with all below them; `form/action` and the like
   * for the form; `text` if the message is no XML any more, or the same XML in other characters; none for transport.
   */
  touches?: readonly string[];
  /** True when every signature in the message is still good, so that an independent verifier must agree. */
  signedProperly?: boolean;
}

/** A fault that a tenant is told to make; `amount` is in the fault's own unit. */
export interface ArrangedFault {
  phrase: string;
  fault: Fault;
  amount: number;
}
