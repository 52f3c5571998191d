/**
 * The same story without a browser: in scenarios tagged @scripted people are visitors over HTTP. Mail, signatures,
 * database and pages are the real ones; only the rendering is left out.
 */
import type { Name } from '../../catalogue/cast.ts';
import { idpOf } from '../../idp/mock.ts';
import { signInScripted } from '../../stack/scripted-sign-in.ts';
import { testLink } from '../../stack/test-link.ts';
import type { Visit } from '../../stack/visit.ts';
import { createVisitor, type Visitor } from '../../stack/visitor.ts';
import { sendWizardForm } from '../../stack/wizard-form.ts';
import type { Scene } from '../scene.ts';
import { credentialsAtIdp } from './credentials.ts';
import { testMail } from './read-mail.ts';
import { snapshot } from './records.ts';
import * as session from './sp-session.ts';

interface Party {
  visitor: Visitor;
  /** The page that the person has before them. */
  page: Visit | undefined;
}

/** Keyed by the scenario's own organization: steps hold one and the same scene for all scenarios. */
const parties = new WeakMap<Scene['organization'], Map<Name, Party>>();

export function party(scene: Scene, who: Name): Party {
  const all = parties.get(scene.organization) ?? new Map<Name, Party>();
  parties.set(scene.organization, all);
  const one = all.get(who) ?? {
    visitor: createVisitor({
      timeoutMs: 5_000,
      onExchange: ({ at: sentAt, method, url, status, fields }) =>
        scene.cast[who].exchanged({ at: sentAt, method, url: url.href, status, fields: fields.map(([name]) => name) }),
    }),
    page: undefined,
  };
  all.set(who, one);
  return one;
}

/** Remembers the page, and whatever session came with it. */
async function arrive(scene: Scene, who: Name, page: Visit): Promise<Visit> {
  const one = party(scene, who);
  one.page = page;
  const secret = await session.sessionOf(one.visitor, scene.stack.sp.url);
  if (secret !== undefined) scene.cast[who].sawSession(secret);
  return page;
}

export const at = ({ stack }: Scene, path: string): URL => new URL(path, stack.sp.url);

export const visit = async (scene: Scene, who: Name, url: string | URL): Promise<Visit> =>
  arrive(scene, who, await party(scene, who).visitor.visit(url));

export const post = async (
  scene: Scene,
  who: Name,
  path: string,
  fields: readonly (readonly [string, string])[],
): Promise<Visit> =>
  arrive(
    scene,
    who,
    await party(scene, who).visitor.visit(at(scene, path), { method: 'POST', fields, from: at(scene, path) }),
  );

/** Ada sends the form of a step of Acme's wizard. */
export const sendStep = async (
  scene: Scene,
  name: Step,
  fields: readonly (readonly [string, string])[],
): Promise<Visit> => {
  const form = at(scene, await step(scene, name));
  return arrive(scene, 'Ada', await sendWizardForm(party(scene, 'Ada').visitor, form, fields));
};

export const signInByPassword = async (scene: Scene, who: Name): Promise<Visit> =>
  arrive(scene, who, await session.signInByPassword(party(scene, who).visitor, scene.stack.sp.url, scene.cast[who]));

type Step = 'profile' | 'test' | 'result' | 'enforce' | 'metadata' | 'lift';

/** Address of a step of Acme's wizard, with Ada signed in. */
export async function step(scene: Scene, name: Step): Promise<string> {
  if ((await session.sessionOf(party(scene, 'Ada').visitor, scene.stack.sp.url)) === undefined)
    await signInByPassword(scene, 'Ada');
  const profile = (await snapshot(scene)).profiles.find((one) => one.name === 'Acme');
  if (profile === undefined) throw new Error('Acme has no profile yet');
  return `/admin/sso/${profile.id}/${name}`;
}

export const ask = async (scene: Scene, address: string): Promise<Visit> =>
  sendStep(scene, 'test', [['address', address]]);
export const mark = async (scene: Scene, value: 'success' | 'failure'): Promise<Visit> =>
  sendStep(scene, 'result', [['mark', value]]);

/**
 * From the newest link, or another address, to where the sign-in ends: the Console, a rejection, or a dead end at the
 * identity provider.
 */
export async function follow(scene: Scene, who: Name, { startAt }: { startAt?: string } = {}): Promise<void> {
  const from = startAt ?? testLink(await testMail(scene, { who }));
  await credentialsAtIdp(scene, who);
  const page = await signInScripted({
    spUrl: scene.stack.sp.url,
    person: scene.cast[who],
    visitor: party(scene, who).visitor,
    startAt: from,
    form: idpOf(scene).form,
  }).catch(() => undefined);
  if (page) await arrive(scene, who, page);
}
