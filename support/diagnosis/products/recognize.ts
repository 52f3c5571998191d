/** Names the product that most likely wrote a response or metadata, and says what speaks for it. */
import { addressTraitsOf } from '../../../sp/products/addresses.ts';
import {
  type Candidate,
  type Evidence,
  evidenceOf,
  type Recognition,
  unknown,
  weigh,
  wouldWrite,
} from '../../../sp/products/evidence.ts';
import type { ProductId } from '../../../sp/products/product.ts';
import { ns } from '../../../sp/saml/dom.ts';
import { type Read, read, readMetadataXml } from '../../../sp/saml/read.ts';
import { brokenHabits } from './habits.ts';
import { handwriting } from './handwriting.ts';
import { factsOf } from './message-facts.ts';
import { type MetadataFacts, metadataFactsOf, metadataTraits } from './metadata-traits.ts';
import type { Trait } from './trait.ts';

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
    ...evidenceOf(addressTraitsOf({ entityId: issuer, certificates })),
    ...ofTraits(handwriting, facts),
  ];
  return weigh(evidence, (product) => brokenHabits(product, facts));
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
  return weigh([...evidenceOf(addressTraitsOf(facts)), ...ofTraits(metadataTraits, facts)]);
}

const mostReasons = 4;

/** Such as: This looks like Okta: IDs of “id” and 24 to 26 digits. */
export function sentenceOf({ candidates, doubt }: Recognition): string {
  const [first, ...others] = candidates;
  const why = ({ because }: Candidate): string => because.slice(0, mostReasons).join(', ');
  const more = doubt === undefined ? '' : ` ${doubt}`;
  if (first === undefined)
    return `Unknown${more === '' ? ': nothing in it is particular to one product.' : `.${more}`}`;
  const against = candidates.map((one) => againstOf(one)).join('');
  if (others.length > 0)
    return `This could be ${candidates.map((one) => `${one.name} (${why(one)})`).join(' or ')}.${against}${more}`;
  if (!first.isWeak) return `This looks like ${first.name}: ${why(first)}.${against}${more}`;
  return `This may be ${first.name}: ${why(first)}.${against} Another program may have written it.${more}`;
}

const againstOf = ({ name, against = [] }: Candidate): string =>
  against.length === 0 ? '' : ` But ${wouldWrite(name, against)}.`;
