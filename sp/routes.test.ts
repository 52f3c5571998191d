/** Routes are listed with their methods and whole paths. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import express, { Router } from 'express';
import { routesOf } from './routes.ts';

test('the routes of all routers are listed', () => {
  const [inner, outer, atRoot, app] = [Router(), Router(), Router(), express()];
  const done = (): void => {};
  inner.get('/deep/:id', done);
  outer.use('/in', inner).post('/out', done).put('/out', done);
  atRoot.all('/all', done);
  app.use(done).use('/', atRoot).use('/outer', outer).delete('/last', done);
  assert.deepEqual(
    routesOf(app).map(({ method, path }) => `${method} ${path}`),
    [
      ...['GET /all', 'POST /all', 'PUT /all'],
      ...['GET /outer/in/deep/:id', 'POST /outer/out', 'PUT /outer/out', 'DELETE /last'],
    ],
  );
});
