/** What collects the evidence of a scenario while it runs; the hooks bring one along. */

export interface Evidence {
  /** Call after each step. `outcome`: the step is one that shows what came of the scenario. */
  step(options: { outcome: boolean }): Promise<void>;
  /**
   * Attaches what belongs to the scenario as a whole; a second call attaches only what is new.
   * `failed` adds the story and the command that runs the scenario again.
   */
  whole(options: { scenario: string; uri: string; failed: boolean }): Promise<void>;
}
