/** Style rules for features: allowed words, length, names and tags. */
import { type Feature, type Rule, type Scenario, type Step, StepKeywordType, type Tag } from '@cucumber/messages';
import { caseCodes, isCaseCode } from '../../sp/troubleshooting.ts';
import { nearest } from '../catalogue/nearest.ts';
import { whyNotByDriver } from '../catalogue/one-driver.ts';
import { patternOfAll, vocabularies } from '../catalogue/vocabularies.ts';
import { commandLine } from '../terminal/command-line.ts';
import type { ReadFeature } from './read-features.ts';
import { renamesIn } from './upgrade-feature.ts';

/** Tags other than `@case:CODE`, each with its meaning. */
export const plainTags: Readonly<Record<string, string>> = {
  '@scripted': 'people act over HTTP instead of in browsers',
  '@any-idp': 'needs no faults, so a real IdP can play it',
  '@long': 'left out of whole runs: played by its name, path or tag',
  '@any-product': 'needs no records of the SP, so any product with a recipe can play it',
};

export const mostSteps = 5;

export interface Finding {
  /** `file:line` */
  at: string;
  /** Names the mistake and the remedy. */
  sentence: string;
  kind: FindingKind;
}

/** A defect makes a scenario fail, or pass for nothing. Style and tags are the rules of this repository. */
export type FindingKind = 'defect' | 'style' | 'tag';

/** A regular expression for these words, with alternatives on each line. */
const words = (alternatives: string): RegExp =>
  new RegExp(`\\b(?:${alternatives.trim().replace(/\n\s*/g, '|')})\\b`, 'i');

