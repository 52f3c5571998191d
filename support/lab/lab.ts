/** Starts the lab: the stack with a folder that keeps its data, seeded, and the lab's pages on the loopback address. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CaseCode } from '../../sp/troubleshooting.ts';
import type { Rehearsal } from '../stack/rehearsal.ts';
import { type Stack, startStack } from '../stack/servers.ts';
import { createLab } from './app.ts';
import type { Lab } from './context.ts';
import { choosePorts, type LabFolder, openFolder, type Ports } from './folder.ts';
import { openKeptLog } from './kept-log.ts';
import { labRehearsal, seed } from './seed.ts';
import { performActions } from './stage-case.ts';
import { stagings } from './staging.ts';

export interface LabOptions extends Partial<Ports> {
  /** Folder for everything that is kept between runs. */
  data?: string;
  /** Port of the lab's page; 0 uses a free one. */
  port?: number;
  /** The interface to listen on; any other than the loopback address opens the lab to other machines. */
  host?: string;
  /** Port of the mail server; 0 uses a free one. */
  smtpPort?: number;
}

export interface StartedLab extends AsyncDisposable {
  url: string;
  folder: string;
  rehearsal: Rehearsal;
  /** Descriptions of what had to be created; empty if everything existed. */
  created: readonly string[];
}

/** Ready when it resolves. Throws with the part that could not start, and what to do. */
export async function startLab({
  data = '.lab',
  port = 4000,
  host = '127.0.0.1',
  smtpPort = 0,
  spPort,
  idpPort,
}: LabOptions = {}): Promise<StartedLab> {
  const folder = await openFolder(data);
  const ports = choosePorts(folder, {
    ...(spPort === undefined ? {} : { spPort }),
    ...(idpPort === undefined ? {} : { idpPort }),
  });
  await using started = new AsyncDisposableStack();
  const stack = started.use(
    await startPart(() => {
      const { database, stateFile, mailFile } = folder;
      return startStack({ ...ports, host, smtpPort, database, stateFile, mailFile });
    }, ports),
  );
  const rehearsal = labRehearsal(stack);
  const created = await seed(rehearsal);
  const keptLog = openKeptLog(folder.logFile, rehearsal);
  started.defer(() => keptLog.keep());
  const lab = await openLab(
    rehearsal,
    { folder, earlierLog: keptLog.earlier },
    { spPort: portOf(stack.sp.url), idpPort: portOf(stack.idp.url) },
  );
  const page = started.use(await listen(lab, { port, host }));
  const running = started.move();
  return {
    url: page.url,
    folder: folder.path,
    rehearsal,
    created,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

const portOf = (url: string): number => Number(new URL(url).port);

/** Names the option that helps if a port is taken. */
async function startPart(start: () => Promise<Stack>, { spPort, idpPort }: Ports): Promise<Stack> {
  return start().catch((error: Error) => {
    const taken = error.cause as (NodeJS.ErrnoException & { port?: number }) | undefined;
    if (taken?.code !== 'EADDRINUSE') throw error;
    const otherFolder = ' and, if it had an SSO profile, another folder with --data';
    throw taken.port === idpPort
      ? inUse('identity provider', idpPort, '--idp-port', otherFolder)
      : inUse('service provider', spPort, '--sp-port', otherFolder);
  });
}

function inUse(part: string, port: number, option: string, more = ''): Error {
  const remedy = `Stop the process that uses it, or choose another port with ${option} (0 for a free one)`;
  return new Error(`${part}: port ${port} is in use, perhaps by another lab. ${remedy}${more}.`);
}

/**
 * The lab, with the case that was staged when it last ended. Faults and email problems are arranged again, as the IdP
 * and the mailbox do not save them.
 */
async function openLab(
  rehearsal: Rehearsal,
  { folder, earlierLog }: Pick<Lab, 'earlierLog'> & { folder: LabFolder },
  ports: Ports,
): Promise<Lab> {
  const { staged } = folder.saved ?? {};
  const code = staged !== undefined && Object.hasOwn(stagings, staged) ? (staged as CaseCode) : undefined;
  await folder.save({ ...ports, ...(code ? { staged: code } : {}) });
  if (code)
    await performActions(
      rehearsal,
      stagings[code]!.actions.filter((action) => 'fault' in action || 'mail' in action),
    );
  const lab: Lab = {
    rehearsal,
    staged: code,
    lastReset: undefined,
    earlierLog,
    async setStaged(next) {
      lab.staged = next;
      await folder.save({ ...ports, ...(next ? { staged: next } : {}) });
    },
  };
  return lab;
}

async function listen(
  lab: Lab,
  { port, host }: { port: number; host: string },
): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer(createLab(lab));
  server.listen(port, host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? inUse('lab', port, '--port') : error;
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
