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
  /** Things that the product always writes, and the message does not have. */
  against?: readonly string[];
  /** True if what speaks for it is little, and others may write so, too. */
  isWeak?: true;
}

/** One candidate, several if the evidence does not decide between them, or none: unknown. */
export interface Recognition {
  candidates: readonly Candidate[];
  /** A sentence on a product that is not among the candidates: reasons for it and against it. */
  doubt?: string;
}

export const unknown: Recognition = { candidates: [] };

export interface Evidence {
  product: ProductId;
  words: string;
  weight: number;
  /** Of an entity ID, a sign-on URL or a certificate, not of how the message is written. */
  isAddress?: true;
}

/** Less evidence than this names no product. A trait that no other product has weighs 6. */
const enough = 6;
/** The share of the best score from which another candidate is named, too. */
const close = 0.5;
/** Less evidence than this is weak, unless it names the product on its own. */
const sure = 8;
/** Taken off for each thing that the product always writes, and the message does not have. */
const contradiction = 4;
/** An address of this weight belongs to one product. */
const ownAddress = 5;

export function weigh(
  evidence: readonly Evidence[],
  against: (product: ProductId) => readonly string[] = () => [],
): Recognition {
  const scored = productIds.map((product) => scoreOf(product, { evidence, against: against(product) }));
  const least = Math.max(enough, Math.max(...scored.map(({ score }) => score)) * close);
  const candidates = scored
    .filter(({ score }) => score >= least)
    .toSorted((one, other) => other.score - one.score)
    .map(candidateOf);
  const doubt = doubtOf(
    scored.filter(({ score }) => score < least),
    candidates.length > 0,
  );
  return { candidates, ...(doubt === undefined ? {} : { doubt }) };
}

interface Scored {
  product: ProductId;
  /** The strongest first. */
  own: readonly Evidence[];
  against: readonly string[];
  points: number;
  score: number;
}

function scoreOf(
  product: ProductId,
  { evidence, against }: { evidence: readonly Evidence[]; against: readonly string[] },
): Scored {
  const own = evidence.filter((one) => one.product === product).toSorted((a, b) => b.weight - a.weight);
  const points = own.reduce((sum, { weight }) => sum + weight, 0);
  return { product, own, against, points, score: points - against.length * contradiction };
}

function candidateOf({ product, own, against, score }: Scored): Candidate {
  const isNamed = against.length === 0 && own[0]!.weight >= enough;
  return {
    product,
    name: products[product],
    because: own.map(({ words }) => words),
    ...(against.length === 0 ? {} : { against }),
    ...(score >= sure || isNamed ? {} : { isWeak: true }),
  };
}

/** Beside a candidate, only the address of another product is worth a word. */
function doubtOf(others: readonly Scored[], hasCandidate: boolean): string | undefined {
  const address = ({ own }: Scored) => own.find(({ isAddress, weight }) => isAddress && weight >= ownAddress);
  const [first] = others
    .filter((one) => (hasCandidate ? address(one) !== undefined : one.points >= enough))
    .toSorted((one, other) => other.points - one.points);
  if (first === undefined) return undefined;
  const { product, own, against } = first;
  const name = products[product];
  const shared = hasCandidate ? [address(first)!.words] : own.slice(0, mostReasons).map(({ words }) => words);
  const but = against.length === 0 ? '' : `, but ${wouldWrite(name, against)}`;
  return `It ${hasCandidate ? 'also ' : ''}has ${listed(shared)}, like ${name}${but}.`;
}

const mostReasons = 3;
const listed = (words: readonly string[]): string => new Intl.ListFormat('en-GB').format(words);

/** Such as: Okta would write IDs of “id” and 24 to 26 digits. */
export const wouldWrite = (name: string, words: readonly string[]): string =>
  `${name} would write ${listed(words.slice(0, mostReasons))}`;

export const evidenceOf = (traits: readonly AddressTrait[]): Evidence[] =>
  traits.map(({ product, words, weight }) => ({ product, words, weight, isAddress: true }));

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
