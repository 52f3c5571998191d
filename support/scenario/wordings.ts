/** The steps as steps/ words them, for any harness that plays Gherkin, and the scene in which they act. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { fileURLToPath } from 'node:url';
import type { Scene } from './scene.ts';

export interface Wording {
  keyword: 'Given' | 'When' | 'Then';
  /** A Cucumber expression. */
  expression: string;
  code: StepCode;
  /** Where it is written; undefined if the stack does not say. */
  place: { file: string; line: number } | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: the words of an expression have the types of its parameters
export type StepCode = (...words: any[]) => unknown;

type Define = (expression: string, code: StepCode) => void;

const recorded: Wording[] = [];

/** In the order in which they were defined. A harness registers them after it has imported all step files. */
export const wordings: readonly Wording[] = recorded;

const defineAs =
  (keyword: Wording['keyword']): Define =>
  (expression, code) =>
    void recorded.push({ keyword, expression, code, place: caller() });

export const Given = defineAs('Given');
export const When = defineAs('When');
export const Then = defineAs('Then');

/** The file and line that called the function above this one. */
function caller(): Wording['place'] {
  const frame = new Error().stack?.split('\n')[3] ?? ''; // `at file:///a.ts:1:2` or `at name (/a.ts:1:2)`
  const end = /:(\d{1,9}):\d{1,9}\)?$/.exec(frame);
  if (end === null) return undefined;
  const start = frame.endsWith(')') ? frame.indexOf('(') + 1 : frame.indexOf('at ') + 3;
  const address = frame.slice(start, end.index);
  return { file: address.startsWith('file:') ? fileURLToPath(address) : address, line: Number(end[1]) };
}

const played = new AsyncLocalStorage<Scene>();

/** Plays a step; `scene` stands for this scene meanwhile. */
export const playIn = <Result>(one: Scene, step: () => Result): Result => played.run(one, step);

function current(): Scene {
  const one = played.getStore();
  if (one === undefined) throw new Error('No step is being played, so there is no scene.');
  return one;
}

/** The scene of the step that is being played. */
export const scene: Scene = {
  get stack() {
    return current().stack;
  },
  get organization() {
    return current().organization;
  },
  get tenant() {
    return current().tenant;
  },
  get cast() {
    return current().cast;
  },
  get idp() {
    return current().idp!;
  },
  get product() {
    return current().product;
  },
};
