/** Failures of steps in plain words: which step could not be done, what is missing, and what the person sees. */
import { names } from '../catalogue/cast.ts';
import { describe } from '../product/driver.ts';
import { ControlError, Unreachable } from '../stack/control.ts';
import type { Scene } from './scene.ts';

/** A step lacks something that it needs; the message names it. */
export class Missing extends Error {}

/** Errors that say all that themselves are returned as they are. Without a step it is a check after the scenario. */
export async function inPlainWords(error: unknown, world: Pick<Scene, 'cast'> & { step: string }): Promise<unknown> {
  const because = reasonOf(error);
  if (because === undefined) return error;
  const { step, cast } = world;
  const pages = await pagesOf(cast, step).catch(() => []);
  const deed = step === '' ? [] : [`Could not do “${step}”.`];
  return new Error([...deed, because, ...pages].join(' '), { cause: error });
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof Missing) return error.message;
  if (error instanceof Unreachable) return `${error.message}.`;
  if (!(error instanceof ControlError)) return undefined;
  const { call, code, status, reason } = error;
  if (code === 'organization-not-found' || (status === 404 && call.includes(' /tenants/')))
    return "Acme is not set up yet. Put “Acme's SSO profile is set up” before this step.";
  if (code === 'organization-exists') return 'Acme is set up already. Remove one of the steps that set it up.';
  if (code === 'profile-not-found') return noProfile;
  return `The ${call.includes(' /tenants/') ? 'IdP' : 'SP'} says: ${reason}.`;
}

export const noProfile = "Acme has no SSO profile. Put “Acme's SSO profile is set up” before this step.";

/** Descriptions of the pages that the people of the step have open. */
async function pagesOf(cast: Scene['cast'], step: string): Promise<string[]> {
  const people = names.filter((name) => new RegExp(`\\b${name}\\b`).test(step)).map((name) => cast[name]);
  const pages = await Promise.all(
    people.map(async (actor) => {
      if ((await actor.drivers()).length === 0) return [];
      const look = await (await actor.current()).look();
      return look.url === '' ? [] : [describe(actor.name, look)];
    }),
  );
  return pages.flat();
}
