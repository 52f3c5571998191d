/** Rewrites renamed fields in the text of a recipe. Layout and values stay. */
import { type Renamed, renamedRecipeFields } from '../catalogue/renamed-words.ts';

interface Open {
  isObject: boolean;
  /** The field whose value is being read; undefined in a list. */
  field?: string;
  expectsField: boolean;
}

/** Returns text that is not JSON nearly unchanged; the error shows when it is parsed. */
export function upgradeRecipe(text: string, renames: readonly Renamed[] = renamedRecipeFields): string {
  const open: Open[] = [];
  return text.replaceAll(/"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|[{}[\],:]/g, (token) => {
    const inner = open.at(-1);
    if (token === '{' || token === '[') open.push({ isObject: token === '{', expectsField: token === '{' });
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && inner !== undefined) inner.expectsField = inner.isObject;
    else if (token.startsWith('"') && inner?.expectsField === true) {
      inner.field = token.slice(1, -1);
      inner.expectsField = false;
      return renamedField(token, pathOf(open), renames);
    }
    return token;
  });
}

const pathOf = (open: readonly Open[]): string =>
  open.flatMap(({ field }) => (field === undefined ? [] : [field])).join('.');

function renamedField(token: string, path: string, renames: readonly Renamed[]): string {
  const renamed = renames.find(({ from }) => from === path);
  return renamed === undefined ? token : JSON.stringify(renamed.to.split('.').at(-1));
}
