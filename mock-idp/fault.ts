/** A fault: a named value that changes one or more steps of building a correct response. */
import type { Claims, ResponseInput } from './response/claims.ts';
import type { Form } from './response/delivery.ts';
import type { Encryption } from './response/encryption.ts';
import type { Signing } from './response/signing.ts';
import type { Element } from './response/xml.ts';
import type { KeyPair } from './tenants/keys.ts';
import type { Binding } from './tenants/metadata.ts';

/** Input of a fault's changes. */
export interface Strike extends ResponseInput {
  amount: number;
  claims: Claims;
}

/** Changes per step. Each returns the changed value, or the identical value if there is nothing to change. */
export interface Strikes {
  /** The content of the response, before it is XML. */
  claims?: (claims: Claims, strike: Strike) => Claims;
  /** The XML tree, before it is signed. */
  document?: (response: Element, strike: Strike) => Element;
  /** The signed elements, with their key, algorithms and transforms. */
  signing?: (signing: Signing, strike: Strike) => Signing;
  /** How the assertion is encrypted; undefined if it is not. */
  encryption?: (encryption: Encryption | undefined, strike: Strike) => Encryption | undefined;
  /** The signed tree in transit: what an attacker between IdP and SP could change. */
  transit?: (response: Element, strike: Strike) => Element;
  /** The serialized XML. */
  bytes?: (xml: string | Buffer, strike: Strike) => string | Buffer;
  /** The value of the form field. */
  encoding?: (field: string, strike: Strike) => string;
  /** The form: action, fields, RelayState. */
  delivery?: (form: Form, strike: Strike) => Form;
}

/** Input of a logout fault's changes. */
export interface LogoutStrike {
  now: Date;
  issuer: string;
  /** The key pair of the correct message. */
  keys: KeyPair;
  /** A key pair that no app trusts. */
  untrustedKeys: KeyPair;
  /** The LogoutRequest that the app received before this one. */
  previous: LogoutForm | undefined;
}

/** The form with a logout message, and its XML. */
export interface LogoutForm extends Form {
  xml: string;
}

/** A fault of one kind of logout message, with its changes per step. */
export interface LogoutStrikes {
  message: 'LogoutRequest' | 'LogoutResponse';
  /** The binding; the URL stays the same. */
  binding?: (binding: Binding, strike: LogoutStrike) => Binding;
  /** The XML tree, before it is signed. */
  document?: (message: Element, strike: LogoutStrike) => Element;
  /** The key pair that signs; undefined leaves the message unsigned. */
  signing?: (keys: KeyPair | undefined, strike: LogoutStrike) => KeyPair | undefined;
  /** The tree in transit; its signature stays as it is, in the XML or in the query string. */
  transit?: (message: Element, strike: LogoutStrike) => Element;
  /** The form with the message. */
  delivery?: (form: LogoutForm, strike: LogoutStrike) => LogoutForm;
}

/** Faults of the HTTP server instead of the response. `amount` is in the fault's unit. */
export type Transport = 'down' | 'slow' | 'silent' | 'server-error' | 'cut';

/**
 * How a conforming SP decides: it accepts or rejects the response, or a named setting of its SSO profile decides.
 * An empty `acceptWhen` is an empty list.
 */
export type Verdict = 'accept' | 'reject' | { policy: string; acceptWhen: boolean | string; because: string };

/** `Code` is a literal type, so that the codes of the catalogue form a union. */
export interface Fault<Code extends string = string> {
  /** Stable identifier. */
  code: Code;
  /** Description in one sentence. */
  sentence: string;
  /** Specification or advisory on which the verdict is based. */
  rule: string;
  verdict: Verdict;
  strikes: Strikes;
  transport?: Transport;
  /** Set for a fault of a logout message, which never changes a sign-in response; `strikes` is empty then. */
  logout?: LogoutStrikes;
  /** Set if the phrase contains an amount, written {unit}. The values lie on both sides of each boundary. */
  amount?: {
    unit: 'minutes' | 'seconds' | 'levels' | 'megabytes' | 'characters';
    accept: readonly number[];
    reject: readonly number[];
  };
  /**
   * Parts that differ from the correct response, apart from digests, signature values and ciphertext:
   * ends of paths such as `Response/@Destination` or `Conditions`, with everything below them; `form/action` and the
   * like for the form; `text` if the message is no longer XML, or is the same XML written differently; empty for
   * transport. For a logout message, `signature`: it is missing, or does not verify.
   */
  touches?: readonly string[];
  /** True if it is about encryption: where it applies, apps with an encryption certificate get encrypted assertions. */
  encrypts?: boolean;
  /** True if it may use the keys that no SP trusts; other responses do not wait for them. */
  usesUntrustedKeys?: boolean;
  /** True if it uses the previous response; it waits until that is made. */
  usesPrevious?: boolean;
  /** True if every signature in the response is still valid, which an independent verifier must confirm. */
  signedProperly?: boolean;
}

/** A fault arranged for a tenant; `amount` is in the fault's unit. */
export interface ArrangedFault {
  phrase: string;
  fault: Fault;
  amount: number;
}
