/** What the scenarios of one worker share: the stack and the browser. Live objects sit here, at module level, since the runner copies everything that it hands over. */
import type { Browser } from 'playwright';
import { launchBrowser } from './browser.ts';
import { stackForScenarios, type Stack } from './servers.ts';

export interface Stage extends AsyncDisposable {
  stack: Stack;
  /** Launched when somebody first needs one. */
  browser: () => Promise<Browser>;
}

let current: Stage | undefined;

export async function setStage(): Promise<void> {
  const stack = await stackForScenarios();
  let launched: Promise<Browser> | undefined;
  current = {
    stack,
    browser: () => (launched ??= launchBrowser()),
    async [Symbol.asyncDispose]() {
      await (await launched)?.close();
      await stack[Symbol.asyncDispose]();
    },
  };
}

export function stage(): Stage {
  if (current === undefined) throw new Error('the stage is not set: setStage must run before the first scenario');
  return current;
}

export async function strikeStage(): Promise<void> {
  await current?.[Symbol.asyncDispose]();
  current = undefined;
}
