/** Builds faults, one function for each step of the response at which a fault strikes. */

import type { Fault, Strike, Strikes, Verdict } from './fault.ts';
import type { Claims } from './response/claims.ts';
import { statusCode } from './response/saml-values.ts';
import { type Element, element, type Node, replaceAt, withAttributes, withChildren } from './response/xml.ts';

/** A fault without its strikes; the verdict is `reject` by default. */
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
 * A fault that strikes at several steps; the functions below make those that strike at one.
 * `const Code` keeps the code a literal type where the catalogue asks for any string.
 */
export const fault = <const Code extends string>(facts: Facts<Code>, strikes: Strikes): Fault<Code> => ({
  verdict: 'reject',
  ...facts,
  strikes,
});

/** The response makes other claims, and is signed. */
export const claimsFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['claims']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { claims: change });

/** The assertion makes other claims; error responses stay as they are. */
export const assertionClaimsFault = <const Code extends string>(
  facts: Facts<Code>,
  change: (claims: Claims, strike: Strike) => Claims,
): Fault<Code> => claimsFault(facts, (claims, strike) => (hasAssertion({ claims }) ? change(claims, strike) : claims));

/** The response is other XML, and is signed. */
export const documentFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['document']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { document: change });

/** The response is signed in another way. */
export const signingFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['signing']>,
): Fault<Code> => fault(facts, { signing: change });

/** The assertion is encrypted in another way. It does not strike if the SP has no encryption certificate. */
export const encryptionFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['encryption']>,
): Fault<Code> =>
  fault(facts, { encryption: (honest, strike) => (hasAssertion(strike) ? change(honest, strike) : honest) });

/** The XML tree is changed after it was signed. */
export const transitFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['transit']>,
): Fault<Code> => fault(facts, { transit: change });

/** The text of the message is changed after it was signed. */
export const bytesFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['bytes']>,
): Fault<Code> => fault(facts, { bytes: change });

/** The form field is encoded in another way. */
export const encodingFault = <const Code extends string>(
  facts: Facts<Code>,
  change: NonNullable<Strikes['encoding']>,
): Fault<Code> => fault({ signedProperly: true, ...facts }, { encoding: change });

/** The form is another; the message is honest. */
export const deliveryFault = <const Code extends string>(
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

/** A response with samlp:Extensions after its Issuer (SAML core 3.2.2). The response must not be signed yet. */
export const extended = (response: Element, content: Node): Element =>
  withChildren(
    response,
    ...response.children.slice(0, 1),
    element('samlp:Extensions', {}, content),
    ...response.children.slice(1),
  );
