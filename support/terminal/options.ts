/** Reads the options of a command: --help prints the help, a wrong option ends the command with exit code 2. */
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { harmless } from './foreign-text.ts';

type Parsed<Config extends ParseArgsConfig> = ReturnType<typeof parseArgs<Config>>;

/** The options as `node:util` parses them. `--help` is added to every command. */
export function readOptions<const Config extends ParseArgsConfig>(help: string, config: Config): Parsed<Config> {
  const options = { ...config.options, help: { type: 'boolean' } } as const;
  const kept = keptByNpm(Object.keys(options));
  if (kept !== undefined) stop(kept);
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

/** npm keeps options in front of `--` to itself; all that is left of them is a variable. */
function keptByNpm(names: readonly string[], env = process.env): string | undefined {
  if (env.npm_lifecycle_event === undefined) return undefined;
  const isKept = (name: string): boolean => env[`npm_config_${name.replaceAll('-', '_')}`] !== undefined;
  const name = names.find((one) => isKept(one) || (one.startsWith('no-') && isKept(one.slice('no-'.length))));
  if (name === undefined) return undefined;
  const command = env.npm_lifecycle_event === 'test' ? 'npm test' : `npm run ${env.npm_lifecycle_event}`;
  return `npm kept --${name} to itself. Put -- in front of the options: ${command} -- --${name} …`;
}

/** Ends the command as wrongly called, with a sentence that says why; with the help if that is given. */
export function stop(why: string, help?: string): never {
  console.error(help === undefined ? harmless(why) : `${harmless(why)}\n\n${help}`);
  process.exit(2);
}

/** A whole number from `from` on; anything else ends the command. */
export function wholeNumber(option: string, text: string, { from = 1 } = {}): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= from) return number;
  return stop(`${option} must be an integer of at least ${from}, not “${text}”`);
}

/** A port, 0 for a free one; anything else ends the command. */
export function portNumber(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  return stop(`${option} must be a port from 0 to 65535, not “${text}”`);
}
