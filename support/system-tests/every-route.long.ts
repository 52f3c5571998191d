/**
 * Walks over every route with every sender, method and content type. every-route.test.ts checks that all routes are
 * listed and that each has a sample.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Allowed, allowedChanges } from './allowed-changes.ts';
import { attackRoute, longWalk } from './hostile-walk.ts';
import { openState } from './kept-state.ts';
import { samplesFor } from './route-samples.ts';
import { openVictimsLab } from './victims-lab.ts';

/** This many requests fill the logs, which then drop old entries of the same kind: other tests watch which. */
const forgetting: readonly Allowed[] = allowedChanges.map((one) => ({
  ...one,
  removes: { ...one.removes, 'sp.responses': 1_000, 'sp.audit': 1_000, 'idp.log': 500 },
}));

for (const part of ['lab', 'idp', 'sp'] as const)
  test(`no request of any kind lets a foreign page change anything at the ${part}`, async () => {
    await using lab = await openVictimsLab();
    using state = openState(lab.known.lab);
    const wrong: string[] = [];
    for (const [route, sample] of Object.entries(samplesFor(lab.known)[part]))
      wrong.push(
        ...(await attackRoute(lab, state, { part, route, sample }, { requests: longWalk(), allowed: forgetting })),
      );
    assert.deepEqual(wrong, []);
  });
