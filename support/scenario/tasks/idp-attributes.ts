/** Attributes that the mock IdP sends for Acme's users. */
import { arrange, faultPhrases, faults } from '../../../mock-idp/faults.ts';
import { colleagues } from '../../catalogue/cast.ts';
import { need } from '../../idp/identity-provider.ts';
import { idpOf } from '../../idp/mock.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { sendAnotherFault } from './set-up.ts';

type Attributes = Readonly<Record<string, readonly string[]>>;

export const sendAttribute = (scene: Scene, name: string): Promise<void> =>
  changeAttributes(scene, (attributes) => {
    if (name === 'email' || name in attributes) throw new Error(`The IdP sends the attribute ${name} already.`);
    return { ...attributes, [name]: ['Research'] };
  });

/** The email attribute comes from the user's email, which the NameID needs, too: a fault leaves it out. */
export async function leaveOutAttribute(scene: Scene, name: string): Promise<void> {
  if (name === 'email') {
    const phrase = faultPhrases.find((one) => faults[one].code === 'attribute-required-missing')!;
    await sendAnotherFault(scene, arrange(phrase));
    return;
  }
  await changeAttributes(scene, ({ [name]: left, ...others }) => {
    if (left === undefined)
      throw new Missing(`The IdP does not send the attribute ${name}, so it cannot leave it out.`);
    return others;
  });
}

async function changeAttributes(scene: Scene, change: (attributes: Attributes) => Attributes): Promise<void> {
  need(idpOf(scene), 'faults');
  const { stack, tenant, cast } = scene;
  const path = `/tenants/${tenant.slug}`;
  const { users } = await stack.idp.control.get<{ users: { username: string; attributes: Attributes }[] }>(path);
  const ours = colleagues.map((name) => cast[name].address);
  for (const { username, attributes } of users.filter((user) => ours.includes(user.username)))
    await stack.idp.control.patch(`${path}/users/${encodeURIComponent(username)}`, { attributes: change(attributes) });
}
