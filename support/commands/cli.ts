#!/usr/bin/env node
/** `sso-rehearsal COMMAND`: runs a command of the package; each command has its own file. */
import { type Peer, whyPeersUnfit } from '../package/peers.ts';

/** Same as `engines` in package.json. */
const oldestNode = [22, 19] as const;

interface Command {
  summary: string;
  /** Packages that users install next to this one. */
  needs?: (args: readonly string[]) => readonly Peer[];
  run: () => Promise<unknown>;
}

const both: readonly Peer[] = ['@cucumber/cucumber', 'playwright'];

const commands: Readonly<Record<string, Command>> = {
  init: {
    summary: 'begins in your repository: describes your product, and writes a first feature and a CI job',
    run: () => import('./init.ts'),
  },
  bdd: {
    summary: 'plays the scenarios of your features folder, with your own steps and ours',
    needs: () => both,
    run: () => import('./bdd.ts'),
  },
  steps: {
    summary: 'finds steps and words for a scenario, in your steps and in ours',
    needs: () => ['@cucumber/cucumber'],
    run: () => import('./steps.ts'),
  },
  lint: {
    summary: 'checks your features: undefined steps, misspelt words, scenarios that check nothing',
    needs: () => ['@cucumber/cucumber'],
    run: () => import('./lint-features.ts'),
  },
  report: { summary: 'merges the runs of several machines into one report', run: () => import('./report.ts') },
  start: {
    summary: 'opens the lab: a mock identity provider, a small service provider and a mailbox to try by hand',
    run: () => import('./start.ts'),
  },
  idp: { summary: 'starts the mock identity provider alone, for tests in any language', run: () => import('./idp.ts') },
  trust: {
    summary: 'lets this machine trust the certificates of idp --tls, or forgets them',
    run: () => import('./trust.ts'),
  },
  conformance: {
    summary: 'sends every fault to your service provider and reports which ones it should have rejected',
    needs: (args) => (args.includes('--browser') ? ['playwright'] : []),
    run: () => import('./conformance.ts'),
  },
  load: { summary: 'signs users in by the thousand at your product, played by k6', run: () => import('./load.ts') },
  diagnose: {
    summary: 'explains a captured SAML response: verdict, findings, who must fix what',
    run: () => import('./diagnose.ts'),
  },
  persona: {
    summary: 'learns from a captured response how its identity provider writes',
    run: () => import('./persona.ts'),
  },
  cases: { summary: 'lists the troubleshooting cases', run: () => import('./cases.ts') },
  case: { summary: 'replays one troubleshooting case', needs: () => both, run: () => import('./case.ts') },
  faults: { summary: 'lists the faults that the mock identity provider can send', run: () => import('./faults.ts') },
  upgrade: {
    summary: 'rewrites steps, fault phrases and recipe fields that were renamed',
    run: () => import('./upgrade.ts'),
  },
};

const width = Math.max(...Object.keys(commands).map((name) => name.length));
const known = Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
  .join('\n');
const help = `npx sso-rehearsal COMMAND [options]

${known}

npx sso-rehearsal COMMAND --help shows the options of a command.`;

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
  const unfit = args.includes('--help') ? undefined : whyPeersUnfit(name!, wanted.needs?.(args) ?? []);
  if (unfit === undefined) await start(wanted);
  else {
    console.error(unfit);
    process.exitCode = 2;
  }
}

async function start({ run }: Command): Promise<void> {
  await import('../package/prepare-node.ts');
  // Each command reads its own arguments, as if it had been started directly.
  process.argv.splice(2, process.argv.length, ...args);
  await run();
}

function tooOld(version: string): boolean {
  const [major, minor] = version.split('.').map(Number) as [number, number];
  return major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
}
