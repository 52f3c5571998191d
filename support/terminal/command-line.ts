/** How the user calls our commands: through npm in a clone, through npx in the package. */

/** Only the package runs as JavaScript. */
export const isPacked = import.meta.url.endsWith('.js');

export interface CommandLineOptions {
  /** As in a help text; in brackets where they may be left out. */
  args?: string;
  /** Keeps npm from printing lines of its own. */
  silent?: boolean;
  /** Whether the user has the package; by default, whether this is it. */
  packed?: boolean;
}

/** The command line to show to the user: `npm run case -- CODE` or `npx sso-rehearsal case CODE`. */
export function commandLine(
  name: string,
  { args = '', silent = false, packed = isPacked }: CommandLineOptions = {},
): string {
  if (packed) return `npx sso-rehearsal ${name} ${args}`.trimEnd();
  const npm = name === 'start' ? 'npm start' : `npm run ${silent ? '-s ' : ''}${name}`;
  if (args === '') return npm;
  return args.startsWith('[') ? `${npm} [-- ${args.slice(1)}` : `${npm} -- ${args}`;
}
