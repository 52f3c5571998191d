/** The state of a whole process, which must be unchanged when a test file has ended in it. */
import process from 'node:process';

/** By a name that a person understands. */
export type ProcessState = ReadonlyMap<string, unknown>;

const events = ['SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection', 'exit'];
/** Node adds these on first use. */
const isLazy = ({ get }: PropertyDescriptor): boolean => get !== undefined;

export function processState(): ProcessState {
  return new Map<string, unknown>([
    ['the working directory', process.cwd()],
    ['process.exitCode', process.exitCode],
    ...Object.entries(process.env).map(([name, value]) => [`the environment’s ${name}`, value] as const),
    ...events.map((event) => [`how many listen to the process’s ${event}`, process.listenerCount(event)] as const),
    ...valuesOf('globalThis', globalThis),
    ...valuesOf('console', console),
    ...valuesOf('process.stdout', process.stdout, ['write']),
    ...valuesOf('process.stderr', process.stderr, ['write']),
    ...['Date', 'Math', 'JSON'].flatMap((name) => valuesOf(name, Reflect.get(globalThis, name) as object)),
  ]);
}

function valuesOf(owner: string, object: object, names = Object.getOwnPropertyNames(object)): [string, unknown][] {
  return names.flatMap((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    if (descriptor !== undefined && isLazy(descriptor)) return [];
    return [[`${owner}.${name}`, Reflect.get(object, name)]];
  });
}

/** TypeScript's helpers, such as __extends: each copy of tslib puts its own there. */
const isOfTslib = (name: string): boolean => /^globalThis\.__[a-zA-Z]/.test(name);

/** One sentence per change. Global names added by libraries do not matter to other files. */
export function changesSince(before: ProcessState): string[] {
  const now = processState();
  const names = new Set([...before.keys(), ...now.keys()]);
  return [...names]
    .filter((name) => !Object.is(before.get(name), now.get(name)))
    .filter((name) => (before.has(name) || !name.startsWith('globalThis.')) && !isOfTslib(name))
    .map((name) => `It left ${name} changed, which other files in the same process would meet.`);
}
