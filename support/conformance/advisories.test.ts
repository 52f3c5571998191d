/** The page of published holes names faults that exist, and has a row for every hole that a fault names. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Fault } from '../../mock-idp/fault.ts';
import { faults, logoutFaults } from '../../mock-idp/faults.ts';
import { organizationTries } from './try-organizations.ts';

const page = readFileSync(new URL('../../docs/conformance/advisories.md', import.meta.url), 'utf8');
const holesIn = (text: string): string[] => text.match(/CVE-\d{4}-\d+/g) ?? [];

/** The holes and the codes of each row. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| advisory'))
  .map((line) => {
    const cells = line.split(' | ');
    const codes = Array.from(cells.at(-1)!.matchAll(/`([^`]+)`/g), ([, code]) => code!);
    return { line, width: cells.length, holes: holesIn(cells[0]!), codes };
  });

const all: readonly Fault[] = Object.values(faults);

test('each row has four cells, and its faults exist', () => {
  assert.ok(rows.length > 40, `${rows.length} rows`);
  const others = [...Object.values(logoutFaults), ...organizationTries.map(({ head }) => head)];
  const known = new Set([...all, ...others].map(({ code }) => code));
  for (const { line, width, codes } of rows) {
    assert.equal(width, 4, line);
    assert.ok(codes.length > 0 || line.includes('None'), line);
    assert.deepEqual(
      codes.filter((code) => !known.has(code)),
      [],
      line,
    );
  }
});

test('each hole that a fault names is in a row with this fault', () => {
  const named = all.flatMap(({ code, rule }) => holesIn(rule).map((hole) => ({ code, hole })));
  assert.ok(named.length > 30, `${named.length} holes`);
  assert.deepEqual(
    named.filter(({ code, hole }) => !rows.some(({ holes, codes }) => holes.includes(hole) && codes.includes(code))),
    [],
  );
});
