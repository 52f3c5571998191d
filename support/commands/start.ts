/** `npm start`: the lab. Both apps and the mailbox on this machine, to try by hand, until Ctrl+C. */
import { type LabOptions, startLab } from '../lab/lab.ts';
import { peopleTable } from '../stack/people-table.ts';
import { commandLine } from '../terminal/command-line.ts';
import { portNumber, readOptions } from '../terminal/options.ts';

const help = `${commandLine('start', { args: '[options]' })}

  --port N       port of the lab page (4000)
  --sp-port N    port of the service provider (4001)
  --idp-port N   port of the identity provider (4002)
  --smtp-port N  port of the mail server (any free one)
  --host ADDRESS interface to listen on (127.0.0.1); another one opens the lab to other machines
  --data FOLDER  folder that keeps everything between runs (.lab)
  --help         this text

Port 0 means any free port. A folder keeps both apps' ports, as SAML messages contain their URLs.`;

const { values } = readOptions(help, {
  options: {
    port: { type: 'string' },
    'sp-port': { type: 'string' },
    'idp-port': { type: 'string' },
    'smtp-port': { type: 'string' },
    host: { type: 'string' },
    data: { type: 'string' },
  },
});

try {
  await run({
    ...(values.port === undefined ? {} : { port: portNumber('--port', values.port) }),
    ...(values['sp-port'] === undefined ? {} : { spPort: portNumber('--sp-port', values['sp-port']) }),
    ...(values['idp-port'] === undefined ? {} : { idpPort: portNumber('--idp-port', values['idp-port']) }),
    ...(values['smtp-port'] === undefined ? {} : { smtpPort: portNumber('--smtp-port', values['smtp-port']) }),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.data === undefined ? {} : { data: values.data }),
  });
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

async function run(options: LabOptions): Promise<void> {
  const lab = await startLab(options);
  const { stack, tenant, cast } = lab.rehearsal;
  const people = peopleTable([cast.Ada, cast.Grace, cast.Sam]);
  const status = lab.created.length === 0 ? 'Restored everything' : `New: ${lab.created.join('; ')}. Saved`;
  console.log(`The lab is open: ${lab.url}

  Admin Center        ${stack.sp.url}/admin
  Identity provider   ${stack.idp.url}/${tenant.slug}
  Mailbox             ${lab.url}/mailbox

${people}

${status} in ${lab.folder}. Ctrl+C ends the lab.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void lab[Symbol.asyncDispose]().then(() => process.exit(0)));
}
