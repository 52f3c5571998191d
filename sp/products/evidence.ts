/** Weighs what speaks for each product: one candidate, several, or none. */
import { X509Certificate } from 'node:crypto';
import { type Addresses, type AddressTrait, addressTraitsOf } from './addresses.ts';
import { type ProductId, productIds, products } from './product.ts';

/** A product that may have written a message. */
export interface Candidate {
  product: ProductId;
  name: string;
  /** Reasons, the strongest first. */
  because: readonly string[];
}

/** One candidate, several if the evidence does not decide between them, or none: unknown. */
export interface Recognition {
  candidates: readonly Candidate[];
  /** Why a product that the message names is not among the candidates. */
  doubt?: string;
}

export const unknown: Recognition = { candidates: [] };

export interface Evidence {
  product: ProductId;
  words: string;
  weight: number;
}

/** Less evidence than this names no product. A trait that no other product has weighs 6. */
const enough = 6;
/** The share of the best score from which another candidate is named, too. */
const close = 0.5;
/** Taken off if the product is known to write otherwise. */
const contradiction = 4;

export function weigh(
  evidence: readonly Evidence[],
  isAgainst: (product: ProductId) => boolean = () => false,
): Recognition {
  const scored = productIds
    .map((product) => {
      const own = evidence.filter((one) => one.product === product).toSorted((a, b) => b.weight - a.weight);
      const points = own.reduce((sum, { weight }) => sum + weight, 0);
      const against = isAgainst(product);
      return { product, because: own.map(({ words }) => words), points, against };
    })
    .map((one) => ({ ...one, score: one.points - (one.against ? contradiction : 0) }))
    .toSorted((one, other) => other.score - one.score);
  const least = Math.max(enough, scored[0]!.score * close);
  const candidates = scored
    .filter(({ score }) => score >= least)
    .map(({ product, because }) => ({ product, name: products[product], because }));
  const doubtful = scored.find(({ points, score, against }) => against && points >= enough && score < least);
  return { candidates, ...(doubtful === undefined ? {} : { doubt: doubtOf(doubtful) }) };
}

const doubtOf = ({ product, because: [first] }: Pick<Candidate, 'product' | 'because'>): string =>
  `It has ${first}, but ${products[product]} is not known to write these prefixes: another program ` +
  'may have written it.';

export const evidenceOf = (traits: readonly AddressTrait[]): Evidence[] =>
  traits.map(({ product, words, weight }) => ({ product, words, weight }));

/** By the addresses alone, such as those in an SSO profile, or the URL to which a request was sent. */
export const recognizeAddresses = (addresses: Addresses): Recognition => weigh(evidenceOf(addressTraitsOf(addresses)));

/** By an SSO profile. */
export const recognizeIdp = (idp: {
  entityId?: string | undefined;
  ssoUrl?: string;
  certificates?: readonly string[];
}): Recognition =>
  recognizeAddresses({
    ...idp,
    certificates: (idp.certificates ?? []).slice(0, 5).flatMap((pem) => subjectOf(pem) ?? []),
  });

/** One name in a line; undefined if the certificate cannot be read. */
export function subjectOf(certificate: string | Buffer): string | undefined {
  try {
    return new X509Certificate(certificate).subject;
  } catch {
    return undefined;
  }
}
