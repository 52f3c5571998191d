/** All scenarios for any product are green at a correct product, with each kind of recipe. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Play, playSmallProduct } from './play-small-product.ts';

const noLogout = 'Sam signs out at the IdP';
const accepted = 'The app portal lets Sam in';
const rejected = 'The app portal does not let Sam in';

/** Also which scenarios are skipped. */
const products: Readonly<Record<string, readonly [Play, skipped: readonly string[]]>> = {
  'a product with a login page': [{}, [accepted, noLogout]],
  'a product that shows the user only where the sign-in ends': [
    { changes: { signedIn: { text: 'Logged in: {user}!' } } },
    [accepted, noLogout],
  ],
  'a product whose sign-ins start in the portal': [
    { acceptsIdpInitiated: true, changes: { signIn: { page: 'portal' }, idpInitiated: 'accepted' } },
    [rejected, noLogout, 'Nora enters an email'],
  ],
};

for (const [name, [play, skipped]] of Object.entries(products))
  test(name, async () => {
    const outcomes = await playSmallProduct(play);
    assert.ok(outcomes.length > 30, `${outcomes.length} scenarios`);
    assert.deepEqual(
      outcomes.filter(({ status }) => status === 'SKIPPED').map((one) => one.name),
      skipped,
    );
    assert.deepEqual(
      outcomes.filter(({ status }) => status !== 'SKIPPED' && status !== 'PASSED'),
      [],
    );
  });
