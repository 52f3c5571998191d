/** The result page at each point of a test: the timeline, the buttons, and which of them stands out. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { findTest, openingsOf } from '../connection-test.ts';
import { profilesOf } from '../profile.ts';
import {
  askForTest,
  type Browser,
  comeBack,
  goToIdp,
  openWorld,
  type Page,
  type World,
} from '../two-organizations.fixture.ts';

let world: World;
let ada: Browser;
let sam: Browser;
let link: string;
before(async () => {
  world = await openWorld();
});
after(() => world[Symbol.asyncDispose]());
/** A new test. Each begins an hour later, so that no limit for emails is reached. */
beforeEach(async () => {
  world.passEverywhere(3_600_000);
  world.sp.store.run`DELETE FROM tests`;
  world.sp.store.run`UPDATE profiles SET enforced_revision = NULL`;
  [ada, sam] = [await world.signedIn('ada@acme.example'), world.browser()];
  link = await askForTest(world, world.acme, ada);
});

const chrome = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36';
const path = (step = 'result'): string => `/admin/sso/${world.acme.profile}/${step}`;
const result = (): Promise<Page> => ada.get(path());
const minute = 60_000;

/** The moments of the timeline: `done Sent`. */
const moments = ({ text }: Page): string[] =>
  [...text.matchAll(/<li class="moment (\w+)">\n<p><strong>([^<]*)<\/strong>/g)].map(
    ([, how, what]) => `${how} ${what}`,
  );

/** The words of the page, with `@30` for the minute that is half an hour after the start. */
const sentences = ({ words }: Page, start: number): string =>
  words.replaceAll(/([\d-]{10}) ([\d:]{5}) UTC/g, (_, day, at) => `@${(Date.parse(`${day}T${at}Z`) - start) / minute}`);

/** The buttons for the mark, and the links that look like buttons: `off` if disabled, `next` if it stands out. */
const actions = ({ text }: Page): string[] => [
  ...[...text.matchAll(/<button type="submit" name="mark"([^>]*)>([^<]*)</g)].map(
    ([, how, label]) => `${how!.includes('disabled') ? 'off' : how!.includes('secondary') ? 'on' : 'next'} ${label}`,
  ),
  ...[...text.matchAll(/role="button">([^<]*)</g)].map(([, label]) => `next ${label}`),
];

const rejected = async (): Promise<void> => {
  const asked = await goToIdp(sam, 'sam@acme.example');
  await comeBack(world, world.acme, sam, { asked, nameId: 'kim@acme.example' });
};
const signedIn = async (): Promise<void> => {
  await comeBack(world, world.acme, sam, { asked: await goToIdp(sam, 'sam@acme.example') });
};
const mark = (value: string) => ada.fillIn(path(), path(), { mark: value });
const delivered = ['done Sent', 'done Delivered'];
const atIdp = [...delivered, 'done Link opened', 'done At the identity provider'];
const waiting = ['off Mark as passed', 'on Mark as failed'];

interface Point {
  what: string;
  lead: () => unknown;
  shows: readonly string[];
  does: readonly string[];
  /** Of the timeline, with `@30` for half an hour after the test email. */
  says?: string;
}

