/** Assertions of Then steps. A failure says what was expected, what was received and what the person sees. */
import { isDeepStrictEqual } from 'node:util';
import type { Name } from '../catalogue/cast.ts';
import { Unable } from '../idp/identity-provider.ts';
import { describe } from '../product/driver.ts';
import { type Label, says } from '../product/label.ts';
import type { Scene } from './scene.ts';
import { Missing } from './step-failure.ts';

/** The sentence of a Then is false. */
export class NotAsExpected extends Error {}

/** Its stack begins at the caller of `expectation`, which is the step. */
function fail(expectation: (...args: never[]) => unknown, message: string): never {
  const error = new NotAsExpected(message);
  Error.captureStackTrace(error, expectation);
  throw error;
}

/** “Expected the test to pass, received “waiting”.” unless the two are equal. */
export function expectEqual(sentence: string, received: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(received, expected)) fail(expectEqual, `Expected ${sentence}, received ${inWords(received)}.`);
}

/** The same about one person, with the page that this person sees. */
export async function expectOf(
  scene: Scene,
  who: Name,
  [sentence, received, expected]: [sentence: string, received: unknown, expected: unknown],
): Promise<void> {
  if (isDeepStrictEqual(received, expected)) return;
  fail(expectOf, `Expected ${sentence}, received ${inWords(received)}. ${await pageOf(scene, who)}`);
}

/** The texts of our own pages; those of a product under test are its own. */
function needOwnPages({ product }: Scene): void {
  if (product) throw new Unable(`${product.product.recipe.name} may say that in other words: use {actor} sees "…"`);
}

/** Unless the page that the person has open, which is one of ours, says this; `that` says it in words. */
export async function expectPage(scene: Scene, who: Name, [that, text]: [that: string, text: Label]): Promise<void> {
  needOwnPages(scene);
  await expectShown(scene, who, [that, text]);
}

/** The same of any page. */
export async function expectShown(scene: Scene, who: Name, [that, text]: [that: string, text: Label]): Promise<void> {
  if (typeof text === 'string' && text.trim() === '') throw new Missing('The text is empty: every page has it.');
  const look = await (await scene.cast[who].current()).look();
  const isShown = look.url !== '' && !look.isUnreachable;
  if (isShown && [look.text, look.heading, look.alert ?? ''].some((one) => says(one, text))) return;
  const received = isShown ? 'another page' : 'no page';
  fail(expectShown, `Expected ${who} to see ${that}, received ${received}. ${describe(who, look)}`);
}

/** Unless this part of a person's page says this. */
export async function expectPart(
  scene: Scene,
  who: Name,
  [sentence, received, text]: [sentence: string, received: string, text: Label],
): Promise<void> {
  needOwnPages(scene);
  if (says(received, text)) return;
  fail(expectPart, `Expected ${sentence}, received ${inWords(received)}. ${await pageOf(scene, who)}`);
}

/** Unless the text of one of our pages says this. */
export function expectText(
  scene: Scene,
  [sentence, received, text]: [sentence: string, received: string, text: Label],
): void {
  needOwnPages(scene);
  if (!says(received, text)) fail(expectText, `Expected ${sentence}, received the page “${received}”.`);
}

const pageOf = async ({ cast }: Scene, who: Name): Promise<string> =>
  describe(who, await (await cast[who].current()).look());

/** Values as a reader says them: “success”; none; “sam@acme.example”, closed: 1. */
function inWords(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'none';
  if (typeof value === 'string') return `“${value}”`;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(inWords).join(', ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([key, one]) => `${key}: ${inWords(one)}`)
    .join(', ');
}

/** States of a test that may still pass. */
const pending: readonly (string | undefined)[] = ['waiting', 'opened', 'at-idp'];

/** Unless the test exists and has not ended. */
export function expectPending(test: string, state: string | undefined): void {
  if (!pending.includes(state))
    fail(expectPending, `Expected ${test} to be still pending, received ${inWords(state)}.`);
}
