/** The page reader for k6 reads pages as every other visitor does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertLinear } from '../../../sp/saml/processor-time.fixture.ts';
import { readPage } from '../../stack/page.ts';
import { quickPage } from './quick-page.ts';

const url = new URL('http://sp.localhost/login?x=1');

const pages: Readonly<Record<string, string>> = {
  'a login page': `<!doctype html><html><head><title>Sign in &amp; go</title><style>b{}</style></head><body>
    <nav><a href="/help">Help</a></nav><main><h1>Sign <b>in</b></h1><p role="alert">Wrong <i>password</i>.</p>
    <form method="post" action="/login"><input type="hidden" name="csrf" value="a&quot;b">
    <label for="e">Work email</label><input id="e" name="email" type="email" placeholder=you@work required>
    <label><input type="checkbox" name="keep" checked> Keep me</label>
    <button name="go" value='1'>Next &rarr;</button></form></main></body></html>`,
  'a page that posts a response': `<form method=POST action="http://sp.localhost/acs"><input type="hidden"
    name="SAMLResponse" value="PHNhbWw+/abc=="/><input type=hidden name=RelayState value=""/><noscript><button>
    Continue</button></noscript></form><script>document.forms[0].submit() // </form> <a href="/no">no</a></script>`,
  'a console': `<dl><dt>Email</dt><dd>sam@acme.example</dd></dl><span>Signed in</span><!-- <a href="/x">x</a> -->
    <form method="post" action="?out"><button type="submit">Sign out</button><button type="button">No</button></form>`,
  'selects and textareas': `<form action="/s"><select name="a"><option value="1">One<option value="2" selected>Two
    </select><textarea name="t">
a &lt;b&gt; </textarea><input name="n" aria-label="Name  it" value='x > y'></form>
   <template><a href=/t>t</a></template>`,
  'text only': 'Signed in as: “sam@acme.example” &#8222;x&#x201C; a&nbsp;b',
  'odd tags': `<BR/><p>1 < 2 and 3 > 2</p><a href='/a?b=1&amp;c=2'>A</a><img src=x alt="a>b"><input name=z disabled>`,
  nothing: '',
};

for (const [name, html] of Object.entries(pages))
  test(`${name} is read alike`, () => {
    const read = (page: ReturnType<typeof readPage>): unknown => JSON.parse(JSON.stringify(page));
    assert.deepEqual(read(quickPage(html, url)), read(readPage(html, url)));
  });

test('the time grows with the length of a page', () =>
  assertLinear(
    'a page',
    (count) => '<p class="x" id=\'y\'>a <b>&amp;</b><'.repeat(count),
    (html) => quickPage(html, url),
  ));