const points: readonly Point[] = [
  {
    what: 'the email is being sent',
    lead: () => world.sp.store.run`UPDATE tests SET mail_state = 'sending', mail_at = NULL`,
    shows: ['done Sent', 'now Delivered', 'ahead Link opened', 'ahead At the identity provider', 'ahead Result'],
    does: waiting,
    says: 'Delivered now The mail server is taking the email. Link opened to come At',
  },
  {
    what: 'the email failed',
    lead: () => world.sp.store.run`UPDATE tests SET mail_state = 'failed', mail_error = 'No such mailbox.'`,
    shows: ['done Sent', 'failed Not delivered', 'ahead Link opened', 'ahead At the identity provider', 'ahead Result'],
    does: [...waiting, 'next Send a new test email'],
    says: 'Not delivered failed @0 No such mailbox. Link opened to come At',
  },
  {
    what: 'the email was sent',
    lead: () => undefined,
    shows: [...delivered, 'now Link opened', 'ahead At the identity provider', 'ahead Result'],
    does: waiting,
    says:
      'Delivered done @0 The mail server took it. It may be in the spam folder. ' +
      'Link opened now Not yet. The link is valid until @1440 .',
  },
  {
    what: 'the link expired',
    lead: async () => {
      world.passEverywhere(25 * 60 * minute);
      await ada.signIn('ada@acme.example');
    },
    shows: [...delivered, 'failed Link not opened in 24 hours', 'ahead At the identity provider', 'ahead Result'],
    does: [...waiting, 'next Send a new test email'],
    says: 'Delivered done @0 Link not opened in 24 hours failed @1440 At',
  },
  {
    what: 'the link expired after it was opened',
    lead: async () => {
      await sam.get(link);
      world.passEverywhere(25 * 60 * minute);
      await ada.signIn('ada@acme.example');
    },
    shows: [
      ...delivered,
      'done Link opened',
      'ahead At the identity provider',
      'failed Link expired before the sign-in',
    ],
    does: [...waiting, 'next Send a new test email'],
    says: 'Link expired before the sign-in failed @1440 Revision',
  },
  {
    what: 'the link was opened',
    lead: () => sam.get(link),
    shows: [...delivered, 'now Link opened', 'ahead At the identity provider', 'ahead Result'],
    does: waiting,
  },
  {
    what: 'the tester is at the IdP',
    lead: async () => {
      await sam.get(link);
      await goToIdp(sam, 'sam@acme.example');
    },
    shows: [...delivered, 'done Link opened', 'now At the identity provider', 'ahead Result'],
    does: waiting,
  },
  {
    what: 'the tester reports a problem at the IdP',
    lead: async () => {
      await sam.get(link);
      await goToIdp(sam, 'sam@acme.example');
      await sam.post('/try/report', { report: 'not-assigned' });
    },
    shows: [...delivered, 'done Link opened', 'now At the identity provider', 'failed Sam is stuck', 'ahead Result'],
    does: [...waiting, 'next See how to fix it'],
  },
  {
    what: 'there is no response for 30 minutes',
    lead: async () => {
      await sam.get(link);
      await goToIdp(sam, 'sam@acme.example');
      world.passEverywhere(30 * minute);
    },
    shows: [...atIdp, 'failed No response'],
    does: ['off Mark as passed', 'next Mark as failed'],
    says: 'At the identity provider done @0 No response failed @30 Revision',
  },
  {
    what: 'the response was rejected',
    lead: async () => {
      await sam.get(link);
      await rejected();
    },
    shows: [...atIdp, 'failed Response rejected'],
    does: ['off Mark as passed', 'next Mark as failed'],
    says: 'Response rejected failed @0 The IdP signed in a different user. Sam saw the reference ',
  },
  {
    what: 'the rejected test is marked as failed',
    lead: async () => {
      await sam.get(link);
      await rejected();
      await mark('failure');
    },
    shows: [...atIdp, 'failed Response rejected'],
    does: [...waiting, 'next Send a new test email'],
  },
  {
    what: 'the tester signed in after the test was marked as failed',
    lead: async () => {
      await sam.get(link);
      await rejected();
      await mark('failure');
      world.passEverywhere(minute);
      await sam.get(link);
      await signedIn();
    },
    shows: [...atIdp, 'done Sam signed in'],
    does: ['next Mark as passed', 'on Mark as failed'],
  },
  {
    what: 'the tester signed in',
    lead: async () => {
      await sam.get(link);
      await signedIn();
    },
    shows: [...atIdp, 'done Sam signed in'],
    does: ['next Mark as passed', 'on Mark as failed'],
    says: 'At the identity provider done @0 Sam signed in done @0 Revision',
  },
  {
    what: 'the test is marked as passed',
    lead: async () => {
      await sam.get(link);
      await signedIn();
      await mark('success');
    },
    shows: [...atIdp, 'done Sam signed in'],
    does: [...waiting, 'next Go on to Enforce'],
  },
  {
    what: 'the verified revision is enforced',
    lead: async () => {
      await sam.get(link);
      await signedIn();
      await mark('success');
      await ada.fillIn(path('enforce'), path('enforce'), { users: 'sam@acme.example', recovery: 'ada@acme.example' });
    },
    shows: [...atIdp, 'done Sam signed in'],
    does: ['off Mark as passed', 'off Mark as failed'],
  },
  {
    what: 'the profile has changed',
    lead: async () => {
      const { settings } = profilesOf(world.sp.store, 'acme')[0]!;
      const body = { forceAuthn: !settings.forceAuthn };
      await world.control('PATCH', '/organizations/acme/profiles/Main', body);
    },
    shows: [...delivered, 'ahead Link opened', 'ahead At the identity provider', 'failed Superseded'],
    does: [...waiting, 'next Send a new test email'],
    says: 'Superseded failed @0 Because the profile has changed.',
  },
];
for (const { what, lead, shows, does, says = '' } of points)
  test(`the result page when ${what}`, async () => {
    const start = world.clock(world.acme);
    await lead();
    const page = await result();
    assert.deepEqual(moments(page), shows);
    assert.deepEqual(actions(page), does);
    assert.ok(sentences(page, start).includes(says), sentences(page, start));
    const reasons = [...page.text.matchAll(/aria-describedby="([^"]+)"/g)].map(([, id]) => id);
    assert.equal(reasons.length, does.filter((one) => one.startsWith('off')).length);
    for (const id of reasons) assert.ok(page.text.includes(`id="${id}">You cannot mark`), id);
  });

