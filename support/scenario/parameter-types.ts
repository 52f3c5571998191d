/** The closed vocabularies of the scenarios, built from the catalogues: a misspelt word is an undefined step. */
import { defineParameterType } from '@cucumber/cucumber';
import { arrange, faultPattern } from '../../mock-idp/faults.ts';
import { type RejectionCode, rejections } from '../../sp/rejection-advice.ts';
import { type CaseCode, cases } from '../../sp/troubleshooting.ts';
import { type Name, names } from '../catalogue/cast.ts';
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
import { patternOf } from '../catalogue/vocabularies.ts';
import { newCell } from '../gherkin/rename.ts';

const oneOf = (words: readonly string[]): RegExp => new RegExp(words.toSorted((a, b) => b.length - a.length).join('|'));

defineParameterType({ name: 'actor', regexp: oneOf(names), transformer: (name: string) => name as Name });
defineParameterType({
  name: 'fault',
  regexp: [faultPattern(), ...renamedFaults.map(({ from }) => new RegExp(patternOf(from)))],
  transformer: (words: string) => arrange(newCell(words)),
});
defineParameterType({
  name: 'rejection',
  regexp: oneOf(Object.keys(rejections)),
  transformer: (code: string) => code as RejectionCode,
});
defineParameterType({
  name: 'case',
  regexp: oneOf(Object.keys(cases)),
  transformer: (code: string) => code as CaseCode,
});
defineParameterType({
  name: 'mail problem',
  regexp: oneOf(Object.keys(mailProblems)),
  transformer: (words: string) => words as MailProblemName,
});
defineParameterType({
  name: 'profile setting',
  regexp: oneOf(Object.keys(profileSettings)),
  transformer: (words: string) => words as ProfileSetting,
});
defineParameterType({
  name: 'metadata flaw',
  regexp: oneOf(Object.keys(metadataFlaws)),
  transformer: (words: string) => words as MetadataFlaw,
});
defineParameterType({
  name: 'report',
  regexp: oneOf(Object.keys(testerReports)),
  transformer: (words: string) => words as TesterReport,
});
