/** Steps of features that no step definition matches, or several: a scenario with one of them cannot pass. */
import { type Finding, stepLines } from './feature-style.ts';
import type { ReadFeature } from './read-features.ts';
import type { StepDefinition } from './support-files.ts';
import { adviseOn } from './undefined-steps.ts';

type Definition = Pick<StepDefinition, 'pattern' | 'matchesStepName'>;

export function stepFindings(features: readonly ReadFeature[], definitions: readonly Definition[]): Finding[] {
  const sentences = new Map<string, string | undefined>();
  const sentenceFor = (text: string): string | undefined => {
    if (!sentences.has(text)) sentences.set(text, whyNotPlayed(text, definitions));
    return sentences.get(text);
  };
  const findings = features.flatMap(({ uri, document, pickles }) => {
    const lines = stepLines(document.feature);
    return pickles
      .flatMap(({ steps }) => steps)
      .flatMap(({ text, astNodeIds: [id = ''] }): Finding[] => {
        const sentence = sentenceFor(text);
        return sentence === undefined ? [] : [{ at: `${uri}:${lines.get(id) ?? 1}`, sentence, kind: 'defect' }];
      });
  });
  // A step of a Background or an outline is in several scenarios.
  return [...new Map(findings.map((one) => [`${one.at} ${one.sentence}`, one])).values()];
}

function whyNotPlayed(text: string, definitions: readonly Definition[]): string | undefined {
  const matching = definitions.filter((one) => one.matchesStepName(text));
  if (matching.length === 1) return undefined;
  if (matching.length > 1)
    return `“${text}” matches several steps: ${matching.map(({ pattern }) => String(pattern)).join('; ')}`;
  const { steps, words } = adviseOn(
    text,
    definitions.map(({ pattern }) => String(pattern)),
  );
  const [word] = words;
  return word === undefined
    ? `“${text}” is an unknown step; the nearest is “${steps[0] ?? 'none'}”`
    : `“${text}” has the unknown {${word.parameter}} “${word.typed}”; the nearest is “${word.nearest[0]}”`;
}
