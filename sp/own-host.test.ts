/** Host names that the service provider accepts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request, Response } from 'express';
import { ownHostOnly } from './own-host.ts';

/** The status that a request under this name gets; undefined if it is let through. */
function rejectionUnder(host: string | undefined): number | undefined {
  let rejected: number | undefined;
  const response = {
    status(code: number) {
      rejected = code;
      return response;
    },
    type: () => response,
    send: () => response,
  };
  const guard = ownHostOnly({ url: 'https://sp.acme.example' });
  void guard({ headers: { host } } as Request, response as unknown as Response, () => undefined);
  return rejected;
}

test('only the host of its public URL and names of this machine are accepted', () => {
  for (const host of ['sp.acme.example', 'SP.Acme.example:443', '127.0.0.1:4001', 'localhost', '[::1]:4001'])
    assert.equal(rejectionUnder(host), undefined, host);
  for (const host of ['evil.example', 'sp.acme.example.evil.example', 'sp.localhost', '[::', '', undefined])
    assert.equal(rejectionUnder(host), 421, host);
});
