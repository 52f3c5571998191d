/** Puts a run's messages back together, scenario by scenario: the steps in words, how each ended, and what was said at it. It forgets a scenario once it is taken. */
import type { Envelope, FeatureChild, TestStepResultStatus } from '@cucumber/messages';

export interface StepPlayed {
  /** `Given Ada has …`, or the name of a hook. */
  text: string;
  status: TestStepResultStatus;
  /** What was wrong, in the words of what threw. */
  message: string | undefined;
  stack: string | undefined;
  /** Where the step is defined, `file:line`. */
  definedAt: string | undefined;
  isHook: boolean;
}

export interface ScenarioPlayed {
  name: string;
  uri: string;
  /** `file:line` of the scenario. */
  at: string;
  feature: string;
  rule: string | undefined;
  status: TestStepResultStatus;
  steps: readonly StepPlayed[];
  /** What was logged at its steps. */
  logs: readonly string[];
}

export interface RunMemory {
  see(message: Envelope): void;
  /** The scenario of a run that ended; it is forgotten afterwards. */
  take(testCaseStartedId: string): ScenarioPlayed;
  /** How many scenarios the run has. */
  planned(): number;
  /** Expressions of all step definitions. */
  expressions(): readonly string[];
}

interface Place {
  feature: string;
  rule: string | undefined;
  line: number;
}
type TestCase = NonNullable<Envelope['testCase']>;
type Pickle = NonNullable<Envelope['pickle']>;
interface Playing {
  testCase: string;
  finished: NonNullable<Envelope['testStepFinished']>[];
  logs: string[];
}

export function rememberRun(): RunMemory {
  const keywords = new Map<string, string>();
  const places = new Map<string, Place>();
  const pickles = new Map<string, Pickle>();
  const cases = new Map<string, TestCase>();
  const definitions = new Map<string, { expression: string; at: string }>();
  const hooks = new Map<string, string>();
  const playing = new Map<string, Playing>();

  function readDocument({ feature }: NonNullable<Envelope['gherkinDocument']>): void {
    if (feature === undefined) return;
    const readChildren = (children: readonly FeatureChild[], rule?: string): void => {
      for (const { scenario, background, rule: inner } of children) {
        for (const { id, keyword } of [...(scenario?.steps ?? []), ...(background?.steps ?? [])])
          keywords.set(id, keyword.trim());
        const rows = scenario?.examples.flatMap(({ tableBody }) => tableBody) ?? [];
        for (const { id, location } of scenario ? [scenario, ...rows] : [])
          places.set(id, { feature: feature.name, rule, line: location.line });
        if (inner) readChildren(inner.children, inner.name);
      }
    };
    readChildren(feature.children);
  }

  return {
    see({ gherkinDocument, pickle, testCase, stepDefinition, hook, testCaseStarted, testStepFinished, attachment }) {
      if (gherkinDocument) readDocument(gherkinDocument);
      if (pickle) pickles.set(pickle.id, pickle);
      if (testCase) cases.set(testCase.id, testCase);
      if (stepDefinition)
        definitions.set(stepDefinition.id, {
          expression: stepDefinition.pattern.source,
          at: place(stepDefinition.sourceReference),
        });
      if (hook)
        hooks.set(
          hook.id,
          hook.name ?? `a check at the ${hook.type?.startsWith('BEFORE') ? 'beginning' : 'end'} of the scenario`,
        );
      if (testCaseStarted)
        playing.set(testCaseStarted.id, { testCase: testCaseStarted.testCaseId, finished: [], logs: [] });
      if (testStepFinished) playing.get(testStepFinished.testCaseStartedId)?.finished.push(testStepFinished);
      if (attachment?.mediaType === 'text/x.cucumber.log+plain')
        playing.get(attachment.testCaseStartedId ?? '')?.logs.push(attachment.body);
    },
    take(id) {
      const { testCase, finished, logs } = playing.get(id)!;
      playing.delete(id);
      const planned = cases.get(testCase)!;
      const pickle = pickles.get(planned.pickleId)!;
      const where = pickle.astNodeIds.map((node) => places.get(node)).findLast((found) => found !== undefined);
      const steps = finished.map(({ testStepId, testStepResult: { status, message, exception } }): StepPlayed => {
        const step = planned.testSteps.find((one) => one.id === testStepId);
        const said = pickle.steps.find((one) => one.id === step?.pickleStepId);
        const definition = definitions.get(step?.stepDefinitionIds?.[0] ?? '');
        const keyword = said?.astNodeIds.map((node) => keywords.get(node)).find((found) => found !== undefined) ?? '';
        return {
          text: said ? `${keyword} ${said.text}`.trim() : (hooks.get(step?.hookId ?? '') ?? 'a hook'),
          status,
          message: exception?.message ?? message,
          stack: exception?.stackTrace ?? message,
          definedAt: definition?.at,
          isHook: said === undefined,
        };
      });
      return {
        name: pickle.name,
        uri: pickle.uri,
        at: `${pickle.uri}:${where?.line ?? 1}`,
        feature: where?.feature ?? '',
        rule: where?.rule,
        status: worst(steps),
        steps,
        logs,
      };
    },
    planned: () => cases.size,
    expressions: () => [...definitions.values()].map(({ expression }) => expression),
  };
}

const place = ({ uri, location }: { uri?: string; location?: { line: number } }): string =>
  `${uri ?? '?'}:${location?.line ?? 1}`;

/** A failure outweighs whatever else there is; a step that was skipped says nothing unless all is skipped on purpose. */
function worst(steps: readonly StepPlayed[]): TestStepResultStatus {
  return (
    (steps.find(({ status }) => status === 'FAILED') ?? steps.find(({ status }) => status !== 'PASSED'))?.status ??
    ('PASSED' as TestStepResultStatus)
  );
}
