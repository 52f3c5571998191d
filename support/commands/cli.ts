#!/usr/bin/env node
/** `sso-rehearsal COMMAND`: from a name to the command of the package; what a command does stands in its own file. */
import { provideDisposableStacks } from '../package/disposable-stacks.ts';

/** As in `engines` of package.json. */
const oldestNode = [22, 19] as const;

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
  upgrade: {
    does: 'rewrites steps, fault phrases and recipe fields that were renamed',
    run: () => import('./upgrade.ts'),
  },
};

const width = Math.max(...Object.keys(commands).map((name) => name.length));
const known = Object.entries(commands)
  .map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`)
  .join('\n');
const help = `npx sso-rehearsal COMMAND [options]

${known}

npx sso-rehearsal COMMAND --help tells more of each.`;

const [name, ...args] = process.argv.slice(2);
const wanted = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
if (name === '--help' || name === 'help') {
  console.log(help);
} else if (tooOld(process.versions.node)) {
  console.error(`sso-rehearsal needs Node ${oldestNode.join('.')} or newer; this is Node ${process.versions.node}.`);
  process.exitCode = 2;
} else if (wanted === undefined) {
  const problem = name === undefined ? 'Name a command.' : `Unknown command “${name}”.`;
  console.error(`${problem} Use one of: ${Object.keys(commands).join(', ')}\n\n${help}`);
  process.exitCode = 2;
} else {
  withoutExperimentalWarnings();
  provideDisposableStacks();
  // The commands read their own arguments as if they had been started by themselves.
  process.argv.splice(2, process.argv.length, ...args);
  await wanted.run();
}

function tooOld(version: string): boolean {
  const [major, minor] = version.split('.').map(Number) as [number, number];
  return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
}

/** node:sqlite works and still warns; whatever else is warned of is shown as ever. */
function withoutExperimentalWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const listener of listeners) listener(warning);
  });
}
