/** Prepares a thread for our code on any supported Node. The package imports it first, also in Cucumber's workers. */
import { provideDisposableStacks } from './disposable-stacks.ts';

provideDisposableStacks();
hideWarnings();

/**
 * Hides the warnings about node:sqlite, which is experimental but works, and about a step file in the wrong format, for
 * which there is a sentence of ours. Other warnings are shown.
 */
function hideWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning' || /^Failed to load the ES module/.test(warning.message)) return;
    for (const listener of listeners) listener(warning);
  });
}
