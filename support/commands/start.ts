/** `npm start`: the lab. Both apps and the mailbox on this machine, to play with by hand, until Ctrl+C. */
import { parseArgs } from 'node:util';
import { type LabOptions, startLab } from '../lab/lab.ts';
import { called } from '../terminal/command-line.ts';

const help = `${called('start', { args: '[options]' })}

  --port N       of the lab's page (4000)
  --sp-port N    of the service provider (4001)
  --idp-port N   of the identity provider (4002)
  --data FOLDER  where everything is kept until the next time (.lab)
  --help         this text

0 takes a free port. A folder keeps the ports of both apps, since the addresses inside SAML messages hold them.`;

try {
  const { help: wantsHelp, ...options } = read();
  if (wantsHelp) console.log(help);
  else await run(options);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

function read(): LabOptions & { help: boolean } {
  const { values } = (() => {
    try {
      return parseArgs({
        options: {
          port: { type: 'string' },
          'sp-port': { type: 'string' },
          'idp-port': { type: 'string' },
          data: { type: 'string' },
          help: { type: 'boolean' },
        },
      });
    } catch (error) {
      console.error(`${(error as Error).message}\n\n${help}`);
      process.exit(2);
    }
  })();
  const ports = {
    port: portOf(values.port, '--port'),
    spPort: portOf(values['sp-port'], '--sp-port'),
    idpPort: portOf(values['idp-port'], '--idp-port'),
  };
  return {
    help: values.help ?? false,
    ...(values.data === undefined ? {} : { data: values.data }),
    ...Object.fromEntries(Object.entries(ports).filter(([, value]) => value !== undefined)),
  };
}

function portOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  console.error(`${option} is “${text}”; a port is a number from 0 to 65535`);
  process.exit(2);
}

async function run(options: LabOptions): Promise<void> {
  const lab = await startLab(options);
  const { stack, tenant, cast } = lab.rehearsal;
  const people = [cast.Ada, cast.Grace, cast.Sam].map(
    ({ name, address, password, idpPassword }) =>
      `  ${name.padEnd(7)}${address.padEnd(21)}${password.padEnd(15)}${idpPassword}`,
  );
  console.log(`The lab is open: ${lab.url}

  Admin Center        ${stack.sp.url}/admin
  Identity provider   ${stack.idp.url}/${tenant.slug}
  Mailbox             ${lab.url}/mailbox

  ${'Who'.padEnd(7)}${'Address'.padEnd(21)}${'at the SP'.padEnd(15)}at the identity provider
${people.join('\n')}

${lab.created.length === 0 ? 'Everything is as it was left' : `New: ${lab.created.join('; ')}. Kept`} in ${lab.folder}. Ctrl+C ends the lab.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void lab[Symbol.asyncDispose]().then(() => process.exit(0)));
}
