/** HTTP requests to a server with a certificate of a private authority. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Authority, createAuthority, serveHttps } from './authority.fixture.ts';
import { fetchForeignText } from './foreign-reply.ts';
import { InvalidAuthority, trustAuthority, trustsMore } from './trust.ts';

const host = 'staging.product.test';
let own: Authority;
let other: Authority;
before(async () => {
  process.env.HOSTS = `${host}=127.0.0.1`;
  [own, other] = await Promise.all([createAuthority('Acme CA'), createAuthority('Other CA')]);
});
after(() => delete process.env.HOSTS);

/** The text of the page, or the sentence with which it failed, without its port. */
async function read(credentials: { cert: string; key: string }): Promise<string> {
  await using server = await serveHttps(credentials, (_request, response) => void response.end('Hello'));
  const url = new URL(`https://${host}:${server.port}/`);
  const text = await fetchForeignText(url).catch(({ message }: Error) => message);
  return text.replace(`:${server.port}`, '');
}

const untrusted =
  `https://${host}/ has a TLS certificate that is not trusted here: ` +
  'name its authority as certificateAuthority in the recipe, or in NODE_EXTRA_CA_CERTS';

test('a private authority is trusted once it was named, and no other', async () => {
  const credentials = await own.issue({ host });
  assert.equal(await read(credentials), untrusted);
  trustAuthority(own.pem);
  assert.equal(trustsMore(), true);
  assert.equal(await read(credentials), 'Hello');
  const foreign = await other.issue({ host });
  assert.equal(await read(foreign), untrusted);
  assert.equal(await read({ ...foreign, cert: foreign.cert + own.pem }), untrusted);
});

/** Of a server that has no authority. */
const selfSigned = `-----BEGIN CERTIFICATE-----
MIIBXDCCAQGgAwIBAgIUVbVjeAxULpDk6E2MpiOnUvQj53swCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTIyNDgwMloYDzIxMjYxMTA1
MjI0ODAyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARfNE5tlSIQdyW6oSP5NP7c+RJTW1JlDgcB+lsu5AEva4udIRwgxuFF
m8lVtxcMHBmlYaFTDSTf6GqRFr033JXMoy8wLTAMBgNVHRMBAf8EAjAAMB0GA1Ud
DgQWBBTmGg33GtqkKFqx6WnfVh4morwXTTAKBggqhkjOPQQDAgNJADBGAiEA7rX7
RTtAD3hKtXjO9Z1mnDb9Pg6nCuca8ecSHUg/EXUCIQC9h29CrB8pl/HaeJU8YDTt
fCDzm8e+zNkyqIKT75eVbA==
-----END CERTIFICATE-----`;

const wrong: readonly [what: string, certificate: Parameters<Authority['issue']>[0], sentence: string][] = [
  ['of another host', { host: 'elsewhere.product.test' }, 'has a TLS certificate for another host'],
  ['that has expired', { host, validFrom: -5, validTo: -2 }, 'has a TLS certificate that has expired'],
  ['of the future', { host, validFrom: 2, validTo: 5 }, 'has a TLS certificate that is not valid yet'],
];
for (const [what, certificate, sentence] of wrong)
  test(`a certificate ${what} is rejected, with its host and the reason`, async () => {
    trustAuthority(own.pem);
    assert.equal(await read(await own.issue(certificate)), `https://${host}/ ${sentence}`);
  });

test('the usual authorities remain trusted', async () => {
  const { getCACertificates } = await import('node:tls');
  const before = getCACertificates('default').length;
  trustAuthority(own.pem + other.pem);
  const after = getCACertificates('default');
  assert.ok(after.length >= before && after.length > 100, `${after.length}`);
});

test('what cannot be an authority is named', async () => {
  const leaf = await own.issue({ host });
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
  const sentences: readonly [pem: string, message: RegExp][] = [
    ['hello', /^ca\.pem is not a certificate in PEM format$/],
    [broken, /^ca\.pem contains a malformed certificate$/],
    [selfSigned, /^ca\.pem contains .* \(CN=localhost\)\. It is self-signed: name its file in NODE_EXTRA_CA_CERTS/],
    [leaf.cert, /^ca\.pem contains the certificate of a server \(CN=staging\.product\.test\)\. Use the certificate of/],
  ];
  for (const [pem, message] of sentences)
    assert.throws(
      () => trustAuthority(pem, 'ca.pem'),
      (error: Error) => {
        assert.ok(error instanceof InvalidAuthority);
        assert.match(error.message, message);
        return true;
      },
    );
});
