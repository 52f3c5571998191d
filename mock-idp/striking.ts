/** Short ways to write down a fault by the step at which it strikes; they decide nothing about what is wrong. */
import type { Claims } from './claims.ts';
import type { Fault, Strike, Strikes, Verdict } from './fault.ts';
import { statusCode } from './saml-values.ts';
import { type Element, element, type Node, replaceAt, withAttributes, withChildren } from './xml.ts';

/** A fault without its strikes; the verdict is `reject` unless it says otherwise. */
export interface Facts<Code extends string> extends Omit<Fault<Code>, 'strikes' | 'verdict' | 'touches'> {
  verdict?: Verdict;
  touches: readonly string[];
}

/**
 * A fault that strikes at several steps; the functions below make those that strike at one.
 * `const Code` keeps the code a literal type where the catalogue asks for any string.
 */
export const fault = <const Code extends string>(facts: Facts<Code>, strikes: Strikes): Fault<Code> => ({
  verdict: 'reject',
  ...facts,
  strikes,
});

/** The identity provider says something else and signs it. */
export const said = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['claims']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { claims: change });

/** Is there an assertion in this answer? A refusal has none. */
export const hasAssertion = ({ claims }: Pick<Strike, 'claims'>): boolean =>
  claims.status?.code === statusCode('Success');

/** Is there one that somebody on the way could read and change? */
export const hasPlainAssertion = (strike: Pick<Strike, 'claims' | 'app'>): boolean =>
  hasAssertion(strike) && strike.app.encryptionCertificate === undefined;

/** The same, of the assertion: a refusal, which has none, is left as it is. */
export const asserted = <const Code extends string>(
  facts: Facts<Code>,
  change: (claims: Claims, strike: Strike) => Claims,
): Fault<Code> => said(facts, (claims, strike) => (hasAssertion({ claims }) ? change(claims, strike) : claims));

/** The identity provider writes its XML otherwise and signs it. */
export const written = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['document']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { document: change });

/** The identity provider signs otherwise. */
export const signed = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['signing']>,
): Fault<Code> => fault(facts, { signing: change });

/** The identity provider encrypts otherwise; an SP without an encryption certificate gives nothing to strike at. */
export const encrypted = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['encryption']>,
): Fault<Code> =>
  fault(facts, { encryption: (honest, strike) => (hasAssertion(strike) ? change(honest, strike) : honest) });

/** Somebody changes the tree after it was signed. */
export const altered = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['transit']>,
): Fault<Code> => fault(facts, { transit: change });

/** The text of the message is written otherwise after it was signed. */
export const rewritten = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['bytes']>,
): Fault<Code> => fault(facts, { bytes: change });

/** The value of the form field is encoded otherwise. */
export const encoded = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['encoding']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { encoding: change });

/** The form is sent otherwise; the message is honest. */
export const delivered = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['delivery']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { delivery: change });

/** Changes the element at the end of a path from the root of the message. */
export const at =
  (path: string, change: (found: Element, strike: Strike) => Node | readonly Node[] | undefined) =>
  (root: Element, strike: Strike): Element =>
    replaceAt(root, path, (found) => change(found, strike));

/** Leaves the element at the end of the path out. */
export const without = (path: string) => at(path, () => undefined);

/** Leaves the element at the end of the path without attributes and children. */
export const emptied = (path: string) => at(path, ({ name }) => element(name));

/** Sets attributes of the element at the end of the path; undefined removes one. */
export const attributed = (path: string, attributes: Record<string, string | undefined>) =>
  at(path, (found) => withAttributes(found, attributes));

/** Gives the element at the end of the path other children. */
export const filled = (path: string, ...children: readonly Node[]) =>
  at(path, (found) => withChildren(found, ...children));

/** A response with samlp:Extensions, which follow its issuer (SAML core 3.2.2; before it is signed, nothing stands between). */
export const extended = (response: Element, content: Node): Element =>
  withChildren(
    response,
    ...response.children.slice(0, 1),
    element('samlp:Extensions', {}, content),
    ...response.children.slice(1),
  );
