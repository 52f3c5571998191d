/** Parses the options of a command: --help prints the help, a wrong option ends the command with exit code 2. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { harmless } from './foreign-text.ts';

type Parsed<Config extends ParseArgsConfig> = ReturnType<typeof parseArgs<Config>>;

/** The options as parsed by `node:util`. Every command gets `--help`. */
export function readOptions<const Config extends ParseArgsConfig>(help: string, config: Config): Parsed<Config> {
  const options = { ...config.options, help: { type: 'boolean' } } as const;
  const swallowed = swallowedByNpm(Object.keys(options));
  if (swallowed !== undefined) stop(swallowed);
  const parsed = parse({ ...config, options }, help);
  if (!('help' in parsed.values)) return parsed as Parsed<Config>;
  console.log(help);
  process.exit(0);
}

function parse<Config extends ParseArgsConfig>(config: Config, help: string): Parsed<Config> {
  try {
    return parseArgs(config);
  } catch (error) {
    return stop((error as Error).message, help);
  }
}

/** npm swallows options before `--`; only an environment variable is left of them. */
export function swallowedByNpm(names: readonly string[], env = process.env): string | undefined {
  const command = npmCommand(env);
  if (command === undefined) return undefined;
  const isSet = (name: string): boolean => env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined;
  const isTaken = (one: string): boolean => isSet(one) || (one.startsWith('no-') && isSet(one.slice('no-'.length)));
  const own = names.find(isTaken);
  if (own !== undefined) return `npm swallowed --${own}. Put -- before the options: ${command} -- --${own} …`;
  const other = allOptions.find((one) => !settingsOfNpm.includes(one) && isTaken(one));
  if (other === undefined) return undefined;
  return (
    `npm swallowed --${other}, which is not an option of ${command}. ` +
    `Put options after --: ${command} -- --help lists them.`
  );
}

/** A run of everything says how to select: npm leaves no trace of `--only WORDS` before `--`. */
export function sayHowToSelect(values: { only?: unknown }): void {
  const sentence = droppedByNpm(values);
  if (sentence !== undefined) console.error(sentence);
}

export function droppedByNpm({ only }: { only?: unknown }, env = process.env): string | undefined {
  const command = startedByNpm(env);
  if (command === undefined || only !== undefined) return undefined;
  return `Running all. To select some: ${command} -- --only WORDS (npm drops it without --).`;
}

/** Explains an unexpected argument: npm swallows an option that it takes for its own, but leaves its value. */
export function leftByNpm(env = process.env): string {
  const command = startedByNpm(env);
  if (command === undefined) return '';
  return ` If it belongs to an option: npm swallows options before --. Write ${command} -- --OPTION …`;
}

/** The npm command that started this process, except for tests and npx, which passes all options on. */
const startedByNpm = (env: NodeJS.ProcessEnv): string | undefined =>
  /^(?:test|npx)/.test(env.npm_lifecycle_event ?? '') ? undefined : npmCommand(env);

function npmCommand({ npm_lifecycle_event: script }: NodeJS.ProcessEnv): string | undefined {
  if (script === undefined) return undefined;
  return script === 'test' ? 'npm test' : `npm run ${script}`;
}

/** Options that may be set as npm's own settings. */
const settingsOfNpm = ['browser', 'force', 'json', 'only'];
/** The options of all our commands. */
export const allOptions: readonly string[] = (
  'acs again allow-host announce at baseline browser build-only check ci config control-token data domain ' +
  'entity-id expect-skipped fail-on failed failing-idp for force forget format headed hide-token hold host ' +
  'hostname i-may-load idp idp-cert idp-entity-id idp-metadata idp-port import instant json keys merge ' +
  'metadata name no-evidence no-install no-scenarios only pages parts peer persona plan policy port print ' +
  'print-script product profile rate reports request-id retry row scenario second seed shard show-secrets sign-in ' +
  'sign-ins signed-in slow smtp-port sp-entity-id sp-key sp-port state table tags text tls tls-cert tls-key to trace ' +
  'url user verbose workers write-baseline'
).split(' ');

/** Ends the command with exit code 2 and a sentence that says why; followed by the help, if given. */
export function stop(why: string, help?: string): never {
  console.error(help === undefined ? harmless(why) : `${harmless(why)}\n\n${help}`);
  process.exit(2);
}

/** An integer from `from` on; anything else ends the command. */
export function wholeNumber(option: string, text: string, { from = 1 } = {}): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= from) return number;
  return stop(`${option} must be an integer of at least ${from}, not “${text}”`);
}

/** A port, or 0 for a free one; anything else ends the command. */
export function portNumber(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  return stop(`${option} must be a port from 0 to 65535, not “${text}”`);
}
