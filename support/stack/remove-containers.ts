/**
 * Removes the containers with the label given as the argument when its input closes: at the end of the process that
 * started them, or when that is killed. It needs no image, unlike Testcontainers' reaper.
 */
import { setTimeout } from 'node:timers/promises';
import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers';
import { removalLabel } from './containers.ts';

const [, , id] = process.argv;
// A terminal signals all processes on Ctrl+C; the input closes in any case.
process.on('SIGINT', () => undefined);
try {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  for await (const _nothing of process.stdin);
  if (!(await removeAll(dockerode))) {
    // The process may have been killed while the engine created the container.
    await setTimeout(2_000);
    await removeAll(dockerode);
  }
} catch (error) {
  console.error(`Containers with the label ${removalLabel}=${id} may be left: ${(error as Error).message}`);
  process.exitCode = 1;
}

/** True if there was one. */
async function removeAll(dockerode: ContainerRuntimeClient['container']['dockerode']): Promise<boolean> {
  const found = await dockerode.listContainers({ all: true, filters: { label: [`${removalLabel}=${id}`] } });
  await Promise.all(found.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })));
  return found.length > 0;
}