/** Patterns that no text in a feature may match, each with the message for a match. */
const forbidden: readonly (readonly [RegExp, (found: string) => string])[] = [
  [
    /\bI\b|\b[Mm](?:y|ine|yself)\b|\b(?:[Ww]e|us|[Oo]urs?|[Yy]ou(?:rs?)?)\b/,
    (found) => `says “${found}”: name the person instead`,
  ],
  [
    /\b(?:he|him|his|she|her|hers|they|them|their|theirs)\b/i,
    (found) => `says “${found}”: name the person instead of using a pronoun`,
  ],
  [
    words(`
      click(?:s|ed|ing)?
      press(?:es|ed|ing)?
      tap(?:s|ped|ping)?
      hover(?:s|ed|ing)?
      scroll(?:s|ed|ing)?
      drag(?:s|ged|ging)?
      types|typed|typing
      ticks|unticks
      selects`),
    (found) => `says “${found}”: describe the intention, not the gesture`,
  ],
  [
    words(`
      buttons?
      web ?pages?|(?<!(?:login|error) )pages?
      fields?
      text ?box(?:es)?|input box(?:es)?|check ?box(?:es)?
      drop-?downs?
      menus?
      screens?
      link text
      placeholders?
      pop-?ups?
      tabs?`),
    (found) => `says “${found}”: describe what the person does or sees, not the layout`,
  ],
  [
    /https?:\/\/\S*|\bwww\.\S+|(?<![\w-])[\w-]+\.(?:localhost|com|org|net|example)\b|(?<=^|\s)\/\w[\w/-]*/i,
    (found) => `contains the URL “${found}”: name its owner instead`,
  ],
  [
    /(?<!:)\/\/\*?\w*\[?|\[@|(?<=^|\s)[#.][a-z][\w-]*|\bdata-[a-z-]+\b/i,
    (found) => `contains “${found}”, which looks like XPath or a selector: name what a person sees`,
  ],
  [
    /\b[1-5]\d\d\b(?! (?:seconds|minutes|hours|days|levels|megabytes|characters|groups))/,
    (found) => `contains “${found}”, which looks like a status code: describe its meaning`,
  ],
];

/** Words from the catalogues are exempt. */
const catalogued = new RegExp(`\\b(?:${patternOfAll(Object.values(vocabularies).flat())})\\b`, 'g');

export function styleFindings(features: readonly ReadFeature[]): Finding[] {
  return [...features.flatMap(findingsOf), ...repeatedNames(features), ...features.flatMap(wrongDrivers)];
}

/** Steps that the driver of their scenario cannot take. */
function wrongDrivers({ uri, document, pickles }: ReadFeature): Finding[] {
  const lines = stepLines(document.feature);
  const findings = pickles.flatMap(({ tags, steps }) => {
    const isScripted = tags.some(({ name }) => name === '@scripted');
    return steps.flatMap(({ text, astNodeIds: [id = ''] }) => {
      const sentence = whyNotByDriver(text, { isScripted });
      return sentence === undefined ? [] : [{ at: `${uri}:${lines.get(id) ?? 1}`, sentence, kind: 'defect' as const }];
    });
  });
  return [...new Map(findings.map((one) => [one.at, one])).values()];
}

/** The line of each step, by its ID. */
export function stepLines(feature: Feature | undefined): Map<string, number> {
  const blocks = (feature?.children ?? []).flatMap(({ background, scenario, rule }) => [
    background,
    scenario,
    ...(rule?.children ?? []).flatMap((child) => [child.background, child.scenario]),
  ]);
  return new Map(blocks.flatMap((one) => one?.steps ?? []).map(({ id, location }) => [id, location.line]));
}

interface LineFinding extends Omit<Finding, 'at'> {
  line: number;
}

const onLine = (line: number, sentence: string, kind: FindingKind = 'style'): LineFinding[] => [
  { line, sentence, kind },
];

function findingsOf(read: ReadFeature): Finding[] {
  const {
    uri,
    document: { feature },
  } = read;
  const findings = [
    ...(feature === undefined ? onLine(1, 'contains no feature', 'defect') : inFeature(feature)),
    ...renamesIn(read).flatMap(({ line, from, to }) =>
      onLine(line, `“${from}” is now “${to}”: run ${commandLine('upgrade')}`),
    ),
  ];
  return findings.map(({ line, ...finding }) => ({ at: `${uri}:${line}`, ...finding }));
}

function inFeature(feature: Feature): LineFinding[] {
  return [
    ...inText(feature.location.line, feature.name),
    ...inTags(feature.tags),
    ...inDescription(feature),
    ...feature.children.flatMap(({ background, scenario, rule }) => [
      ...inSteps(background?.steps ?? []),
      ...(scenario ? outsideRule(scenario) : []),
      ...(rule ? inRule(rule) : []),
    ]),
  ];
}

const outsideRule = (scenario: Scenario): LineFinding[] => [
  ...onLine(scenario.location.line, 'is outside every Rule: put it under the Rule that it shows'),
  ...inScenario(scenario),
];

function inRule({ name, tags, children, location: { line } }: Rule): LineFinding[] {
  const isEmpty = !children.some(({ scenario }) => scenario);
  return [
    ...inText(line, name),
    ...inTags(tags),
    ...(name === '' ? onLine(line, 'is a Rule without a name') : []),
    ...(isEmpty ? onLine(line, 'is a Rule without a scenario') : []),
    ...children.flatMap(({ background, scenario }) => [
      ...inSteps(background?.steps ?? []),
      ...(scenario ? inScenario(scenario) : []),
    ]),
  ];
}

function inScenario({ name, tags, steps, examples, location: { line } }: Scenario): LineFinding[] {
  const rows = examples.flatMap(({ tableBody }) => tableBody);
  const remedy = 'move the Given steps into a Background, or split it';
  const tooMany = `has ${steps.length} steps, more than ${mostSteps}: ${remedy}`;
  return [
    ...inText(line, name),
    ...inTags([...tags, ...examples.flatMap((one) => one.tags)]),
    ...inSteps(steps),
    ...rows.flatMap(({ location, cells }) => cells.flatMap(({ value }) => inText(location.line, value))),
    ...(name === '' ? onLine(line, 'has no name: describe what happens') : []),
    ...(steps.length === 0 ? onLine(line, 'has no steps, so it tests nothing', 'defect') : []),
    ...(steps.length > mostSteps ? onLine(line, tooMany) : []),
    ...(steps.length > 0 && !steps.some(isOutcome)
      ? onLine(line, 'has no Then, so it checks nothing: add one', 'defect')
      : []),
  ];
}

const isOutcome = ({ keywordType }: Step): boolean => keywordType === StepKeywordType.OUTCOME;

const inSteps = (steps: readonly Step[]): LineFinding[] =>
  steps.flatMap(({ text, location }) => inText(location.line, text));

function inTags(tags: readonly Tag[]): LineFinding[] {
  return tags.flatMap(({ name, location }) => {
    const wrong = unknownTag(name);
    return wrong === undefined ? [] : onLine(location.line, wrong, name.startsWith('@case:') ? 'defect' : 'tag');
  });
}

function inText(line: number, text: string): LineFinding[] {
  const plain = text.replaceAll(catalogued, '…').replaceAll(/<[^<>]*>/g, '…');
  return forbidden.flatMap(([pattern, sentence]) => {
    const found = pattern.exec(plain)?.[0];
    return found === undefined ? [] : onLine(line, sentence(found.trim()));
  });
}

/** The sentence under the feature's name gives the reason for the feature. */
function inDescription({ description, location: { line } }: Feature): LineFinding[] {
  const why = description.trim();
  const findings = inText(line + 1, why);
  if (why === '')
    return [
      ...findings,
      ...onLine(line, 'has no reason under it: write one sentence about what would go wrong without this feature'),
    ];
  if (/[.?!]$/.test(why)) return findings;
  return [...findings, ...onLine(line + 1, 'is not a complete sentence: end it with a full stop')];
}

function unknownTag(name: string): string | undefined {
  if (Object.hasOwn(plainTags, name)) return undefined;
  const code = /^@case:(.*)$/.exec(name)?.[1];
  if (code === undefined)
    return `has the unknown tag ${name}; known are @case:CODE, ${Object.keys(plainTags).join(', ')}`;
  return isCaseCode(code)
    ? undefined
    : `has the tag of an unknown case: ${code}; the nearest are ${nearest(code, caseCodes).join(', ')}`;
}

/** Scenarios are replayed by name, so each row of an outline needs its own name, too. */
function repeatedNames(features: readonly ReadFeature[]): Finding[] {
  const findings: Finding[] = [];
  const once = (kind: string): ((name: string, at: string) => void) => {
    const first = new Map<string, string>();
    return (name, at) => {
      if (name !== '' && first.has(name))
        findings.push({
          at,
          sentence: `is a second ${kind} named “${name}”; the first is at ${first.get(name)}`,
          kind: 'style',
        });
      else first.set(name, at);
    };
  };
  const [seeFeature, seeScenario] = [once('feature'), once('scenario')];
  for (const { uri, document, pickles } of features) {
    const { feature } = document;
    if (feature === undefined) continue;
    seeFeature(feature.name, `${uri}:${feature.location.line}`);
    const seeRule = once('rule');
    for (const { rule } of feature.children) if (rule) seeRule(rule.name, `${uri}:${rule.location.line}`);
    const lines = scenarioLines(feature);
    for (const { name, astNodeIds } of pickles) seeScenario(name, `${uri}:${lines.get(astNodeIds.at(-1) ?? '') ?? 1}`);
  }
  return findings;
}

/** The line of each scenario, and of each row of examples, by its ID. */
function scenarioLines({ children }: Feature): Map<string, number> {
  const scenarios = children
    .flatMap(({ scenario, rule }) => [scenario, ...(rule?.children.map((child) => child.scenario) ?? [])])
    .filter((scenario) => scenario !== undefined);
  const rows = scenarios.flatMap(({ examples }) => examples).flatMap(({ tableBody }) => tableBody);
  return new Map([...scenarios, ...rows].map(({ id, location }) => [id, location.line]));
}
