/** `npm run trust`, `npx sso-rehearsal trust`: trusts the certificate authority of this machine, or forgets it. */
import { forgetOnMachine, trustOnMachine } from '../stack/machine-trust.ts';
import { forgetMachineAuthorities, machineAuthority } from '../stack/servers.ts';
import { commandLine } from '../terminal/command-line.ts';
import { readOptions } from '../terminal/options.ts';

const help = `${commandLine('trust', { args: '[options]' })}

  --name NAME   another host name of the identity provider, as in idp --hostname (repeatable)
  --print       only print the file of the authority's certificate, and change nothing
  --forget      remove every authority and its key, and let nothing trust it any more
  --help        this text

The mock identity provider with --tls has a certificate of an authority that is made on this machine, for this user. It
can vouch only for localhost, names below localhost, loopback addresses and the names given here, for less than a year.
This command makes browsers and programs of this machine trust it where it may, and prints what to do for the others.`;

const { values } = readOptions(help, {
  options: { name: { type: 'string', multiple: true }, print: { type: 'boolean' }, forget: { type: 'boolean' } },
});

try {
  await (values.forget ? forget() : trust());
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function trust(): Promise<void> {
  const names = values.name ?? [];
  const { file, validTo } = await machineAuthority({ names });
  if (values.print) {
    console.log(file);
    return;
  }
  const { changed, advice } = trustOnMachine(file);
  const scope = ['localhost, names below localhost, loopback addresses', ...names].join(', ');
  console.log(`Certificate authority: ${file}
It can vouch only for ${scope}, until ${validTo.toISOString().slice(0, 10)}.
`);
  print('Trusted now by', changed);
  print('Still to do', advice);
  print('Programs with their own list', [
    `Node     export NODE_EXTRA_CA_CERTS=${file}`,
    `Python   export REQUESTS_CA_BUNDLE=${file}   (for requests, in place of its usual authorities)`,
    `Go       export SSL_CERT_FILE=${file}   (in place of the usual authorities)`,
    `Java     keytool -importcert -noprompt -alias sso-rehearsal -file ${file} -keystore trust.p12 -storepass changeit`,
    `curl     curl --cacert ${file} URL`,
  ]);
}

async function forget(): Promise<void> {
  // First the keys, whether or not every store can be changed.
  await forgetMachineAuthorities();
  const { changed, advice } = forgetOnMachine();
  console.log('Every authority is removed, with its key.\n');
  print('No longer trusted by', changed);
  print('Still to do', advice);
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`${title}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
