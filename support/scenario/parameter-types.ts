/** The closed vocabularies of the scenarios, built from the catalogues: a misspelt word is an undefined step. */
import { arrange, faultPattern } from '../../mock-idp/faults.ts';
import { type RejectionCode, rejections } from '../../sp/rejection-advice.ts';
import { type CaseCode, cases } from '../../sp/troubleshooting.ts';
import { type Name, names } from '../catalogue/cast.ts';
import { type PlayedProduct, playedProducts, productErrors } from '../catalogue/identity-products.ts';
import { type MailProblemName, mailProblems } from '../catalogue/mail-problems.ts';
import { renamedFaults } from '../catalogue/renamed-words.ts';
import {
  type MetadataFlaw,
  metadataFlaws,
  type ProfileSetting,
  profileSettings,
  type TesterReport,
  testerReports,
} from '../catalogue/settings.ts';
import { patternOf, patternOfAll } from '../catalogue/vocabularies.ts';
import { newCell } from '../gherkin/rename.ts';

const oneOf = (words: readonly string[]): RegExp => new RegExp(words.toSorted((a, b) => b.length - a.length).join('|'));

export interface Parameter {
  name: string;
  regexp: RegExp | RegExp[];
  transformer: (words: string) => unknown;
}

export const parameterTypes: readonly Parameter[] = [
  { name: 'actor', regexp: oneOf(names), transformer: (name: string) => name as Name },
  {
    name: 'fault',
    regexp: [faultPattern(), ...renamedFaults.map(({ from }) => new RegExp(patternOf(from)))],
    transformer: (words: string) => arrange(newCell(words)),
  },
  {
    name: 'rejection',
    regexp: oneOf(Object.keys(rejections)),
    transformer: (code: string) => code as RejectionCode,
  },
  {
    name: 'case',
    regexp: oneOf(Object.keys(cases)),
    transformer: (code: string) => code as CaseCode,
  },
  {
    name: 'mail problem',
    regexp: oneOf(Object.keys(mailProblems)),
    transformer: (words: string) => words as MailProblemName,
  },
  {
    name: 'profile setting',
    regexp: oneOf(Object.keys(profileSettings)),
    transformer: (words: string) => words as ProfileSetting,
  },
  {
    name: 'metadata flaw',
    regexp: oneOf(Object.keys(metadataFlaws)),
    transformer: (words: string) => words as MetadataFlaw,
  },
  {
    name: 'report',
    regexp: oneOf(Object.keys(testerReports)),
    transformer: (words: string) => words as TesterReport,
  },
  {
    name: 'identity product',
    regexp: oneOf(playedProducts.map(({ words }) => words)),
    transformer: (words: string): PlayedProduct => playedProducts.find((one) => one.words === words)!,
  },
  {
    name: 'product error',
    regexp: new RegExp(patternOfAll(productErrors)),
    transformer: (words: string) => words,
  },
];
