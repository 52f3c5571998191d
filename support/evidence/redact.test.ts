/** Secrets are redacted in texts of all kinds, in linear time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from './redact.ts';

const secret = 'c2VjcmV0LXNlY3JldA';
const texts: Readonly<Record<string, string>> = {
  'a session cookie of the IdP': `Cookie: idp_session_0a1b2c3d4e5f=${secret}; theme=dark`,
  'a browser cookie of the IdP': `Set-Cookie: idp_browser_0a1b2c3d4e5f=${secret}; Path=/acme`,
  'a session cookie of the SP': `Set-Cookie: sp_session=${secret}; Path=/`,
  'a cookie with a prefix': `__Host-sid=${secret}`,
  'a password in JSON': `{"user":"Sam","password":"${secret}"}`,
  'a password in JSON with spaces': `{ "password" : "${secret}" }`,
  'a password in JSON within JSON': JSON.stringify(JSON.stringify({ password: secret, user: 'Sam' })),
  'a password with a quotation mark': `{"password":"x\\"${secret}"}`,
  'a password in a compared object': `+   password: '${secret}',`,
  'a response in JSON': `{"SAMLResponse":"${secret}"}`,
  'a form field': `<form><input type="hidden" name="SAMLResponse" value="${secret}"></form>`,
  'a form field, value first': `<input value='${secret}' type=hidden name='SAMLResponse'/>`,
  'a form field without quotation marks': `<input name=RelayState value=${secret}>`,
  'a form field, escaped': `&lt;input name=&quot;SAMLRequest&quot; value=&quot;${secret}&quot;&gt;`,
  'a form field in JSON': JSON.stringify(`<input name="password" value="${secret}">`),
  'a recovery key in a form field': `<input value="${secret}" name="recoveryKey">`,
  'a query': `GET /acs?SAMLResponse=${secret}&a=b`,
  'a signature': `<ds:SignatureValue Id="a">${secret}</ds:SignatureValue>`,
  'an escaped signature': `&lt;ds:SignatureValue&gt;${secret}&lt;/ds:SignatureValue&gt;`,
  'a cipher text': `<xenc:CipherValue>${secret}</xenc:CipherValue>`,
  'an escaped cipher text': `&lt;xenc:CipherValue&gt;${secret}&lt;/xenc:CipherValue&gt;`,
};
for (const [name, text] of Object.entries(texts))
  test(`${name} is redacted, and the text around it is kept`, () => {
    const shown = redact(text);
    assert.ok(!shown.includes(secret), shown);
    assert.match(shown, /\[[\w ]+ left out\]/);
    const [before, after] = text.split(secret).map((part) => part.replace('x\\"', '')) as [string, string];
    assert.ok(shown.startsWith(before) && shown.endsWith(after), shown);
    assert.equal(redact(text, { showSecrets: true }), text);
  });

test('a new recovery key is redacted from its page', () => {
  const key = '2ABC3DEF-4GHJ5KMN-6PQR7STV';
  assert.equal(redact(`<code>${key}</code>`), '<code>[recovery key left out]</code>');
});

test('ordinary text is kept', () => {
  const text =
    'The password is wrong. <input name="email" value="sam@acme.example"> {"name":"Sam"} ' +
    'session=none, see <ds:SignatureMethod Algorithm="x"/>';
  assert.equal(redact(text), text);
});

/** Texts that would cause much backtracking. */
const repeated = [
  '__Host-',
  '<SignatureValue ',
  '&lt;SignatureValue ',
  '<CipherValue ',
  '<input name="SAMLResponse" ',
  '<input value="',
  '&lt;input ',
  '"password":"',
  'password: ',
  'idp_session_',
  'idp_browser_',
  '\\"password\\":\\"',
];
for (const text of repeated)
  test(`repeated “${text}” takes linear time`, () => {
    const time = (length: number): number => {
      const whole = text.repeat(length / text.length);
      const { user, system } = process.cpuUsage();
      redact(whole);
      const spent = process.cpuUsage({ user, system });
      return spent.user + spent.system;
    };
    time(50_000); // warm-up
    const [short, long] = [time(100_000), time(800_000)];
    assert.ok(long < 24 * Math.max(short, 2_000), `${short} µs for 100,000 characters, ${long} µs for 800,000`);
  });
