/** How a command is called here: through npm in a clone, through npx from the package. It calls none. */

/** What Node runs is JavaScript in the package alone. */
export const isPacked = import.meta.url.endsWith('.js');

export interface CalledOptions {
  /** As they are written in a help text; in brackets where they may be left out. */
  args?: string;
  /** Whether npm must be kept from adding lines of its own. */
  alone?: boolean;
}

/** `npm run case -- CODE` or `npx sso-rehearsal case CODE`. */
export function called(name: string, { args = '', alone = false }: CalledOptions = {}, packed = isPacked): string {
  if (packed) return `npx sso-rehearsal ${name} ${args}`.trimEnd();
  const npm = name === 'start' ? 'npm start' : `npm run ${alone ? '-s ' : ''}${name}`;
  return `${npm} ${args === '' ? '' : args.startsWith('[') ? `[-- ${args.slice(1)}` : `-- ${args}`}`.trimEnd();
}
