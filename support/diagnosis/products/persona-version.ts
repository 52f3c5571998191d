/** Chooses the version of a product, as the mock plays it, that writes most like a message. */
import { isDeepStrictEqual } from 'node:util';
import { personas } from '../../../mock-idp/personas/catalogue.ts';
import type { Facts } from '../../../mock-idp/personas/persona.ts';
import type { ProductId } from '../../../sp/products/product.ts';
import type { Read } from '../../../sp/saml/read.ts';
import { type PlayedProduct, versionsOf } from '../../catalogue/identity-products.ts';
import { learnContent } from './learn-content.ts';
import { learnWriting } from './learn-writing.ts';
import { factsOf } from './message-facts.ts';

/** Settings of the product's code, not of its administrators. What a capture damages least comes first. */
const compared = ['keyInfo', 'lines', 'signatureLayout', 'typesDeclared', 'attributeFormat', 'emptyTag'] as const;
type Compared = Pick<Facts, (typeof compared)[number]>;

/** The newest version, unless an older one writes more like the message. */
export function versionLike(product: ProductId, message: Read | undefined): PlayedProduct | undefined {
  const versions = versionsOf(product);
  if (message === undefined || versions.length < 2) return versions[0];
  const facts = factsOf(message);
  const written: { readonly [Key in keyof Compared]?: unknown } = {
    ...learnWriting(message, facts),
    ...learnContent(message, facts),
  };
  let left = versions;
  for (const key of compared) {
    const known = left.map(({ code }) => personas[code].facts[key]?.value);
    // A version of which more is known must not win by that alone.
    if (written[key] === undefined || known.includes(undefined)) continue;
    const alike = left.filter((_, index) => isDeepStrictEqual(known[index], written[key]));
    if (alike.length > 0) left = alike;
  }
  return left[0];
}
