/** The terminal output of a run contains no control character from a page, a step or an error. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { createProgress } from './progress-format.ts';
import { runScenarios } from './run-scenarios.ts';

const folder = mkdtempSync(join(tmpdir(), 'progress-'));
after(() => rmSync(folder, { recursive: true }));

const hostile = '\x1b[2J\x1b]0;title\x07\x9b8m\r\u202e\u200b';
const feature = `@scripted
Feature: Hostile

  Rule: PLACE in the rule

    Scenario: PLACE in a name
      Given Acme's SSO profile is set up
      Then the test passes
      And there is no step PLACE
`;

/** The messages of a failed run whose error, log and names contain hostile text. */
async function hostileMessages(): Promise<Envelope[]> {
  const path = join(folder, 'hostile.feature');
  writeFileSync(path, feature);
  const messages: Envelope[] = [];
  const onMessage = (message: Envelope): number => messages.push(message);
  await runScenarios({ paths: [path], workers: 1, formats: ['summary:/dev/null'], onMessage });
  const place = JSON.stringify(hostile).slice(1, -1);
  return messages.map((message) => {
    const text = JSON.stringify(message).replaceAll('PLACE', place);
    const changed = JSON.parse(text) as Envelope;
    const result = changed.testStepFinished?.testStepResult;
    if (result?.exception) result.exception.message = `${hostile}${result.exception.message}${hostile}`;
    if (result?.exception) result.exception.stackTrace = `Error: x\n    at ${hostile} (steps/x.ts:1:1)`;
    const hook = changed.testRunHookFinished;
    if (hook) Object.assign(hook.result, { status: 'FAILED', message: hostile });
    return changed;
  });
}

for (const verbose of [false, true])
  test(`no control character is printed${verbose ? 'with --verbose' : ''}`, async () => {
    const pieces: string[] = [];
    const stream = new PassThrough();
    const see = createProgress({ write: (text) => pieces.push(String(text)), stream }, { verbose });
    for (const message of await hostileMessages()) see(message);
    const printed = pieces.join('');
    assert.match(printed, /⟨U\+202E⟩⟨U\+200B⟩ in a name[\s\S]*there is no step /);
    assert.doesNotMatch(printed, /(?!\n)[\p{Cc}\p{Cf}]/u);
  });
