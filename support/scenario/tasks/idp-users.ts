/** Users at the mock IdP as only some products send them, and what a response then holds. */
import type { Name } from '../../catalogue/cast.ts';
import { Unable } from '../../idp/identity-provider.ts';
import { NotAsExpected } from '../expectations.ts';
import type { Scene } from '../scene.ts';
import { Missing } from '../step-failure.ts';
import { snapshot } from './records.ts';

type Attributes = Readonly<Record<string, readonly string[]>>;

interface IdpUser {
  username: string;
  email?: string;
  attributes: Attributes;
}

const usersPath = ({ tenant }: Scene): string => `/tenants/${tenant.slug}/users`;

const usernameOf = ({ cast }: Scene, who: Name): string => cast[who].idpUsername ?? cast[who].address;

const change = (scene: Scene, who: Name, changes: object): Promise<unknown> =>
  scene.stack.idp.control.patch(`${usersPath(scene)}/${encodeURIComponent(usernameOf(scene, who))}`, changes);

async function userOf(scene: Scene, who: Name): Promise<IdpUser> {
  const { users } = await scene.stack.idp.control.get<{ users: IdpUser[] }>(`/tenants/${scene.tenant.slug}`);
  const user = users.find(({ username }) => username === usernameOf(scene, who));
  if (user === undefined) throw new Missing(`The IdP has no user for ${who}.`);
  return user;
}

export async function putInGroups(scene: Scene, who: Name, count: number): Promise<void> {
  const { attributes } = await userOf(scene, who);
  const groups = Array.from({ length: count }, (_, index) => `group-${index + 1}`);
  await change(scene, who, { attributes: { ...attributes, groups } });
}

/** Only others have a value. */
export async function takeValue(scene: Scene, who: Name, name: string): Promise<void> {
  const { [name]: values, ...others } = (await userOf(scene, who)).attributes;
  if (values === undefined) throw new Missing(`${who} has no value for the attribute ${name} anyway.`);
  await change(scene, who, { attributes: others });
}

/** The name is one that no address is. */
export const takeEmail = (scene: Scene, who: Name): Promise<unknown> =>
  change(scene, who, { email: '', nameId: `ACME\\${who.toLowerCase()}` });

/** A user from elsewhere has another name in the directory of Acme, and keeps the email. */
export async function makeGuest(scene: Scene, who: Name): Promise<void> {
  const { address, idpPassword } = scene.cast[who];
  const { attributes, username } = await userOf(scene, who);
  const guest = `${address.replace('@', '_')}#EXT#@acme.onmicrosoft.example`;
  const user = { password: idpPassword, email: address, attributes };
  await scene.stack.idp.control.put(`${usersPath(scene)}/${encodeURIComponent(guest)}`, user);
  await scene.stack.idp.control.remove(`${usersPath(scene)}/${encodeURIComponent(username)}`);
  scene.cast[who].idpUsername = guest;
}

/** The newest response, as the SP received it. */
async function newestXml(scene: Scene): Promise<string> {
  if (scene.product) throw new Unable(`${scene.product.product.recipe.name} does not show the responses it receives`);
  const xml = (await snapshot(scene)).responses[0]?.xml;
  if (xml === undefined) throw new Missing('The SP has received no response.');
  return xml;
}

export async function makeSureContained(scene: Scene, text: string): Promise<void> {
  if (text === '') throw new Missing('The text is empty: every response contains it.');
  if (!(await newestXml(scene)).includes(text)) throw new NotAsExpected(`The response does not contain “${text}”.`);
}

export async function requestIdAndIndex(scene: Scene): Promise<{ request: string; index: string }> {
  const xml = await newestXml(scene);
  return {
    request: / InResponseTo="([^"]+)"/.exec(xml)?.[1] ?? 'none',
    index: / SessionIndex="([^"]+)"/.exec(xml)?.[1] ?? 'none',
  };
}
