#!/usr/bin/env node
/** `sso-rehearsal COMMAND`: from a name to the command of the package; what a command does stands in its own file. */
import { provideDisposableStacks } from '../package/disposable-stacks.ts';

const commands: Readonly<Record<string, { does: string; run: () => Promise<unknown> }>> = {
  start: {
    does: 'the lab: a mock identity provider, a small service provider and a mailbox to play with by hand',
    run: () => import('./start.ts'),
  },
  conformance: {
    does: 'plays every fault against your service provider and says which it should have refused',
    run: () => import('./conformance.ts'),
  },
  diagnose: {
    does: 'explains a captured SAML response: verdict, findings, who must fix what',
    run: () => import('./diagnose.ts'),
  },
  cases: { does: 'lists the troubleshooting cases', run: () => import('./cases.ts') },
  case: { does: 'replays one of them', run: () => import('./case.ts') },
  faults: { does: 'lists what the identity provider can be told to send', run: () => import('./faults.ts') },
};

const width = Math.max(...Object.keys(commands).map((name) => name.length));
const known = Object.entries(commands)
  .map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`)
  .join('\n');
const help = `npx sso-rehearsal COMMAND [options]

${known}

npx sso-rehearsal COMMAND --help tells more of each.`;

const [name, ...args] = process.argv.slice(2);
if (name === '--help' || name === 'help') {
  console.log(help);
} else if (name === undefined || !Object.hasOwn(commands, name)) {
  console.error(
    `${name === undefined ? 'name a command' : `unknown command “${name}”`}; known are: ${Object.keys(commands).join(', ')}\n\n${help}`,
  );
  process.exitCode = 2;
} else {
  withoutExperimentalWarnings();
  provideDisposableStacks();
  // The commands read their own arguments as if they had been started by themselves.
  process.argv.splice(2, process.argv.length, ...args);
  await commands[name]!.run();
}

/** node:sqlite works and still warns; whatever else is warned of is shown as ever. */
function withoutExperimentalWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const listener of listeners) listener(warning);
  });
}
