/** The only file of the service provider that reads the system clock. Other code uses an organization's clock. */

/** Milliseconds since 1970, on the clock of an organization. */
export const now = ({ clockOffsetMs }: { clockOffsetMs: number }): number => Date.now() + clockOffsetMs;

/** The machine's time, for data that belongs to no organization. */
export const machineTime = (): number => Date.now();
