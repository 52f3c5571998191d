/** Pages are parsed in linear time, and as a browser parses them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertLinear } from '../../sp/saml/processor-time.fixture.ts';
import { hostilePages } from './hostile-pages.fixture.ts';
import { sample } from './sample.fixture.ts';
import { fillSignInForm } from './sign-in-form.ts';
import { readVisit, type Visit } from './visit.ts';

const url = new URL('http://sp.localhost/a/page');
const read = (body: string, type = 'text/html'): Visit =>
  readVisit({ url, status: 200, headers: new Headers({ 'content-type': type }), body });

describe('parsing takes linear time for', () => {
  for (const [name, page] of Object.entries(hostilePages))
    test(name, () =>
      assertLinear(name, page, (body) => {
        const { text, spacedText, forms } = read(body);
        return [text, spacedText, forms];
      }),
    );
});

test('a deeply nested page is read to its end', () => {
  const { text, forms } = read(`${'<div>'.repeat(20_000)}You are Alice<form><input name=a value=b></form>`);
  assert.equal(text, 'You are Alice');
  assert.deepEqual(forms[0]!.fields, [{ name: 'a', value: 'b', type: 'input' }]);
});

describe('searching for a sign-in form takes linear time for', () => {
  const description = { username: 'User', password: { placeholder: 'Password' }, button: 'Go' };
  const pages = { ...hostilePages, labels: (size: number) => '<label for=a>User <input id=a name=a>'.repeat(size) };
  for (const [name, page] of sample(Object.entries(pages), 4))
    test(name, () =>
      assertLinear(name, page, (body) => fillSignInForm(read(body), description, { username: 'a', password: 'b' })),
    );
});
