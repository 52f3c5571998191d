/** The command line to show to the user: npm in a clone, npx in the package. */

/** Only the package runs as JavaScript. */
export const isPacked = import.meta.url.endsWith('.js');

export interface CommandLineOptions {
  /** As in a help text; optional arguments in brackets. */
  args?: string;
  /** Suppresses npm's own output. */
  silent?: boolean;
  /** True for the package, false for a clone. Default: detected. */
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
