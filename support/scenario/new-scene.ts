/** A new scene on the stage that is set: new names, and people with drivers. */
import type { Driver } from '../product/driver.ts';
import { nameRehearsal } from '../stack/rehearsal.ts';
import { createCast } from './actor.ts';
import type { Scene } from './scene.ts';
import { stage } from './stage.ts';

export interface SceneOptions {
  /** Kind of the drivers; read when one is opened. */
  kind: () => Driver['kind'];
  /** Records everything that the browsers do. */
  trace?: boolean;
}

export function newScene({ kind, trace = false }: SceneOptions): Scene {
  const { organization, tenant, cast } = nameRehearsal(stage().product?.names ?? stage().idp.fixed);
  return {
    organization,
    tenant,
    cast: createCast(cast, () => stage().browser(), {
      kind,
      trace,
      isSinglePage: stage().product?.product.recipe.singlePage,
    }),
    get stack() {
      return stage().stack;
    },
    get idp() {
      return stage().idp;
    },
    get product() {
      return stage().product;
    },
  };
}
