/** Evidence contains what happened, but no secrets, and its own errors do not fail a scenario. Played over HTTP. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { load } from 'cheerio';
import { arrange } from '../../mock-idp/faults.ts';
import { playedProducts } from '../catalogue/identity-products.ts';
import { Unable } from '../idp/identity-provider.ts';
import { createCast } from '../scenario/actor.ts';
import type { Scene } from '../scenario/scene.ts';
import { takeTest } from '../scenario/tasks/connection-test.ts';
import { playProduct } from '../scenario/tasks/idp-product.ts';
import { snapshot } from '../scenario/tasks/records.ts';
import { connect, sendFaults } from '../scenario/tasks/set-up.ts';
import { testMail } from '../scenario/tasks/test-emails.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { testLink } from '../stack/test-link.ts';
import { explainAccepted } from './accepted-faults.ts';
import { type Attach, collectEvidence } from './collect.ts';
import { lanes } from './sequence-diagram.ts';

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

interface Piece {
  title: string;
  mediaType: string;
  text: string;
}

function sceneOf(): Scene {
  const { organization, tenant, cast } = nameRehearsal();
  const noBrowser = (): Promise<never> => Promise.reject(new Error('there is no browser here'));
  return {
    stack,
    organization,
    tenant,
    cast: createCast(cast, noBrowser, { kind: () => 'http' }),
  };
}

function catcher(): Attach & { pieces: Piece[]; logs: string[] } {
  const pieces: Piece[] = [];
  const logs: string[] = [];
  return {
    pieces,
    logs,
    attach: (data, { mediaType, fileName }) => void pieces.push({ title: fileName, mediaType, text: data.toString() }),
    log: (text) => void logs.push(text),
  };
}

/** Ada sends a test, Sam takes it, and the response has a different Audience. */
async function play(scene: Scene): Promise<ReturnType<typeof catcher>> {
  const caught = catcher();
  const evidence = collectEvidence(scene, caught);
  await connect(scene);
  await sendFaults(scene, [arrange('an assertion with a different Audience')]);
  await evidence.step({ outcome: false });
  await takeTest(scene, { who: 'Sam' });
  await evidence.step({ outcome: true });
  await evidence.whole({ scenario: 'Sam (the tester) is let in', uri: 'features/x.feature', failed: true });
  return caught;
}

test('evidence of a rejected response: a diagram, the marked response, the email, records and a story', async () => {
  const { pieces, logs } = await play(sceneOf());
  const piece = (title: string): string =>
    pieces.find((one) => one.title.startsWith(title))?.text ??
    assert.fail(`there is no ${title} among ${pieces.map((one) => one.title).join(', ')}`);

  const picture = load(piece('Sequence diagram'), { xml: true });
  const rows = picture('g > title')
    .map((_, row) => picture(row).text())
    .get();
  assert.equal(picture('.name').length, Object.keys(lanes).length);
  const order = [
    'Ada: test asked – ',
    'Email to Sam',
    'The link in Sam’s email',
    'Sam: GET /try/… · 303',
    'Sam: AuthnRequest · ',
    'Sam signed in',
    'SAML response: Success, an assertion with a different Audience',
    'Sam: SAML response · ',
    'Rejected: audience-mismatch',
  ];
  const positions = order.map((label) => rows.findIndex((row) => row.startsWith(label)));
  assert.deepEqual(
    positions,
    positions.toSorted((a, b) => a - b),
    `in order: ${rows.join(' | ')}`,
  );
  assert.ok(!positions.includes(-1), `all there: ${rows.join(' | ')}`);

  const message = load(piece('SAML response, rejected: audience-mismatch'));
  assert.equal(message('mark').length, 1);
  assert.match(message('mark').text(), /<saml:Audience>https:\/\/elsewhere/);
  assert.match(message('.findings').text(), /the administrator of the identity provider/);
  assert.match(piece('AuthnRequest'), /samlp:AuthnRequest/);
  assert.match(piece('Email to Sam'), /Subject: Ada asks you to test single sign-on for Acme/);
  assert.match(piece('Email to Sam, rendered'), /<html/);
  assert.match(piece('Sam sees'), /The SSO test failed/);
  assert.equal(JSON.parse(piece('Service provider records')).responses[0].verdict, 'audience-mismatch');
  assert.match(
    logs.join('\n'),
    /rejected as audience-mismatch[\s\S]*npm run bdd -- --name "\^Sam \\\(the tester\\\) is let in\$"/,
  );
});

