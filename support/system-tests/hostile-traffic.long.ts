/** The full ten minutes of the hostile traffic of `npm test`. */
process.env.HOSTILE_MINUTES ??= '10';
await import('./hostile-traffic.test.ts');
