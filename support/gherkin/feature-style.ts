/** The style of the features: what a scenario may say, and how much of it. It reads Gherkin and plays nothing. */
import type { Background, Feature, GherkinDocument, Pickle, Scenario, Step, Tag } from '@cucumber/messages';
import { caseCodes, isCaseCode } from '../../sp/cases.ts';
import { nearest } from '../catalogue/nearest.ts';
import { patternOfAll, vocabularies } from '../catalogue/vocabularies.ts';

/** Tags that need no catalogue, each with what it says of a scenario. */
export const plainTags: Readonly<Record<string, string>> = {
  '@scripted': 'people are visitors over HTTP instead of browsers',
  '@any-idp': 'needs nothing but an honest identity provider, so a real one can play it',
};

export const mostSteps = 5;

export interface ReadFeature {
  uri: string;
  document: GherkinDocument;
  pickles: readonly Pickle[];
}

export interface Finding {
  /** `file:line` */
  at: string;
  /** What is wrong, and what to write instead. */
  sentence: string;
}

/** Patterns that no text of a feature may match, each with what to say about the match. */
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
    /\b(?:click(?:s|ed|ing)?|press(?:es|ed|ing)?|tap(?:s|ped|ping)?|hover(?:s|ed|ing)?|scroll(?:s|ed|ing)?|drag(?:s|ged|ging)?|types|typed|typing|ticks|unticks|selects)\b/i,
    (found) => `says “${found}”: say what the person wants, not what the hand does`,
  ],
  [
    /\b(?:buttons?|web ?pages?|pages?|fields?|text ?box(?:es)?|input box(?:es)?|check ?box(?:es)?|drop-?downs?|menus?|screens?|link text|placeholders?|pop-?ups?|tabs?)\b/i,
    (found) => `says “${found}”: say what the person does or learns, not what it looks like`,
  ],
  [
    /https?:\/\/\S*|\bwww\.\S+|\b[\w-]+\.(?:localhost|com|org|net|example)\b|(?<=^|\s)\/\w[\w/-]*/i,
    (found) => `holds the address “${found}”: name whose it is instead`,
  ],
  [
    /(?<!:)\/\/\*?\w*\[?|\[@|(?<=^|\s)[#.][a-z][\w-]*|\bdata-[a-z-]+\b/i,
    (found) => `holds “${found}”, which looks like XPath or a selector: name what a person sees`,
  ],
  [
    /\b[1-5]\d\d\b(?! (?:seconds|minutes|hours|days|levels|megabytes|characters))/,
    (found) => `holds “${found}”, which looks like a status code: say what it means`,
  ],
];

/** Words of the catalogues may say what they like: they are a dictionary of their own. */
const catalogued = new RegExp(`\\b(?:${patternOfAll(Object.values(vocabularies).flat())})\\b`, 'g');

export function styleFindings(features: readonly ReadFeature[]): Finding[] {
  return [...features.flatMap(findingsOf), ...repeatedNames(features)];
}

function findingsOf({ uri, document: { feature } }: ReadFeature): Finding[] {
  if (feature === undefined) return [{ at: `${uri}:1`, sentence: 'holds no feature' }];
  const at = (line: number): string => `${uri}:${line}`;
  const findings: Finding[] = [];
  const say = (line: number, sentence: string): void => void findings.push({ at: at(line), sentence });
  const read = (line: number, text: string): void => {
    const plain = text.replaceAll(catalogued, '…').replaceAll(/<[^>]*>/g, '…');
    for (const [pattern, sentence] of forbidden) {
      const found = pattern.exec(plain)?.[0];
      if (found !== undefined) say(line, sentence(found.trim()));
    }
  };
  const readTags = (tags: readonly Tag[]): void => {
    for (const { name, location } of tags) {
      const wrong = unknownTag(name);
      if (wrong !== undefined) say(location.line, wrong);
    }
  };
  const readSteps = (steps: readonly Step[]): void => steps.forEach(({ text, location }) => read(location.line, text));
  const readScenario = (scenario: Scenario): void => {
    read(scenario.location.line, scenario.name);
    readTags([...scenario.tags, ...scenario.examples.flatMap(({ tags }) => tags)]);
    readSteps(scenario.steps);
    for (const { location, cells } of scenario.examples.flatMap(({ tableBody }) => tableBody))
      cells.forEach(({ value }) => read(location.line, value));
    if (scenario.name === '') say(scenario.location.line, 'has no name: say what happens');
    if (scenario.steps.length === 0) say(scenario.location.line, 'has no steps, so it proves nothing');
    if (scenario.steps.length > mostSteps)
      say(
        scenario.location.line,
        `has ${scenario.steps.length} steps and may have ${mostSteps}: move what is given into a Background, or split it`,
      );
  };
  const readBackground = (background: Background): void => readSteps(background.steps);

  read(feature.location.line, feature.name);
  readTags(feature.tags);
  readWhy(feature, read, say);
  for (const { background, scenario, rule } of feature.children) {
    if (background) readBackground(background);
    if (scenario) {
      say(scenario.location.line, 'stands outside every Rule: put it under the Rule that it shows');
      readScenario(scenario);
    }
    if (!rule) continue;
    read(rule.location.line, rule.name);
    readTags(rule.tags);
    if (rule.name === '') say(rule.location.line, 'is a Rule that says nothing');
    if (!rule.children.some((child) => child.scenario)) say(rule.location.line, 'is a Rule without a scenario');
    for (const child of rule.children) {
      if (child.background) readBackground(child.background);
      if (child.scenario) readScenario(child.scenario);
    }
  }
  return findings;
}

function readWhy(
  { description, location }: Feature,
  read: (line: number, text: string) => void,
  say: (line: number, sentence: string) => void,
): void {
  const why = description.trim();
  read(location.line + 1, why);
  if (why === '') say(location.line, 'has no sentence of why under it: what would go wrong without this feature?');
  else if (!/[.?!]$/.test(why)) say(location.line + 1, 'is not a whole sentence of why: end it with a full stop');
}

function unknownTag(name: string): string | undefined {
  if (Object.hasOwn(plainTags, name)) return undefined;
  const code = /^@case:(.*)$/.exec(name)?.[1];
  if (code === undefined)
    return `has the unknown tag ${name}; known are @case:CODE, ${Object.keys(plainTags).join(', ')}`;
  return isCaseCode(code)
    ? undefined
    : `has the tag of a case that is not there: ${code}; the nearest are ${nearest(code, caseCodes).join(', ')}`;
}

/** A scenario is replayed by its name, so every row of an outline needs one of its own as well. */
function repeatedNames(features: readonly ReadFeature[]): Finding[] {
  const findings: Finding[] = [];
  const once = (kind: string): ((name: string, at: string) => void) => {
    const first = new Map<string, string>();
    return (name, at) => {
      if (name !== '' && first.has(name))
        findings.push({ at, sentence: `is a second ${kind} named “${name}”; the first is at ${first.get(name)}` });
      else first.set(name, at);
    };
  };
  const [seeFeature, seeScenario] = [once('feature'), once('scenario')];
  for (const {
    uri,
    document: { feature },
    pickles,
  } of features) {
    if (feature === undefined) continue;
    seeFeature(feature.name, `${uri}:${feature.location.line}`);
    const seeRule = once('rule');
    const lines = new Map<string, number>();
    for (const { scenario, rule } of feature.children) {
      if (rule) seeRule(rule.name, `${uri}:${rule.location.line}`);
      for (const one of [scenario, ...(rule?.children.map((child) => child.scenario) ?? [])].filter(
        (each) => each !== undefined,
      )) {
        lines.set(one.id, one.location.line);
        for (const { id, location } of one.examples.flatMap(({ tableBody }) => tableBody)) lines.set(id, location.line);
      }
    }
    for (const { name, astNodeIds } of pickles) seeScenario(name, `${uri}:${lines.get(astNodeIds.at(-1) ?? '') ?? 1}`);
  }
  return findings;
}
