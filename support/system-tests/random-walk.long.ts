/** Many more of the random walks of `npm test`. */
process.env.WALKS ??= '1000';
await import('./random-walk.test.ts');
