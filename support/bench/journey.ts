/** Duration of the whole successful rehearsal in a real browser, stage by stage. */
import type { Browser } from 'playwright';
import type { Name } from '../catalogue/cast.ts';
import { createCast } from '../scenario/actor.ts';
import type { Scene } from '../scenario/scene.ts';
import { connectByHand, enforce, markTest, sendTest } from '../scenario/tasks/admin-center.ts';
import { openTestLink } from '../scenario/tasks/connection-test.ts';
import { session, verdict, waysIn } from '../scenario/tasks/questions.ts';
import { enterEmailHere, signInAtIdpHere } from '../scenario/tasks/sign-in.ts';
import { testMail } from '../scenario/tasks/test-emails.ts';
import { launchBrowser } from '../stack/browser.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { median } from './median.ts';

export interface Journey {
  medianMs: number;
  stages: readonly { stage: string; medianMs: number }[];
}

/** The ten stages in order; each throws if it does not end as expected. */
const stages: readonly (readonly [string, (scene: Scene) => Promise<void>])[] = [
  ['Ada sets up SSO', connectByHand],
  ['Ada sends Sam a test', (scene) => sendTest(scene, scene.cast.Sam.address)],
  ['the test email arrives', async (scene) => void (await testMail(scene, { who: 'Sam' }))],
  ['Sam opens the link', (scene) => openTestLink(scene, { who: 'Sam' })],
  ['Sam enters the email', (scene) => enterEmailHere(scene, { who: 'Sam', email: scene.cast.Sam.address })],
  ['Sam signs in at the IdP', (scene) => signInAtIdpHere(scene, { who: 'Sam' })],
  [
    'Sam is in the Console',
    async (scene) => must((await session(scene, 'Sam'))?.method === 'sso', 'Sam is signed in through the IdP'),
  ],
  [
    'Ada sees and marks the result',
    async (scene) => {
      must((await verdict(scene)) === 'success', 'the verdict is success');
      await markTest(scene, 'passed');
    },
  ],
  ['Ada enforces SSO', enforce],
  [
    'Sam can sign in only with SSO',
    async (scene) => must((await waysIn(scene, 'Sam')).join() === 'identity provider', 'the password no longer works'),
  ],
];

export async function measureJourney({ runs = 7 } = {}): Promise<Journey> {
  await using stack = await startStack();
  const browser = await launchBrowser();
  try {
    const timings: number[][] = [];
    for (let run = -1; run < runs; run++) {
      const timing = await travel(stack, browser);
      if (run >= 0) timings.push(timing);
    }
    return {
      medianMs: median(timings.map((timing) => timing.reduce((sum, ms) => sum + ms, 0))),
      stages: stages.map(([stage], index) => ({ stage, medianMs: median(timings.map((timing) => timing[index]!)) })),
    };
  } finally {
    await browser.close();
  }
}

/** Plays all stages, in browsers or over HTTP. Returns their durations in milliseconds. */
export async function travel(stack: Stack, browser: Browser, kind: 'browser' | 'http' = 'browser'): Promise<number[]> {
  const { organization, tenant, cast } = nameRehearsal();
  const actors = createCast(cast, () => Promise.resolve(browser), { kind: () => kind });
  const scene: Scene = { stack, organization, tenant, cast: actors };
  const timing: number[] = [];
  for (const [, act] of stages) {
    const begin = performance.now();
    await act(scene);
    timing.push(performance.now() - begin);
  }
  await Promise.all((Object.keys(actors) as Name[]).map((name) => actors[name][Symbol.asyncDispose]()));
  return timing;
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`the journey failed: expected that ${what}`);
}
