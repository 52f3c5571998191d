/** The only place that reads the system clock. Each tenant adds its own offset. */
export const systemTime = (): number => Date.now();