test('each browser that opened the link is named, and the one in which the email was entered', async () => {
  await world.browser().get(link, { 'user-agent': 'LinkScanner/1.0' });
  world.passEverywhere(minute);
  await sam.get(link, { 'user-agent': chrome });
  const opened = await result();
  assert.match(opened.words, /the program “LinkScanner\/1\.0”, .* : perhaps a mail scanner: it has not entered Sam’s/);
  assert.match(opened.words, /Chrome on Windows, .* : it has not entered Sam’s email/);
  world.passEverywhere(minute);
  await goToIdp(sam, 'sam@acme.example');
  const { words } = await result();
  assert.match(words, /Chrome on Windows, .* : here Sam’s email was entered\./);
  const [{ id } = { id: 0 }] = world.sp.store.all<{ id: number }>`SELECT id FROM tests`;
  const openings = openingsOf(world.sp.store, id);
  assert.deepEqual(
    openings.map(({ agent, at, wentOnAt }) => [agent, wentOnAt === undefined ? undefined : wentOnAt - at]),
    [
      ['LinkScanner/1.0', undefined],
      [chrome, minute],
    ],
  );
});

test('an opened link comes with a word about mail scanners, until the tester’s email is entered', async () => {
  await sam.get(link);
  assert.match((await result()).words, /Mail scanners open links too\. The browser in which Sam’s email is entered/);
  await goToIdp(sam, 'sam@acme.example');
  assert.doesNotMatch((await result()).words, /Mail scanners/);
});

test('a new attempt ends the report of the attempt before, and its rejection is an earlier attempt', async () => {
  await sam.get(link);
  await rejected();
  const [, first] = /the reference (\w{8})/.exec((await result()).words)!;
  await sam.post('/try/report', { report: 'not-assigned' });
  const reported = await result();
  assert.match(reported.words, /Sam reported: “I am not assigned to the app, or have no access\.”.*Response rejected/);
  await signedIn();
  const { words } = await result();
  assert.doesNotMatch(words, /Sam reported/);
  assert.match(words, new RegExp(`Earlier attempts .*reference ${first}: `));
  assert.doesNotMatch(words, /Other responses/);
});

