/** The largest texts that the paste page takes cost the lab a bounded amount of memory. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { request } from '../stack/http.ts';
import { startLab } from './lab.ts';

const xml = '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"/>';
const form = `SAMLResponse=${encodeURIComponent(Buffer.from(xml).toString('base64'))}`;
const url = 'https://sp.example/acs';

/** Already encoded for the page's form, so that the test itself takes little memory. */
const long = (piece: string, size = 7_000_000): Buffer =>
  Buffer.alloc(size, Buffer.from(new URLSearchParams({ piece }).toString().slice('piece='.length)));
const around = (before: string, long: Buffer, after = ''): Buffer =>
  Buffer.concat([
    Buffer.from(new URLSearchParams({ text: before }).toString()),
    long,
    Buffer.from(encodeURIComponent(after)),
  ]);

const texts: Readonly<Record<string, () => Buffer>> = {
  'a cURL command': () => around(`curl '${url}' --data-raw '${form}&x=`, long('abcd'), "'"),
  'a cURL command of quotes': () => around(`curl '${url}' --data-raw '${form}' `, long(`'a'"b"`)),
  'a cURL command for cmd': () => around(`curl ^"${url}^" --data-raw ^"${form}&x=`, long('^%20ab'), '^"'),
  'wrapped base64': () => around('SAMLResponse: ', long(`${'A'.repeat(76)}\n`)),
  markup: () => around('<a>SAML:', long('<a>SAML:')),
};

test('a pasted text of 7 MB takes the lab less than 250 MB more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pasted-'));
  const lab = await startLab({ data: join(folder, 'lab'), port: 0, spPort: 0, idpPort: 0 });
  try {
    const before = process.resourceUsage().maxRSS;
    for (const [name, text] of Object.entries(texts)) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
      const response = await request(new URL('/diagnose', lab.url).href, { method: 'POST', headers, body: text() });
      assert.equal(response.status, 200, name);
      assert.match(await response.text(), /<h2 id="result/, name);
      const megabytes = (process.resourceUsage().maxRSS - before) / 1024;
      assert.ok(megabytes < 250, `${name}: ${megabytes.toFixed(0)} MB`);
    }
  } finally {
    await lab[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
});
