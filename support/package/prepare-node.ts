/** Prepares a thread for our code on any supported Node. The package imports it first, also in Cucumber's workers. */
import { provideDisposableStacks } from './disposable-stacks.ts';

provideDisposableStacks();
hideExperimentalWarnings();

/** Hides the warning about node:sqlite, which is experimental but works. Other warnings are shown. */
function hideExperimentalWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') for (const listener of listeners) listener(warning);
  });
}
