/** Functions that build faults, one for each step at which a fault can strike. */

import type { Fault, Strike, Strikes, Verdict } from './fault.ts';
import type { Claims } from './response/claims.ts';
import { statusCode } from './response/saml-values.ts';
import { type Element, element, type Node, replaceAt, withAttributes, withChildren } from './response/xml.ts';

/** A fault without its changes; the default verdict is `reject`. */
export interface Facts<Code extends string> extends Omit<Fault<Code>, 'strikes' | 'verdict' | 'touches'> {
  verdict?: Verdict;
  touches: readonly string[];
}

/** True if the response carries an assertion; error responses do not. */
export const hasAssertion = ({ claims }: Pick<Strike, 'claims'>): boolean =>
  claims.status?.code === statusCode('Success');

/** True if the response carries an assertion that is not encrypted. */
export const hasPlainAssertion = (strike: Pick<Strike, 'claims' | 'app'>): boolean =>
  hasAssertion(strike) && strike.app.encryptionCertificate === undefined;

/**
 * A fault that strikes at several steps; the functions below build faults that strike at one.
 * `const Code` keeps the code a literal type although the catalogue accepts any string.
 */
export const fault = <const Code extends string>(facts: Facts<Code>, strikes: Strikes): Fault<Code> => ({
  verdict: 'reject',
  ...facts,
  strikes,
});

/** Changes the claims before the response is built and signed. */
export const claimsFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['claims']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { claims: change });

/** Changes the claims of a response that carries an assertion. */
export const assertionClaimsFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (claims: Claims, strike: Strike) => Claims,
): Fault<Code> => claimsFault(facts, (claims, strike) => (hasAssertion({ claims }) ? change(claims, strike) : claims));

/** Changes the XML tree before it is signed. */
export const documentFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['document']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { document: change });

/** Changes how the response is signed. */
export const signingFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['signing']>,
): Fault<Code> => fault(facts, { signing: change });

/** Changes how the assertion is encrypted. */
export const encryptionFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['encryption']>,
): Fault<Code> =>
  fault(facts, { encryption: (honest, strike) => (hasAssertion(strike) ? change(honest, strike) : honest) });

/** Changes the XML tree after it was signed. */
export const transitFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['transit']>,
): Fault<Code> => fault(facts, { transit: change });

/** Changes the serialized XML after it was signed. */
export const bytesFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['bytes']>,
): Fault<Code> => fault(facts, { bytes: change });

/** Changes the encoding of the form field. */
export const encodingFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['encoding']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { encoding: change });

/** Changes the form; the response itself is correct. */
export const deliveryFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['delivery']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { delivery: change });

/** Changes the element at a path from the root element. */
export const at =
  (path: string, change: (found: Element, strike: Strike) => Node | readonly Node[] | undefined) =>
  (root: Element, strike: Strike): Element =>
    replaceAt(root, path, (found) => change(found, strike));

/** Removes the element at a path. */
export const removeAt = (path: string) => at(path, () => undefined);

/** Empties the element at a path: no attributes, no children. */
export const emptyAt = (path: string) => at(path, ({ name }) => element(name));

/** Sets attributes of the element at a path; undefined removes one. */
export const setAttributesAt = (path: string, attributes: Record<string, string | undefined>) =>
  at(path, (found) => withAttributes(found, attributes));

/** Replaces the children of the element at a path. */
export const setChildrenAt = (path: string, ...children: readonly Node[]) =>
  at(path, (found) => withChildren(found, ...children));

/** Inserts samlp:Extensions after the Issuer (SAML core 3.2.2). The response must not be signed yet. */
export const extended = (response: Element, content: Node): Element =>
  withChildren(
    response,
    ...response.children.slice(0, 1),
    element('samlp:Extensions', {}, content),
    ...response.children.slice(1),
  );
