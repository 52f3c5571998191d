/** Errors that the identity provider reports: in a capture without a response, in a pasted text, in a StatusMessage. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { messagesIn } from '../capture.ts';
import { diagnose } from '../diagnose.ts';
import { hardenedPolicies } from '../policies.ts';
import { createRedactor } from '../redact.ts';
import { reportedErrorsInFile } from './reported-errors.ts';
import { writtenAs } from './written-as.fixture.ts';

const codesIn = (file: string): string[] => reportedErrorsInFile(Buffer.from(file)).map(({ code }) => code);

const request = deflateRawSync(
  '<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r" Version="2.0"/>',
).toString('base64');
const signOn = 'https://login.microsoftonline.com/0a1b2c3d-4e5f-4061-8273-8495a6b7c8d9/saml2';
const har = (content: object): string =>
  JSON.stringify({
    log: {
      entries: [
        {
          startedDateTime: '2026-03-01T12:00:00Z',
          request: { method: 'GET', url: `${signOn}?SAMLRequest=${encodeURIComponent(request)}` },
          response: { status: 200, content },
        },
      ],
    },
  });
const errorPage = '<!DOCTYPE html><html><script>$Config={"sErrorCode":"50105"};</script></html>';

test('an error page in a HAR export is found, as text and as base64', () => {
  assert.deepEqual(codesIn(har({ mimeType: 'text/html', text: errorPage })), ['AADSTS50105']);
  const text = Buffer.from(errorPage).toString('base64');
  assert.deepEqual(codesIn(har({ mimeType: 'text/html', encoding: 'base64', text })), ['AADSTS50105']);
  assert.deepEqual(codesIn(har({ mimeType: 'text/html', text: '<!DOCTYPE html><html></html>' })), []);
});

test('the diagnosis of a request without a response says to whom it went and what was reported', () => {
  const file = Buffer.from(har({ mimeType: 'text/html', text: errorPage }));
  const settings = { at: undefined, requestId: undefined, sp: {}, idp: {}, policies: hardenedPolicies };
  const [one] = diagnose(messagesIn(file), {
    settings,
    redactor: createRedactor({ showSecrets: false }),
    reportedErrors: reportedErrorsInFile(file),
  });
  assert.equal(one!.recognition.candidates[0]?.product, 'entra');
  const [error] = one!.diagnosis.reportedErrors ?? [];
  assert.equal(error?.case, 'app-not-assigned');
  assert.match(error?.fix ?? '', /Users and groups → Add user\/group/);
});

test('a code in the StatusMessage is explained', () => {
  const xml = writtenAs({
    prefixes: ['samlp', '', ''],
    ids: ['_a', '_b'],
    status:
      '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Requester"/>' +
      '<samlp:StatusMessage>AADSTS75011: Authentication method differs.</samlp:StatusMessage></samlp:Status>',
  });
  const settings = { at: undefined, requestId: undefined, sp: {}, idp: {}, policies: hardenedPolicies };
  const [one] = diagnose(messagesIn(Buffer.from(xml)), { settings, redactor: createRedactor({ showSecrets: false }) });
  assert.deepEqual(
    one!.diagnosis.reportedErrors?.map(({ code, product, fix }) => [code, product, fix.slice(0, 29)]),
    [['AADSTS75011', 'entra', 'Send no RequestedAuthnContext']],
  );
});
