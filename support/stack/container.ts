/** Commands of a container of our image, with their arguments and environment. See docs/containers.md. */

/** The same in every container, as published ports need a number. */
export const containerPorts = { sp: 8080, idp: 8081, lab: 8082, mailbox: 8025, smtp: 1025 } as const;

export const containerCommands = {
  idp: 'the mock identity provider (the default), with the options of “idp --help”',
  lab: 'the lab: service provider, identity provider and mailbox, connected, to try by hand',
  sp: 'the service provider alone',
  mailbox: 'the mailbox alone: SMTP, MailHog’s search, and a page',
} as const;
export type ContainerCommand = keyof typeof containerCommands;

export const containerHelp = `docker run IMAGE [COMMAND] [options]

${Object.entries(containerCommands)
  .map(([name, what]) => `  ${name.padEnd(8)} ${what}`)
  .join('\n')}

  idp      docker run -p 127.0.0.1:8081:8081 IMAGE
  lab      docker run -p 127.0.0.1:8080-8082:8080-8082 IMAGE lab

The volume /data keeps tenants, keys and databases. A file mounted at /config/idp.json configures the identity
provider. CONTROL_TOKEN sets the token of the control routes; without it, a new one is printed.`;

type Environment = Readonly<Record<string, string | undefined>>;

export interface ContainerStart {
  command: ContainerCommand;
  /** Of the command's own file. */
  args: string[];
  /** Defaults for variables that are not set. */
  env: Readonly<Record<string, string>>;
}

/** Undefined for an unknown command; options alone belong to the identity provider. */
export function containerStart(
  [first, ...rest]: readonly string[],
  env: Environment,
  exists: (file: string) => boolean,
): ContainerStart | undefined {
  if (first === undefined || first.startsWith('-'))
    return { command: 'idp', args: idpArguments(first === undefined ? [] : [first, ...rest], env, exists), env: {} };
  if (!Object.hasOwn(containerCommands, first)) return undefined;
  const command = first as ContainerCommand;
  if (command === 'idp') return { command, args: idpArguments(rest, env, exists), env: {} };
  if (command === 'lab') return { command, args: [...labArguments, ...rest], env: {} };
  return { command, args: rest, env: command === 'sp' ? spEnvironment : {} };
}

const listening = ['--host', '0.0.0.0'];

/** Options that are given come last, and count. */
function idpArguments(given: readonly string[], env: Environment, exists: (file: string) => boolean): string[] {
  const { IDP_URL, IDP_ALLOWED_HOSTS = '', IDP_STATE = '/data/idp.json', IDP_CONFIG, IDP_PORT } = env;
  const config = IDP_CONFIG || (exists('/config/idp.json') ? '/config/idp.json' : undefined);
  const hasWorkers = given.some((one) => /^--workers(=|$)/.test(one));
  const isConfigured = given.some((one) => /^--(config|metadata)(=|$)/.test(one));
  return [
    ...listening,
    ...['--port', IDP_PORT || String(containerPorts.idp)],
    ...['--url', IDP_URL || 'as-requested'],
    ...IDP_ALLOWED_HOSTS.split(',').flatMap((one) => (one.trim() === '' ? [] : ['--allow-host', one.trim()])),
    ...(env.CONTROL_TOKEN ? ['--hide-token'] : []),
    // An empty IDP_STATE keeps nothing, for a container without a volume. Several workers cannot share the file.
    ...(IDP_STATE === '' || hasWorkers ? [] : ['--state', IDP_STATE]),
    ...(config === undefined || isConfigured ? [] : ['--config', config]),
    ...given,
  ];
}

const labArguments = [
  ...listening,
  ...['--port', String(containerPorts.lab)],
  ...['--sp-port', String(containerPorts.sp)],
  ...['--idp-port', String(containerPorts.idp)],
  ...['--smtp-port', String(containerPorts.smtp)],
  ...['--data', '/data/lab'],
];

const spEnvironment = {
  SP_HOST: '0.0.0.0',
  SP_PORT: String(containerPorts.sp),
  SP_PUBLIC_URL: `http://sp.localhost:${containerPorts.sp}`,
  SP_DATABASE: '/data/sp.sqlite',
  SMTP_URL: `smtp://mailbox:${containerPorts.smtp}`,
};

/** The URL of the health check, by the command line of the container's first process. */
export function healthUrl(commandLine: readonly string[], env: Environment): string {
  const given = commandLine.slice(commandLine.findIndex((one) => one.endsWith('/container.ts')) + 1).filter(Boolean);
  const { command = 'idp', args = [] } = containerStart(given, env, () => false) ?? {};
  const port = {
    sp: env.SP_PORT || containerPorts.sp,
    mailbox: containerPorts.mailbox,
    idp: portIn(args),
    lab: portIn(args),
  }[command];
  return `http://127.0.0.1:${port}/healthz`;
}

/** The last --port counts. */
const portIn = (args: readonly string[]): string | undefined =>
  args.flatMap((one, index) => /^--port=(.*)/.exec(one)?.[1] ?? (one === '--port' ? args[index + 1]! : [])).at(-1);
