/** Finds out by which of the names in a response the service provider knows its users. */
import { sentAttributes } from './config.ts';
import type { Examinee } from './examination.ts';
import type { Guest } from './guest.ts';

/**
 * `nameId`, or the name of an attribute. Signs in with another value in one name after the other: the name that
 * changes who is signed in, or prevents it, is the one. If the service provider shows no names, or none of them
 * changes anything, it is the NameID.
 */
export async function findKnownBy({ app, config, user }: Examinee, open: () => Guest): Promise<string> {
  if (config.knownBy !== undefined) return config.knownBy;
  const names: Names = { nameId: config.user.nameId, attributes: sentAttributes(config.user) };
  const decides = async (name: string): Promise<boolean> => {
    await app.callUser(renamed(names, name));
    const { signedIn } = await open().signIn();
    return signedIn?.as !== user;
  };
  try {
    if (await decides('nameId')) return 'nameId';
    for (const name of Object.keys(names.attributes)) if (await decides(name)) return name;
    return 'nameId';
  } finally {
    await app.callUser(config.user);
  }
}

type Names = Pick<Examinee['config']['user'], 'nameId' | 'attributes'>;

const renamed = ({ nameId, attributes }: Names, name: string): Names =>
  name === 'nameId'
    ? { nameId: stranger(nameId), attributes }
    : { nameId, attributes: { ...attributes, [name]: attributes[name]!.map(stranger) } };

/** Keeps the domain of an email. */
const stranger = (name: string): string => name.replace(/^[^@]*/, 'conformance-probe');
