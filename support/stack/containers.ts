/**
 * Containers for one run. They are removed at its end, however this process ends, without the image of Testcontainers'
 * own reaper, which machines without a registry do not have.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { GenericContainer } from 'testcontainers';
import { NotReady } from './not-ready.ts';

export interface ContainerOptions {
  image: string;
  /** The setting that needs it, such as `MAILBOX=mailhog`. */
  need: string;
  /** The alternative, as in “Start Docker, or …”. */
  otherwise: string;
  /** Environment variable that names another image. */
  imageVariable: string;
  prepare: (container: GenericContainer) => GenericContainer;
}

export interface StartedContainer extends AsyncDisposable {
  /** As `host:port`. */
  at(port: number): string;
}

/** Ready when it resolves. Throws NotReady with what is missing: the engine or the image. */
export async function startContainer({ image, prepare, ...words }: ContainerOptions): Promise<StartedContainer> {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  const { need, otherwise } = words;
  await getContainerRuntimeClient().catch((cause: unknown) => {
    throw new NotReady(`${need} needs a container engine, and none responds. Start Docker, or ${otherwise}.`, {
      cause,
    });
  });
  const remover = startRemover();
  try {
    const container = await prepare(new GenericContainer(image).withLabels({ [removalLabel]: remover.id })).start();
    return {
      at: (port) => `${container.getHost()}:${container.getMappedPort(port)}`,
      [Symbol.asyncDispose]: remover.remove,
    };
  } catch (error) {
    await remover.remove();
    throw new NotReady(await whyNotStarted(image, words, error as Error), { cause: error });
  }
}

async function whyNotStarted(
  image: string,
  { need, otherwise, imageVariable }: Omit<ContainerOptions, 'image' | 'prepare'>,
  { message }: Error,
): Promise<string> {
  const { getContainerRuntimeClient, ImageName } = await import('testcontainers');
  const client = await getContainerRuntimeClient();
  const others = `name another with ${imageVariable}, or ${otherwise}.`;
  if (await client.image.exists(ImageName.fromString(image)))
    return `${need}: a container of ${image} did not start (${message.split('\n')[0]}). Check the image, ${others}`;
  return `${need} needs the image ${image}, which is not on this machine and could not be pulled. Load it, ${others}`;
}

/** Marks the containers of one remover. */
export const removalLabel = 'sso-rehearsal.remover';

interface Remover {
  id: string;
  /** Removes its containers, and ends it. */
  remove: () => Promise<void>;
}

/** A process of its own whose input closes when this process ends, even if it is killed. */
function startRemover(): Remover {
  const id = randomUUID();
  const program = fileURLToPath(import.meta.url).replace(/containers(\.[jt]s)$/, 'remove-containers$1');
  const options = ['--disable-warning=ExperimentalWarning', program, id];
  const child = spawn(process.execPath, options, { detached: true, stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  return {
    id,
    async remove() {
      child.stdin.end();
      await ended;
    },
  };
}
