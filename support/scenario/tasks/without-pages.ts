/** What people do without a page being shown: the same forms over HTTP, with the cookies of their browsers. */
import type { Cookie } from 'tough-cookie';
import type { Name } from '../../catalogue/cast.ts';
import { idpOf } from '../../idp/mock.ts';
import { createVisitor, type Visitor } from '../../stack/visitor.ts';
import { sendWizardForm } from '../../stack/wizard-form.ts';
import type { BrowserCookie } from '../actor.ts';
import type { Scene } from '../scene.ts';
import { snapshot } from './records.ts';
import * as scripted from './scripted.ts';
import { sessionCookie, sessionOf, signInByPassword } from './sp-session.ts';

/** A visitor in the place of a person's usual browser; afterwards the browser has its cookies. */
export async function inPlaceOf<Result>(
  scene: Scene,
  who: Name,
  act: (visitor: Visitor) => Promise<Result>,
): Promise<Result> {
  const actor = scene.cast[who];
  const visitor = createVisitor({
    onExchange: ({ url, fields, ...rest }) =>
      actor.exchanged({ ...rest, url: url.href, fields: fields.map(([name]) => name) }),
  });
  for (const cookie of await actor.cookies()) await giveCookie(visitor, cookie);
  const result = await act(visitor);
  const origins = [scene.stack.sp.url, ...idpOf(scene).origins];
  const held = await Promise.all(origins.map((origin) => visitor.jar.getCookies(origin, { allPaths: true })));
  const cookies = held.flat().map(asInBrowsers);
  for (const { name, value } of cookies) if (name === sessionCookie) actor.sawSession(value);
  await actor.takeCookies(cookies);
  return result;
}

/** The visitor holds this cookie of a browser from now on. */
export async function giveCookie(
  visitor: Visitor,
  { name, value, domain, path, httpOnly, secure, sameSite }: BrowserCookie,
): Promise<void> {
  const attributes = `Path=${path}${httpOnly ? '; HttpOnly' : ''}${secure ? '; Secure' : ''}; SameSite=${sameSite}`;
  await visitor.jar.setCookie(`${name}=${value}; ${attributes}`, `http://${domain}/`);
}

const asInBrowsers = ({ key, value, domain, path, httpOnly, secure, sameSite }: Cookie): BrowserCookie => ({
  name: key,
  value,
  domain: domain!,
  path: path ?? '/',
  httpOnly,
  secure,
  sameSite: sameSite === 'strict' ? 'Strict' : sameSite === 'none' ? 'None' : 'Lax',
});

/** Signs in by password and hands the cookie to the person's usual browser. */
export async function signInUnseen({ stack, cast }: Scene, who: Name): Promise<void> {
  const visitor = createVisitor();
  await signInByPassword(visitor, stack.sp.url, cast[who]);
  const secret = await sessionOf(visitor, stack.sp.url);
  if (secret === undefined) throw new Error(`${who} could not sign in with the password`);
  cast[who].sawSession(secret);
  await cast[who].takeCookies([
    {
      name: sessionCookie,
      value: secret,
      domain: new URL(stack.sp.url).hostname,
      path: '/',
      httpOnly: true,
      secure: false,
      sameSite: 'Lax',
    },
  ]);
}

/** Ada sends a form of Acme's wizard, signed in. */
export async function sendAdasForm(
  scene: Scene,
  step: 'test' | 'result',
  fields: readonly (readonly [string, string])[],
): Promise<void> {
  const { url } = scene.stack.sp;
  const profile = (await snapshot(scene)).profiles.find(({ name }) => name === 'Acme');
  if (profile === undefined) throw new Error('Acme has no profile yet');
  const center = new URL('/admin', url);
  await inPlaceOf(scene, 'Ada', async (visitor) => {
    if ((await visitor.visit(center)).url.pathname !== '/admin') await signInByPassword(visitor, url, scene.cast.Ada);
    const { status, text } = await sendWizardForm(visitor, new URL(`/admin/sso/${profile.id}/${step}`, url), fields);
    if (status >= 400) throw new Error(`Ada’s form was refused: ${text.slice(0, 300)}`);
  });
}

export async function askForTestUnseen(scene: Scene, tester: Name): Promise<void> {
  const { address } = scene.cast[tester];
  if (scene.scripted) await scripted.ask(scene, address);
  else await sendAdasForm(scene, 'test', [['address', address]]);
}
