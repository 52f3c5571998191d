/** What had happened before a scenario looks: the same pages and forms over HTTP, with the cookies that people's browsers hold and get. No page is shown. */
import type { Cookie } from 'tough-cookie';
import type { Name } from '../../catalogue/cast.ts';
import { idpOf } from '../../idp/mock.ts';
import { signInScripted } from '../../stack/scripted-sign-in.ts';
import { testLink } from '../../stack/test-link.ts';
import { createVisitor, type Visitor } from '../../stack/visitor.ts';
import type { Scene } from '../scene.ts';
import * as admin from './admin-center.ts';
import { testMail } from './read-mail.ts';
import { snapshot } from './records.ts';
import * as signIn from './sign-in.ts';

/** A visitor in the place of a person's usual browser; afterwards the browser has its cookies. */
async function inPlaceOf<Result>(scene: Scene, who: Name, act: (visitor: Visitor) => Promise<Result>): Promise<Result> {
  const actor = scene.cast[who];
  const visitor = createVisitor({
    onExchange: ({ url, fields, ...rest }) =>
      actor.exchanged({ ...rest, url: url.href, fields: fields.map(([name]) => name) }),
  });
  for (const { name, value, domain, path, httpOnly, secure, sameSite } of await actor.cookies()) {
    await visitor.jar.setCookie(
      `${name}=${value}; Path=${path}${httpOnly ? '; HttpOnly' : ''}${secure ? '; Secure' : ''}; SameSite=${sameSite}`,
      `http://${domain}/`,
    );
  }
  const result = await act(visitor);
  const held = (
    await Promise.all(
      [scene.stack.sp.url, ...idpOf(scene).origins].map((origin) => visitor.jar.getCookies(origin, { allPaths: true })),
    )
  ).flat();
  for (const { key, value } of held) if (key === 'sp_session') actor.sawSession(value);
  await actor.takeCookies(held.map(asInBrowsers));
  return result;
}

const asInBrowsers = ({
  key,
  value,
  domain,
  path,
  httpOnly,
  secure,
  sameSite,
}: Cookie): {
  name: string;
  value: string;
  domain: string;
  path: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite: 'Strict' | 'Lax' | 'None';
} => ({
  name: key,
  value,
  domain: domain!,
  path: path ?? '/',
  httpOnly,
  secure,
  sameSite: sameSite === 'strict' ? 'Strict' : sameSite === 'none' ? 'None' : 'Lax',
});

/** Ada sends a form of Acme's wizard, signed in. */
async function adaSends(
  scene: Scene,
  step: 'test' | 'result',
  fields: readonly (readonly [string, string])[],
): Promise<void> {
  const { url } = scene.stack.sp;
  const profile = (await snapshot(scene)).profiles.find(({ name }) => name === 'Acme');
  if (profile === undefined) throw new Error('Acme has no profile yet');
  await inPlaceOf(scene, 'Ada', async (visitor) => {
    const door = new URL('/login/password', url);
    const { address, password } = scene.cast.Ada;
    if ((await visitor.visit(new URL('/admin', url))).url.pathname !== '/admin')
      await visitor.visit(door, {
        method: 'POST',
        fields: [
          ['address', address],
          ['password', password],
        ],
        from: door,
      });
    const { status, text } = await visitor.visit(new URL(`/admin/sso/${profile.id}/${step}`, url), {
      method: 'POST',
      fields,
      from: new URL('/admin', url),
    });
    if (status >= 400) throw new Error(`Ada’s form was refused: ${text.slice(0, 300)}`);
  });
}

/** Only the mock's sign-in is sure to need no script; any other is given a browser. */
const needsBrowser = (scene: Scene): boolean => !idpOf(scene).can.faults;

export async function asked(scene: Scene, tester: Name): Promise<void> {
  if (scene.scripted) return admin.askForTest(scene, { tester });
  await adaSends(scene, 'test', [['address', scene.cast[tester].address]]);
}

export async function tried(scene: Scene, who: Name): Promise<void> {
  if (scene.scripted || needsBrowser(scene)) return signIn.tryConnection(scene, { who });
  await asked(scene, who);
  const startAt = testLink(await testMail(scene, { who }));
  await inPlaceOf(scene, who, (visitor) =>
    signInScripted({ spUrl: scene.stack.sp.url, person: scene.cast[who], visitor, startAt }),
  );
}

export async function proven(scene: Scene, who: Name): Promise<void> {
  if (scene.scripted || needsBrowser(scene)) return signIn.proveConnection(scene, { who });
  await tried(scene, who);
  await adaSends(scene, 'result', [['mark', 'success']]);
}
