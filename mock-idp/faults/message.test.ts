/** Timestamps with milliseconds stay in the past, where those of the correct response are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageFaults } from './message.ts';
import { run } from './messages.fixture.ts';

test('timestamps with milliseconds lie before correct ones, except NotOnOrAfter', () => {
  const phrase = 'timestamps with milliseconds';
  const { honest, faulty } = run(phrase, messageFaults[phrase]);
  const timesIn = (xml: string): Record<string, number[]> => {
    const found = [...xml.matchAll(/ (IssueInstant|AuthnInstant|NotBefore|NotOnOrAfter)="([^"]+)"/g)];
    const byName = Map.groupBy(found, ([, name]) => name!);
    return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(([, , time]) => Date.parse(time!))]));
  };
  const [correct, changed] = [timesIn(honest.xml), timesIn(faulty.xml)];
  assert.match(faulty.xml, / IssueInstant="[^"]+\.123Z"/);
  for (const name of ['IssueInstant', 'AuthnInstant', 'NotBefore'])
    for (const [index, time] of changed[name]!.entries()) assert.equal(correct[name]![index]! - time, 877, name);
  for (const [index, time] of changed.NotOnOrAfter!.entries()) assert.equal(time - correct.NotOnOrAfter![index]!, 123);
});
