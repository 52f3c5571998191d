/** The entry point of the container image: `docker run IMAGE [COMMAND] [options]`. Not a command of npm. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type ContainerCommand,
  containerCommands,
  containerHelp,
  containerPorts,
  containerStart,
} from '../stack/container.ts';
import { startMailService } from '../stack/mail-service.ts';
import { readOptions } from '../terminal/options.ts';

/** The service provider is its own program: nothing in support/ runs its code here. */
const spProgram = new URL('../../sp/main.ts', import.meta.url);

const run: Record<ContainerCommand, () => Promise<unknown>> = {
  async idp() {
    if (!process.env.IDP_URL)
      console.log(`${publish(containerPorts.idp)}. Its URLs follow the address of each request.`);
    await import('./idp.ts');
  },
  lab: () => import('./start.ts'),
  async sp() {
    readOptions(containerHelp, { options: {} });
    if (!process.env.CONTROL_TOKEN) console.log('The control routes are off. Set CONTROL_TOKEN to turn them on.');
    await import(spProgram.href);
  },
  mailbox: runMailbox,
};

const given = process.argv.slice(2);
const start = containerStart(given, process.env, existsSync);
if (given[0] === '--help') {
  console.log(containerHelp);
} else if (start === undefined) {
  console.error(`Unknown command “${given[0]}”. Use one of: ${Object.keys(containerCommands).join(', ')}`);
  process.exitCode = 2;
} else {
  process.argv = [process.argv[0]!, fileURLToPath(import.meta.url), ...start.args];
  for (const [name, value] of Object.entries(start.env)) process.env[name] ||= value;
  await run[start.command]();
}

async function runMailbox(): Promise<void> {
  readOptions(containerHelp, { options: {} });
  const { MAILBOX_ALLOWED_HOSTS = '' } = process.env;
  const service = await startMailService({
    host: '0.0.0.0',
    port: containerPorts.mailbox,
    smtpPort: containerPorts.smtp,
    allowedHosts: MAILBOX_ALLOWED_HOSTS.split(',').flatMap((one) => one.trim() || []),
  });
  console.log(`The mailbox is open. ${publish(containerPorts.mailbox)}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void service[Symbol.asyncDispose]().then(() => process.exit(0)));
}

function publish(port: number): string {
  return `It is at http://localhost:${port} if this port is published: docker run -p 127.0.0.1:${port}:${port} IMAGE`;
}
