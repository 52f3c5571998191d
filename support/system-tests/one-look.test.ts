/** All our pages share one look: the same style sheet, mark and colours, although the two apps share no code. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = (file: string): string => readFileSync(`${root}${file}`, 'utf8');
const sheets = globSync('{mock-idp,sp,support}/**/*.css', { cwd: root });

test('the identity provider has a copy of the shared style sheet and the mark', () => {
  for (const file of ['look.css', 'mark.svg'])
    assert.equal(text(`mock-idp/http/${file}`), text(`sp/pages/${file}`), `copy sp/pages/${file} to mock-idp/http/`);
});

/** The colours of errors, in light and dark. */
const wrong = ['#a4262c', '#ff8f8f'];

test('an error has one colour everywhere, and only the shared style sheet sets the type scale', () => {
  assert.ok(sheets.length >= 9, sheets.join());
  for (const sheet of sheets) {
    const reds = [...text(sheet).matchAll(/--(?:wrong|bad)(?:, |: )(#[0-9a-f]+)/g)].map(([, colour]) => colour!);
    assert.deepEqual(
      reds.filter((colour) => !wrong.includes(colour)),
      [],
      sheet,
    );
    const sharesLook = /^(?:sp|mock-idp|support\/lab)\//.test(sheet) && !sheet.endsWith('look.css');
    if (sharesLook) assert.doesNotMatch(text(sheet), /(?:^|\n)h[123] \{[^}]*font-size/, sheet);
  }
});
