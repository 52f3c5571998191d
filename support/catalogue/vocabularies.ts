/** The words that may stand for each parameter of a step, from the catalogues. */
import { faults } from '../../mock-idp/faults.ts';
import { rejections } from '../../sp/rejection-advice.ts';
import { cases } from '../../sp/troubleshooting.ts';
import { names } from './cast.ts';
import { mailProblems } from './mail-problems.ts';
import { metadataFlaws, profileSettings, testerReports } from './settings.ts';

/** By the name of the parameter, without its braces. A word may hold an amount, written `{minutes}` and the like. */
export const vocabularies: Readonly<Record<string, readonly string[]>> = {
  actor: names,
  fault: Object.keys(faults),
  rejection: Object.keys(rejections),
  case: Object.keys(cases),
  'mail problem': Object.keys(mailProblems),
  'profile setting': Object.keys(profileSettings),
  'metadata flaw': Object.keys(metadataFlaws),
  report: Object.keys(testerReports),
};

/** Source of a regular expression that matches one word of a vocabulary, with any whole number for its amount. */
export const patternOf = (word: string): string =>
  word.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '\\d+');

/** Source of a regular expression for all of its words, the longest first, so that none is cut short by another. */
export const patternOfAll = (words: readonly string[]): string =>
  words
    .toSorted((one, other) => other.length - one.length)
    .map(patternOf)
    .join('|');
