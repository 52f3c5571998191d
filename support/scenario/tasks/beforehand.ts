/** What had happened before a scenario looks, without a page being shown where the sign-in needs no script. */
import type { Name } from '../../catalogue/cast.ts';
import { idpOf } from '../../idp/mock.ts';
import { signInScripted } from '../../stack/scripted-sign-in.ts';
import { testLink } from '../../stack/test-link.ts';
import type { Scene } from '../scene.ts';
import { proveConnection, tryConnection } from './connection-test.ts';
import { testMail } from './read-mail.ts';
import { askForTestUnseen, inPlaceOf, sendAdasForm } from './without-pages.ts';

/** Only the mock's sign-in is sure to need no script; any other is given a browser. */
const needsBrowser = (scene: Scene): boolean => !idpOf(scene).can.faults;

export async function tried(scene: Scene, who: Name): Promise<void> {
  if (scene.scripted || needsBrowser(scene)) return tryConnection(scene, { who });
  await askForTestUnseen(scene, who);
  const startAt = testLink(await testMail(scene, { who }));
  await inPlaceOf(scene, who, (visitor) =>
    signInScripted({ spUrl: scene.stack.sp.url, person: scene.cast[who], visitor, startAt }),
  );
}

export async function proven(scene: Scene, who: Name): Promise<void> {
  if (scene.scripted || needsBrowser(scene)) return proveConnection(scene, { who });
  await tried(scene, who);
  await sendAdasForm(scene, 'result', [['mark', 'success']]);
}
