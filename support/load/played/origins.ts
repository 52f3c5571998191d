/** The hosts that a load test visits: only those that the recipe names. Runs in k6 and in Node. */
import type { Recipe } from '../../product/recipe.ts';

type Pages = Pick<Recipe, 'origins' | 'signIn' | 'signedIn' | 'signOut'>;

/** The origin of every page and request of a sign-in, in their order. */
export function originsOf({ origins, signIn, signedIn, signOut }: Pages, url: string): string[] {
  const actions = [...(signIn.start ?? []), ...(signIn.finish ?? []), ...(signOut?.after ?? [])];
  const inActions = actions.map((one) => ('open' in one ? one.open : 'send' in one ? one.send.url : undefined));
  const pages = [url, ...origins, signIn.page, signedIn.page, signOut?.page, ...inActions];
  const urls = pages.filter((one): one is string => one !== undefined && URL.canParse(one, url));
  return [...new Set(urls.map((one) => new URL(one, url).origin))];
}

export const notNamed = (host: string): string => `${host} is a host that the recipe does not name in origins`;
