/** Fixes at the identity provider in the words and menus of its product, where a source for them was read. */
import type { Circumstance, RejectionCode } from '../rejection-advice.ts';
import type { CaseCode } from '../troubleshooting.ts';
import { adfs } from './fixes/adfs.ts';
import { entra } from './fixes/entra.ts';
import { google } from './fixes/google.ts';
import { keycloak } from './fixes/keycloak.ts';
import { okta } from './fixes/okta.ts';
import { onelogin } from './fixes/onelogin.ts';
import { pingfederate } from './fixes/pingfederate.ts';
import { type ProductId, products } from './product.ts';
import { type Fixes, type ProductFix, type Topic, type TopicFacts, topics } from './topics.ts';

/** A topic without a source for a product is left out: the neutral advice stands. */
export const fixes: Partial<Record<ProductId, Fixes>> = {
  entra,
  okta,
  google,
  adfs,
  onelogin,
  keycloak,
  pingfederate,
};

export interface NamedFix extends ProductFix {
  product: ProductId;
  /** Of the product. */
  name: string;
}

const facts = (Object.keys(topics) as Topic[]).map((topic) => ({ topic, ...(topics[topic] as TopicFacts) }));

/** Names the topic of a rejection, or else of a troubleshooting entry. */
const topicOf = (code: CaseCode, rejection: RejectionCode | undefined): Topic | undefined =>
  (
    facts.find(({ rejections = [] }) => rejection !== undefined && rejections.includes(rejection)) ??
    facts.find(({ cases }) => cases.includes(code))
  )?.topic;

interface FixOptions {
  candidates: readonly ProductId[];
  /** The rejection that leads to the entry. */
  rejection?: RejectionCode;
  /** Has a fix of its own, so that the usual one would be wrong. */
  circumstance?: Circumstance | undefined;
}

/** The fix of a troubleshooting entry, or of the rejection that leads to it, for each product whose menu is known. */
export function fixesFor(code: CaseCode, { candidates, rejection, circumstance }: FixOptions): NamedFix[] {
  const topic = topicOf(code, rejection);
  if (topic === undefined || circumstance !== undefined) return [];
  return candidates.flatMap((product) => {
    const known = fixes[product]?.[topic];
    return known === undefined ? [] : [{ product, name: products[product], ...known }];
  });
}
