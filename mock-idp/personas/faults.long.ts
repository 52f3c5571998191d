/** Each fault in each persona's message; npm test plays a sample. */
process.env.TEST_IN_FULL = '1';
await import('./faults.test.ts');
