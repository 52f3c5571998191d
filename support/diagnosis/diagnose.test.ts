/** Diagnoses responses that were really sent: with all settings of the connection, with none, or with wrong ones. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ConnectionOptions } from './connection-options.ts';
import { type CapturedSignIns, captureSignIns, diagnosed } from './sign-in.fixture.ts';

let captured: CapturedSignIns;
before(async () => {
  captured = await captureSignIns();
});
after(() => captured[Symbol.asyncDispose]());

const one = async (
  text: string | Buffer,
  options: ConnectionOptions = {},
): Promise<{ verdict: string; codes: string[]; notVerified: readonly string[] }> => {
  const all = await diagnosed(text, options);
  assert.equal(all.length, 1, 'one message');
  const { verdict, findings, notVerified } = all[0]!.diagnosis;
  return { verdict, codes: findings.map(({ code }) => code), notVerified };
};
const input = (value: string): string => `<input type="hidden" name="SAMLResponse" value="${value}">`;
const accepted = { verdict: 'accept', codes: [], notVerified: [] };

test('with all settings, a valid response is accepted in every supported format', async () => {
  const { good, everything } = captured;
  const options = { ...everything, 'request-id': good.requestId };
  const response = Buffer.from(good.xml).toString('base64');
  const forms = {
    xml: good.xml,
    'xml with a byte order mark': `\uFEFF\n${good.xml}\r\n`,
    base64: response,
    'wrapped base64': response.replace(/.{64}/g, '$&\r\n'),
    'escaped base64': encodeURIComponent(response),
    form: good.form,
    'a whole request': `POST /acs HTTP/1.1\r\nHost: sp\r\n\r\n${good.form}`,
    page: `<html><body><form method="post">${input(response.replaceAll('+', '&#43;'))}</form></body></html>`,
    har: good.har,
    tracer: good.tracer,
    json: JSON.stringify({ SAMLResponse: response, RelayState: new URLSearchParams(good.form).get('RelayState') }),
  };
  for (const [name, text] of Object.entries(forms))
    assert.deepEqual(
      await one(text, name === 'page' ? { ...options, policy: ['requireRelayState=false'] } : options),
      accepted,
      name,
    );
});

test('without settings, every skipped check is listed', async () => {
  assert.deepEqual(await one(captured.good.xml), {
    verdict: 'undetermined',
    codes: [],
    notVerified: ['signature', 'issuer', 'destination', 'recipient', 'audience', 'in-response-to'],
  });
});

test('each missing setting is listed, and one is enough to prevent acceptance', async () => {
  const { good, everything, certificateFile } = captured;
  const all = { ...everything, 'request-id': good.requestId };
  const diagnose = async (options: ConnectionOptions): Promise<unknown> => one(good.form, options);
  const undecided = (notVerified: string[]): unknown => ({ verdict: 'undetermined', codes: [], notVerified });
  assert.deepEqual(await diagnose({ ...all, 'sp-entity-id': undefined }), undecided(['audience']));
  assert.deepEqual(await diagnose({ ...all, acs: undefined }), undecided(['destination', 'recipient']));
  assert.deepEqual(await diagnose({ ...all, 'idp-metadata': undefined }), undecided(['signature', 'issuer']));
  assert.deepEqual(
    await diagnose({ ...all, 'idp-metadata': undefined, 'idp-cert': certificateFile }),
    undecided(['issuer']),
  );
  assert.deepEqual(await diagnose({ ...all, 'request-id': undefined }), undecided(['in-response-to']));
});

test('with one wrong setting, the response is rejected for exactly that', async () => {
  const { good, everything } = captured;
  const rejections = async (options: ConnectionOptions): Promise<string[]> => {
    const { verdict, codes } = await one(good.form, { ...everything, 'request-id': good.requestId, ...options });
    assert.equal(verdict, 'reject');
    return codes;
  };
  assert.deepEqual(await rejections({ 'sp-entity-id': 'https://sp.example/other' }), ['audience-mismatch']);
  assert.deepEqual(await rejections({ acs: 'https://sp.example/acs' }), ['destination-mismatch', 'recipient-mismatch']);
  assert.deepEqual(await rejections({ 'request-id': '_another' }), [
    'in-response-to-mismatch',
    'confirmation-in-response-to-mismatch',
  ]);
  assert.deepEqual(await rejections({ at: '2100-01-01T00:00:00Z' }), ['assertion-expired', 'confirmation-expired']);
  assert.deepEqual(await rejections({ policy: ['requireEncryption=true'] }), ['encryption-required']);
  assert.deepEqual(await rejections({ policy: ['requiredAttributes=costCentre'] }), ['required-attribute-missing']);
});

test('faults are found without a setting for them', async () => {
  const { during, everything } = captured;
  assert.deepEqual((await one((await during('signatures by an unknown key')).har, everything)).codes, [
    'signing-cert-mismatch',
    'signing-cert-mismatch',
  ]);
  assert.deepEqual(
    (await one((await during('an assertion that expired 10 minutes ago')).har)).codes[0],
    'assertion-expired',
  );
  assert.deepEqual((await one((await during('a response without RelayState')).har, everything)).codes, [
    'relay-state-missing',
  ]);
  assert.deepEqual((await one((await during('a response without Status')).form)).codes[0], 'status-missing');
  assert.deepEqual((await one((await during('an empty DOCTYPE')).form)).codes, ['xml-doctype']);
});

test('a response that cannot be read may be the response, so the request is not called unanswered', async () => {
  const { har } = captured.good;
  const cut = har.replace(/("SAMLResponse=[^&"]{400})[^"]*/, '$1*');
  assert.notEqual(cut, har);
  assert.deepEqual(await one(cut), { verdict: 'reject', codes: ['response-not-base64'], notVerified: [] });
});