test('the fix is in the words of the product that the IdP plays', async () => {
  const scene = sceneOf();
  const { logs, attach, log } = catcher();
  const evidence = collectEvidence(scene, { attach, log });
  await connect(scene);
  await playProduct(scene, playedProducts.find(({ code }) => code === 'entra')!);
  await evidence.step({ outcome: false });
  await takeTest(scene, { who: 'Sam' });
  await evidence.step({ outcome: true });
  await evidence.whole({ scenario: 'Sam is let in', uri: 'features/x.feature', failed: true });
  assert.match(logs.join('\n'), /rejected as message-not-signed[\s\S]*Fix in Entra ID: .*Signing Option/);
});

/** Secrets of this scene that would let a reader sign in. */
async function secretsOf(scene: Scene): Promise<string[]> {
  const { responses } = await snapshot(scene);
  const signatures = responses.flatMap(({ xml = '' }) =>
    [...xml.matchAll(/SignatureValue[^>]*>([^<]+)</g)].map(([, value]) => value!.slice(0, 40)),
  );
  const sessions = (await Promise.all(Object.values(scene.cast).map((actor) => actor.sessionsSeen()))).flat();
  const token = testLink(await testMail(scene, { who: 'Sam' })).split('/try/')[1]!;
  assert.ok(signatures.length > 0 && sessions.length > 0, 'there is something to hide');
  return [
    ...signatures,
    ...sessions,
    token,
    ...Object.values(scene.cast).flatMap(({ password, idpPassword }) => [password, idpPassword]),
  ];
}

test('evidence contains no password, session, link or signature unless requested', async () => {
  const hidden = sceneOf();
  const { pieces, logs } = await play(hidden);
  const all = JSON.stringify([pieces, logs]);
  assert.deepEqual(
    (await secretsOf(hidden)).filter((secret) => all.includes(secret)),
    [],
  );

  process.env.SHOW_SECRETS = '1';
  try {
    const shown = sceneOf();
    const open = JSON.stringify((await play(shown)).pieces);
    assert.ok(
      open.includes(testLink(await testMail(shown, { who: 'Sam' })).split('/try/')[1]!),
      'the link is there when asked for',
    );
  } finally {
    delete process.env.SHOW_SECRETS;
  }
});

test('evidence that is not available is noted, and the scenario continues', async () => {
  const scene = sceneOf();
  const caught = catcher();
  const broken: Scene = {
    ...scene,
    stack: {
      ...stack,
      sp: {
        ...stack.sp,
        control: { ...stack.sp.control, get: () => Promise.reject(new Error('the records are gone')) },
      },
    },
  };
  const evidence = collectEvidence(broken, caught);
  await evidence.step({ outcome: true });
  await evidence.whole({ scenario: 'Any', uri: 'features/x.feature', failed: false });
  assert.match(caught.logs.join('\n'), /is missing from the evidence: the records are gone/);

  const deaf: Attach = {
    attach: () => {
      throw new Error('cannot attach');
    },
    log: () => undefined,
  };
  const withoutAttach = collectEvidence(scene, deaf);
  await connect(scene);
  await takeTest(scene, { who: 'Sam' });
  await withoutAttach.step({ outcome: true });
  await withoutAttach.whole({ scenario: 'Any', uri: 'features/x.feature', failed: true });
});

test('evidence of a product with neither records nor emails has the requests, and no note', async () => {
  const scene = sceneOf();
  const caught = catcher();
  const unable = (): Promise<never> => Promise.reject(new Unable('only its pages are played'));
  const { sp, mailbox } = stack;
  const product: Scene = {
    ...scene,
    stack: {
      ...stack,
      sp: { ...sp, control: { ...sp.control, get: unable } },
      mailbox: { ...mailbox, messagesTo: unable },
    },
  };
  const evidence = collectEvidence(product, caught);
  await (await scene.cast.Sam.driver()).open(new URL('/login', sp.url));
  await evidence.step({ outcome: true });
  await evidence.whole({ scenario: 'Any', uri: 'features/x.feature', failed: true });
  assert.match(caught.logs.join('\n'), /^Events:\n {2}· Sam: GET \/login · 200\nRun it again: /);
  assert.doesNotMatch(caught.logs.join('\n'), /is missing/);
});

test('for an accepted fault, the amount from which it is rejected is shown, even without evidence', async () => {
  const scene = sceneOf();
  await connect(scene);
  await sendFaults(scene, [arrange('an assertion that expired 1 minutes ago')]);
  await takeTest(scene, { who: 'Sam' });
  assert.match(
    (await explainAccepted(scene)).join('\n'),
    /^“an assertion that expired 1 minutes ago” .* 3 minutes on\.$/,
  );
  const rejected = sceneOf();
  await play(rejected);
  assert.deepEqual(await explainAccepted(rejected), []);
});
