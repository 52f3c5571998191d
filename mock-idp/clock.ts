/** The one place that reads the system clock; every tenant adds its own offset elsewhere. It never waits. */
export const systemTime = (): number => Date.now();