test('an email has the time at which the mail server took it, on the clock of the organization', async () => {
  world.pass(world.acme, -minute);
  link = await askForTest(world, world.acme, ada);
  const [{ id } = { id: 0 }] = world.sp.store.all<{ id: number }>`SELECT max(id) AS id FROM tests`;
  assert.equal(findTest(world.sp.store, id)!.mailAt, world.clock(world.acme));
  world.pass(world.acme, minute);
});

test('the reference that the tester sees is on the result page', async () => {
  await sam.get(link);
  const asked = await goToIdp(sam, 'sam@acme.example');
  const shown = await comeBack(world, world.acme, sam, { asked, nameId: 'kim@acme.example' });
  const [, reference] = /the reference\s+(\w{8})/.exec(shown.words)!;
  assert.match((await result()).words, new RegExp(`Sam saw the reference ${reference} \\.`));
});

test('the page keeps itself up to date while the test is pending, and may fetch nothing from elsewhere', async () => {
  const before = await result();
  assert.match(before.text, /<script nonce="[^"]+" type="module" src="\/assets\/sp\.js"\s+data-live>/);
  assert.match(before.policy!, /;connect-src 'self'$/);
  const version = ({ text }: Page): string => /id="result" data-live="(\w{64})"/.exec(text)![1]!;
  assert.equal(version(await result()), version(before), 'nothing has happened');
  await sam.get(link);
  const opened = await result();
  assert.notEqual(version(opened), version(before));
  await signedIn();
  const ended = await result();
  assert.doesNotMatch(ended.text, /data-live>/);
  assert.doesNotMatch(ended.policy!, /connect-src/);
  const states = (page: Page): string => /<div id="steps" data-live="\w{64}">(.*?)<\/div>/s.exec(page.text)![1]!;
  assert.match(states(opened), /Result <span class="state">waiting</);
  assert.match(states(ended), /Result <span class="state">next</);
  assert.match(opened.words, /Refresh now/, 'without script');
});

/** The steps with their states. */
const steps = ({ text }: Page): string[] =>
  [...text.matchAll(/<li class="(done|next|waiting|open|locked)"><a [^>]*>(\w+)/g)].map(
    ([, how, step]) => `${how} ${step}`,
  );

test('the steps show what is done, what is next and what is locked', async () => {
  world.sp.store.run`DELETE FROM tests`;
  assert.deepEqual(steps(await result()), ['done Profile', 'next Test', 'locked Result', 'locked Enforce']);
  link = await askForTest(world, world.acme, ada);
  assert.deepEqual(steps(await result()), ['done Profile', 'done Test', 'waiting Result', 'locked Enforce']);
  await sam.get(link);
  await signedIn();
  assert.deepEqual(steps(await result()), ['done Profile', 'done Test', 'next Result', 'locked Enforce']);
  await mark('success');
  assert.deepEqual(steps(await result()), ['done Profile', 'done Test', 'done Result', 'next Enforce']);
  await ada.fillIn(path('enforce'), path('enforce'), { users: 'sam@acme.example', recovery: 'ada@acme.example' });
  assert.deepEqual(steps(await result()), ['done Profile', 'done Test', 'done Result', 'done Enforce']);
  await world.control('PATCH', '/organizations/acme/profiles/Main', { sloUrl: 'https://idp.acme.example/out' });
  assert.deepEqual(steps(await result()), ['done Profile', 'next Test', 'locked Result', 'open Enforce']);
  await ada.post('/admin/sso', { name: 'Empty' });
  const { id } = profilesOf(world.sp.store, 'acme').at(-1)!;
  const empty = await ada.get(`/admin/sso/${id}/test`);
  assert.deepEqual(steps(empty), ['next Profile', 'locked Test', 'locked Result', 'locked Enforce']);
  assert.match(empty.text, /disabled aria-describedby="not-yet">Send test email/);
});
