/** The one place of the service provider that reads the system clock. Other code asks for an organization's time. */

/** Milliseconds since 1970, on the clock of an organization. */
export const now = ({ clockOffsetMs }: { clockOffsetMs: number }): number => Date.now() + clockOffsetMs;

/** The machine's own time, for what belongs to no organization. */
export const machineTime = (): number => Date.now();
