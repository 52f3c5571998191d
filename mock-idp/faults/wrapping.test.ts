/** A forged assertion names another user in every place from which a service provider may take the user. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../fault.ts';
import { parse, run } from './messages.fixture.ts';
import { wrappingFaults } from './wrapping.ts';

/** Attribute values of the forged assertion itself, without those of an assertion inside it. */
function forgedAttributes(xml: string): string[] | undefined {
  const root = parse(xml);
  if (root === undefined) return undefined;
  const all = [root, ...Array.from(root.getElementsByTagName('*'))];
  const forged = all.find((one) => one.getAttribute('ID') === '_forged');
  const statement = forged && Array.from(forged.childNodes).find((one) => one.nodeName === 'saml:AttributeStatement');
  return statement && Array.from(statement.childNodes).map((attribute) => attribute.textContent ?? '');
}

test('a forged assertion has the email of another user in its attributes, too', () => {
  const found = Object.entries<Fault>(wrappingFaults).flatMap(([phrase, fault]) => {
    const attributes = forgedAttributes(run(phrase, fault).faulty.xml);
    return attributes === undefined ? [] : [{ phrase, attributes }];
  });
  assert.ok(found.length >= 10, `${found.length} faults forge an assertion`);
  for (const { phrase, attributes } of found)
    assert.deepEqual(attributes, ['mallory@elsewhere.example', 'mallory'], phrase);
});
