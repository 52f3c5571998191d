/** The random walks of `npm test`, many more of them. */
process.env.WALKS ??= '1000';
await import('./random-walk.test.ts');
