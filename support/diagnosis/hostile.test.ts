/** Diagnosis takes linear time, even for hostile captures. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { assertLinear } from '../../sp/saml/processor-time.fixture.ts';
import { sample } from '../stack/sample.fixture.ts';
import { messagesIn } from './capture.ts';
import { readConnectionOptions } from './connection-options.ts';
import { diagnose } from './diagnose.ts';
import { explain } from './explain.ts';
import { hostileCaptures } from './hostile.fixture.ts';
import { messageView } from './message-view.ts';
import { createRedactor } from './redact.ts';
import { Unreadable } from './unreadable.ts';

const settings = await readConnectionOptions({});

/** The diagnosis as shown in a terminal and on a page. */
function shown(file: Buffer): string[] {
  try {
    const diagnosed = diagnose(messagesIn(file), { settings, redactor: createRedactor() });
    return diagnosed.flatMap((one, index) => [
      explain(one, { number: index + 1, total: diagnosed.length }),
      String(messageView(one.xml ?? '', { label: 'message' })),
    ]);
  } catch (error) {
    assert.ok(error instanceof Unreadable, String(error));
    return [error.message];
  }
}

describe('diagnosis takes linear time for', () => {
  for (const [name, capture] of sample(Object.entries(hostileCaptures), 8))
    test(name, () => assertLinear(name, (size) => Buffer.from(capture(size)), shown));
});

describe('reading the options takes linear time for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'diagnose-'));
  after(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    const name = join(folder, `${text.length}`);
    writeFileSync(name, text);
    return name;
  };
  const metadata =
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">';

  const unreadable: readonly [string, string, (size: number) => string][] = [
    ['a certificate of BEGIN lines', 'idp-cert', (size) => '-----BEGIN CERTIFICATE-----\n'.repeat(size)],
    ['a key of BEGIN lines', 'sp-key', (size) => '-----BEGIN PRIVATE KEY-----\n'.repeat(size)],
    ['deeply nested metadata', 'idp-metadata', (size) => metadata + '<a>'.repeat(size)],
    ['metadata with many elements', 'idp-metadata', (size) => `${metadata}${'<a/>'.repeat(size)}</EntityDescriptor>`],
    [
      'metadata with many keys',
      'idp-metadata',
      (size) => `${metadata}<IDPSSODescriptor>${'<KeyDescriptor/>'.repeat(size)}`,
    ],
    ['metadata of less-than signs', 'idp-metadata', (size) => metadata + '<'.repeat(size)],
    ['metadata of ampersands', 'idp-metadata', (size) => metadata + '&'.repeat(size)],
    ['metadata of quotation marks', 'idp-metadata', (size) => `${metadata}<a b="${'"'.repeat(size)}`],
  ];
  for (const [name, option, text] of sample(unreadable, 3))
    test(name, () =>
      assertLinear(
        name,
        (size) => file(text(size)),
        (path) =>
          readConnectionOptions({ [option]: path }).then(
            () => assert.fail('it was read'),
            (error: Error) => assert.ok(error instanceof Unreadable && !/call stack/.test(error.message), error.stack),
          ),
      ),
    );
});

test('a run of base64 as long as the file is not a message, and no error of the machine', () => {
  for (const piece of ['A', 'A%3D', '=3D=\n'])
    assert.throws(
      () => messagesIn(Buffer.from(`a log: ${piece.repeat(12_000_000 / piece.length)}`)),
      { message: /^No SAML message found\./ },
      piece,
    );
});
