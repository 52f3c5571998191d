/** Names the product that most likely wrote a response or metadata, and says what speaks for it. */
import { type Addresses, type AddressTrait, addressTraitsOf } from '../../../sp/products/addresses.ts';
import { type ProductId, productIds, products } from '../../../sp/products/product.ts';
import { ns } from '../../../sp/saml/dom.ts';
import { type Read, read, readMetadataXml } from '../../../sp/saml/read.ts';
import type { WrittenBy } from '../diagnosis.ts';
import { handwriting, prefixesOf } from './handwriting.ts';
import { factsOf, type MessageFacts } from './message-facts.ts';
import { type MetadataFacts, metadataFactsOf, metadataTraits } from './metadata-traits.ts';
import type { Trait } from './trait.ts';

export type Candidate = WrittenBy;

/** One candidate, several if the evidence does not decide between them, or none: unknown. */
export interface Recognition {
  candidates: readonly Candidate[];
  /** Why a product that the message names is not among the candidates. */
  doubt?: string;
}

export const unknown: Recognition = { candidates: [] };

/** Less evidence than this names no product. A trait that no other product has weighs 6. */
const enough = 6;
/** The share of the best score from which another candidate is named, too. */
const close = 0.5;
/** Taken off if the product was never seen to write so. */
const contradiction = 4;

interface Evidence {
  product: ProductId;
  words: string;
  weight: number;
}

const ofAddresses = (traits: readonly AddressTrait[]): Evidence[] =>
  traits.map(({ product, words, weight }) => ({ product, words, weight }));

const ofTraits = <Facts>(traits: readonly Trait<Facts>[], facts: Facts): Evidence[] =>
  traits
    .filter(({ is }) => is(facts))
    .flatMap(({ words, weight, sources }) =>
      (Object.keys(sources) as ProductId[]).map((product) => ({ product, words, weight })),
    );

/** The product that wrote this response. */
export function recognizeMessage(message: Read): Recognition {
  const facts = factsOf(message);
  const { issuer, certificates } = facts;
  const evidence = [
    ...ofAddresses(addressTraitsOf({ entityId: issuer, certificates })),
    ...ofTraits(handwriting, facts),
  ];
  return weighed(evidence, (product) => isWrittenOtherwise(product, facts));
}

/** Nothing if it cannot be read: the diagnosis says why. */
export function recognizeXml(xml: string): Recognition {
  const outcome = read(xml);
  if (outcome.ok) return recognizeMessage(outcome.message);
  // Less strict, since it only reads how the message is written.
  const mended = readMetadataXml(withKnownPrefixes(xml));
  return mended.ok ? recognizeMessage(mended.message) : unknown;
}

/** Declares the usual prefixes on the root where an editor has lost their declarations. */
function withKnownPrefixes(xml: string): string {
  const lost = Object.entries(usualPrefixes).filter(
    ([prefix]) => new RegExp(`<${prefix}:|\\s${prefix}:`).test(xml) && !xml.includes(`xmlns:${prefix}=`),
  );
  const declarations = lost.map(([prefix, uri]) => ` xmlns:${prefix}="${uri}"`).join('');
  return xml.replace(/<(?:[\w-]{1,20}:)?Response(?=[\s>])/, (start) => `${start}${declarations}`);
}

const usualPrefixes = { ...ns, saml2: ns.saml, saml2p: ns.samlp, xsi: 'http://www.w3.org/2001/XMLSchema-instance' };

export function recognizeMetadata(xml: string): Recognition {
  const facts: MetadataFacts | undefined = metadataFactsOf(xml);
  if (facts === undefined) return unknown;
  return weighed([...ofAddresses(addressTraitsOf(facts)), ...ofTraits(metadataTraits, facts)]);
}

/** By the addresses alone, such as those in an SSO profile, or the URL to which a request was sent. */
export const recognizeAddresses = (addresses: Addresses): Recognition =>
  weighed(ofAddresses(addressTraitsOf(addresses)));

function weighed(evidence: readonly Evidence[], isAgainst: (product: ProductId) => boolean = () => false): Recognition {
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
  `It has ${first}, but ${products[product]} was never seen to write these prefixes: ` +
  'another program may have written it.';

/** Prefixes differ between products, and a product does not change them from message to message. */
function isWrittenOtherwise(product: ProductId, { prefixes: { protocol, assertion } }: MessageFacts): boolean {
  const [ownProtocol, ownAssertion] = prefixesOf[product] ?? [];
  return (
    (protocol !== undefined && ownProtocol !== undefined && protocol !== ownProtocol) ||
    (assertion !== undefined && ownAssertion !== undefined && assertion !== ownAssertion)
  );
}

const mostReasons = 4;

/** Such as: This looks like Okta: IDs of “id” and 24 to 26 digits. */
export function sentenceOf({ candidates, doubt }: Recognition): string {
  const [first, ...others] = candidates;
  const why = ({ because }: Candidate): string => because.slice(0, mostReasons).join(', ');
  if (first === undefined) return doubt ?? 'Unknown: nothing in it tells the product.';
  const more = doubt === undefined ? '' : ` ${doubt}`;
  if (others.length === 0) return `This looks like ${first.name}: ${why(first)}.${more}`;
  return `This could be ${candidates.map((one) => `${one.name} (${why(one)})`).join(' or ')}.${more}`;
}
