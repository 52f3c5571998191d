/** The words allowed for each parameter of a step, from the catalogues. */
import { faults } from '../../mock-idp/faults.ts';
import { rejections } from '../../sp/rejection-advice.ts';
import { cases } from '../../sp/troubleshooting.ts';
import { names } from './cast.ts';
import { playedProducts, productErrors } from './identity-products.ts';
import { mailProblems } from './mail-problems.ts';
import { metadataFlaws, profileSettings, testerReports } from './settings.ts';

/** Keyed by parameter, without braces. A word may contain an amount, such as `{minutes}`. */
export const vocabularies: Readonly<Record<string, readonly string[]>> = {
  actor: names,
  fault: Object.keys(faults),
  rejection: Object.keys(rejections),
  case: Object.keys(cases),
  'mail problem': Object.keys(mailProblems),
  'profile setting': Object.keys(profileSettings),
  'metadata flaw': Object.keys(metadataFlaws),
  report: Object.keys(testerReports),
  'identity product': playedProducts.map(({ words }) => words),
  'product error': productErrors,
};

/** Regular expression source for one vocabulary word, with any whole number as its amount. */
export const patternOf = (word: string): string =>
  word.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '\\d+');

/** Regular expression source for all words, the longest first, so that none matches only a part of another. */
export const patternOfAll = (words: readonly string[]): string =>
  words
    .toSorted((one, other) => other.length - one.length)
    .map(patternOf)
    .join('|');
