/** Steps of the table of steps alone: they take a part away, for a sentence that needs this part and nothing else. */
import { Given, world } from '@cucumber/cucumber';
import type { RehearsalWorld } from '../scenario/world.ts';
import { control } from '../stack/control.ts';
import type { Part, Stack } from '../stack/servers.ts';

const scene = world as RehearsalWorld;

/** No server listens there. */
const gone = (host: string): Part => {
  const url = `http://${host}:9`;
  return { url, control: control(url, 'none') };
};

const replace = (parts: Partial<Stack>): void => {
  const { stack } = scene;
  Object.defineProperty(scene, 'stack', { value: { ...stack, ...parts } });
};

Given('the SP is down', () => replace({ sp: gone('sp.localhost') }));
