/**
 * Entry point `sso-rehearsal/cucumber`: registers our steps with the Cucumber that imports it, beside its own steps,
 * hooks and World. What a scenario needs is started when its first step of ours is played.
 */
import { After, AfterAll, Before, BeforeStep, World } from '@cucumber/cucumber';
import { explainAccepted } from '../../support/evidence/accepted-faults.ts';
import { Unable } from '../../support/idp/identity-provider.ts';
import { provideDisposableStacks } from '../../support/package/disposable-stacks.ts';
import { whyPeersUnfit } from '../../support/package/peers.ts';
import { registerWithCucumber } from '../../support/scenario/cucumber-steps.ts';
import { beginScene, endRun, endScene } from '../../support/scenario/guest-run.ts';
import type { Scene } from '../../support/scenario/scene.ts';
import { inPlainWords } from '../../support/scenario/step-failure.ts';
import { playIn } from '../../support/scenario/wordings.ts';
import './all-steps.ts';

export type { Scene } from '../../support/scenario/scene.ts';

provideDisposableStacks();

/** A scenario as far as our steps know it. */
interface Played {
  /** True if people act over HTTP. */
  isScripted: boolean;
  /** The step that is played. */
  step: string;
  scene: Promise<Scene> | undefined;
  /** The scene once it has begun. */
  begun: Scene | undefined;
}

/** On the World, whichever it is, since Cucumber's `world` is a proxy of it. */
const key = Symbol('sso-rehearsal');

/** Undefined if a hook failed before ours. */
const playedOn = (world: object): Played | undefined => (world as { [key]?: Played })[key];

/** The scene of the scenario with this World; it begins if none of our steps was played yet. For steps of your own. */
export function sceneOf(world: object): Promise<Scene> {
  const played = playedOn(world);
  if (played === undefined) throw new Error('sceneOf takes the World of a scenario that is being played.');
  played.scene ??= beginScene({ kind: played.isScripted ? 'http' : 'browser' }).then((scene) => {
    played.begun = scene;
    return scene;
  });
  return played.scene;
}

/** A World with the parts of the scene, for those who have none of their own: `setWorldConstructor(RehearsalWorld)`. */
export class RehearsalWorld<Parameters = unknown> extends World<Parameters> implements Scene {
  get stack() {
    return begunOn(this).stack;
  }

  get organization() {
    return begunOn(this).organization;
  }

  get tenant() {
    return begunOn(this).tenant;
  }

  get cast() {
    return begunOn(this).cast;
  }

  get idp(): NonNullable<Scene['idp']> {
    return begunOn(this).idp!;
  }

  get product(): Scene['product'] {
    return begunOn(this).product;
  }
}

function begunOn(world: object): Scene {
  const begun = playedOn(world)?.begun;
  if (begun === undefined)
    throw new Error('The rehearsal has not begun: play one of its steps before, or await sceneOf(this).');
  return begun;
}

/** As long as the slowest start of the parts, which the first step waits for. */
const timeout = 120_000;

try {
  Before({ name: 'sso-rehearsal' }, function (this: object, { pickle }) {
    const isScripted = pickle.tags.some(({ name }) => name === '@scripted');
    const played: Played = { isScripted, step: '', scene: undefined, begun: undefined };
    Object.defineProperty(this, key, { value: played, configurable: true });
  });
  BeforeStep(function (this: object, { pickleStep }) {
    const played = playedOn(this);
    if (played) played.step = pickleStep.text;
  });
  After({ name: 'sso-rehearsal', timeout }, async function (this: object, { result }) {
    const begun = playedOn(this)?.begun;
    if (begun === undefined) return;
    if (result?.status === 'FAILED') for (const line of await explainAccepted(begun).catch(() => [])) log(this, line);
    await endScene(begun);
  });
  AfterAll({ timeout }, endRun);
  registerWithCucumber(play, { timeout });
} catch (error) {
  if (!/isn't running/.test((error as Error).message)) throw error;
  throw new Error(
    whyPeersUnfit('sso-rehearsal/cucumber', ['@cucumber/cucumber']) ??
      'Import sso-rehearsal/cucumber in a file that Cucumber loads, such as features/sso.js.',
    { cause: error },
  );
}

/** Skips a scenario that needs more than the product or the IdP can do. Says other failures in plain words. */
async function play(world: object, step: () => unknown): Promise<unknown> {
  const scene = await sceneOf(world);
  try {
    return await playIn(scene, step);
  } catch (error) {
    if (!(error instanceof Unable))
      throw await inPlainWords(error, { cast: scene.cast, step: playedOn(world)?.step ?? '' });
    log(world, `Skipped: ${error.message}`);
    return 'skipped';
  }
}

/** A World of the caller's need not be Cucumber's. */
function log(world: object, text: string): void {
  (world as Partial<World>).log?.(text);
}
