/**
 * Every route of the SP, the IdP and the lab, as listed by their routers, gets requests from a foreign page, a foreign
 * Host and an unknown client: nothing changes or grows, except what is allowed by name.
 */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sample } from '../stack/sample.fixture.ts';
import { allowedChanges } from './allowed-changes.ts';
import { writers } from './foreign-requests.ts';
import { attackHelper, startElsewhere } from './helper-servers.ts';
import { assertSampled, attackRoute, evaluated, sendHostile, sendRightly, shortWalk } from './hostile-walk.ts';
import { differences, openState, type StateReader } from './kept-state.ts';
import { type Route, routesOfLab } from './lab-routes.ts';
import { type Samples, samplesFor } from './route-samples.ts';
import { openVictimsLab, type Part, type VictimsLab } from './victims-lab.ts';

let lab: VictimsLab;
let state: StateReader;
let samples: Readonly<Record<Part, Samples>>;
before(async () => {
  lab = await openVictimsLab();
  state = openState(lab.known.lab);
  samples = samplesFor(lab.known);
});
after(async () => {
  state[Symbol.dispose]();
  await lab[Symbol.asyncDispose]();
});

test('the lab listens only on the loopback address', () => {
  assert.ok(lab.helperPorts.length >= 1, 'the mail server was found');
  assert.deepEqual(
    lab.addresses.filter((address) => !address.startsWith('127.0.0.1:')),
    [],
  );
});

test('the lab’s files are readable only by their owner', { skip: process.platform === 'win32' }, () => {
  const { folder } = lab.known.lab;
  assert.deepEqual(
    readdirSync(folder).filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0),
    [],
  );
});

test('no helper server of the lab visits or redirects for a foreign page, or accepts an email from one', async () => {
  const visits: string[] = [];
  await using elsewhere = await startElsewhere((path) => visits.push(path));
  const before = await state.read();
  const wrong: string[] = [];
  for (const port of lab.helperPorts) wrong.push(...(await attackHelper(port, elsewhere.url)));
  assert.deepEqual(wrong, []);
  assert.deepEqual(visits, []);
  assert.deepEqual(differences(before, await state.read()), []);
});

const routesOf = (part: Part): Route[] | Promise<Route[]> => {
  const { rehearsal } = lab.known.lab;
  return part === 'lab' ? routesOfLab(lab.known.lab) : rehearsal.stack[part].control.get<Route[]>('/routes');
};

for (const [part, atLeast] of [
  ['lab', 15],
  ['idp', 30],
  ['sp', 50],
] as const)
  test(`no route of the ${part} lets a foreign page change anything`, async () => {
    const routes = await routesOf(part);
    assert.ok(routes.length >= atLeast, `${routes.length} routes were found`);
    assertSampled(part, routes, samples[part]);
    const wrong: string[] = [];
    for (const [route, routeSample] of sample(Object.entries(samples[part]), 15))
      wrong.push(
        ...(await attackRoute(
          lab,
          state,
          { part, route, sample: routeSample },
          { requests: shortWalk(route.split(' ')[0]!), allowed: allowedChanges },
        )),
      );
    assert.deepEqual(wrong, []);
  });

test('no part stores more than a quarter of a megabyte of a huge message', async () => {
  const pad = 'x'.repeat(900_000);
  const open = (['sp', 'idp'] as const).flatMap((part) =>
    Object.entries(samples[part])
      .filter(([route]) =>
        allowedChanges.some((one) => one.part === part && one.routes.some((path) => `POST ${path}` === route)),
      )
      .map(([route, sample]) => ({ part, route, sample })),
  );
  assert.ok(open.length >= 2, `${open.length} routes take messages from other sites`);
  const request = { sender: writers[0]!, method: 'POST', type: 'urlencoded' } as const;
  const wrong: string[] = [];
  for (const { part, route, sample: routeSample } of sample(open, 2))
    for (const [what, padding] of Object.entries({
      'a long RelayState': () => ({ ...evaluated(routeSample.fields ?? {}), RelayState: pad }),
      'a long name beside the others': () => ({ ...evaluated(routeSample.fields ?? {}), [pad]: 'x' }),
      'a long name alone': () => ({ [pad]: 'x' }),
      'a long message': () => ({ SAMLResponse: pad }),
    })) {
      const before = await state.read();
      await sendHostile(lab, { part, route, sample: { ...routeSample, fields: padding } }, request, {});
      for (const { part: where, added } of differences(before, await state.read()))
        if (Buffer.byteLength(added.join('')) > 250_000) wrong.push(`${route} of the ${part}, ${what}: ${where}`);
    }
  assert.deepEqual(wrong, []);
});

/** The effect of these cannot be seen here. */
const withoutEffect: Readonly<Record<string, string>> = {
  'POST /admin/sso/:profile/choose': 'it only shows the page again',
  'POST /diagnose': 'nothing is kept',
  'POST /:tenant/slo': 'the message before it has ended the sessions',
  'GET /:tenant/sso/continue/:id': 'a link of the walk was followed there before',
  'PUT /control/tenants/:tenant/held': 'the lab has released the response before',
  'POST /control/tenants/:tenant/deliveries': 'no fault is arranged',
  'DELETE /control/tenants/:tenant/apps/:number': 'the lab has put the apps right before',
};

test('from the right page, each of these requests is accepted, and those that write change something', async () => {
  const wrong: string[] = [];
  // The link comes first: other samples supersede its test.
  const isLink = (route: string): number => Number(route.endsWith('/try/:token'));
  for (const part of ['sp', 'lab', 'idp'] as const)
    for (const [route, sample] of Object.entries(samples[part]).toSorted(([a], [b]) => isLink(b) - isLink(a))) {
      const before = await state.read();
      const status = await sendRightly(lab, { part, route, sample });
      if (route in withoutEffect) continue;
      const changed = differences(before, await state.read()).length > 0;
      if (status >= 400 && !/\/(acs|slo)$/.test(route)) wrong.push(`${route} of the ${part}: status ${status}`);
      else if (!route.startsWith('GET') && !changed) wrong.push(`${route} of the ${part} changed nothing`);
    }
  assert.deepEqual(wrong, []);
});

test('no request caused a server error', async () => {
  const { sp, idp } = lab.known.lab.rehearsal.stack;
  assert.deepEqual([await sp.control.get('/errors'), await idp.control.get('/errors')], [[], []]);
});
