/** Collects the evidence of a running scenario. The hooks provide one. */

export interface Evidence {
  /** Call after each step. `outcome`: the step shows the outcome of the scenario. */
  step(options: { outcome: boolean }): Promise<void>;
  /**
   * Attaches the evidence of the whole scenario; a second call attaches only what is new.
   * `failed` adds the story and the command that runs the scenario again.
   */
  whole(options: { scenario: string; uri: string; failed: boolean }): Promise<void>;
}
