/** Content and validity of an AuthnRequest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authnContexts, nameIdFormats } from '../response/saml-values.ts';
import { element, render, type Element as Tree } from '../response/xml.ts';
import { bindings } from '../tenants/metadata.ts';
import type { App } from '../tenants/state.ts';
import { checkSender, type RequestRules, readAuthnRequest } from './request.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const ssoUrl = 'http://idp/acme/sso';
const [first, second, third] = ['http://sp/acs', 'http://sp/second', 'http://sp/third'];
const app = {
  name: 'Console',
  entityId: 'http://sp/metadata',
  acs: [
    { url: second, index: 5, isDefault: false },
    { url: first, index: 3, isDefault: true },
    { url: third, index: 0, isDefault: false },
  ],
  signingCertificates: [] as string[],
} as App;
const rules: RequestRules = {
  findApp: (entityId) => (entityId === app.entityId ? app : undefined),
  ssoUrl,
  now,
  wantSigned: false,
};

interface Asked {
  name?: string;
  attributes?: Record<string, string | undefined>;
  children?: Tree[];
  issuer?: string | undefined;
}

const read = ({ name = 'samlp:AuthnRequest', attributes = {}, children = [], ...rest }: Asked = {}) => {
  const { issuer } = { issuer: app.entityId as string | undefined, ...rest };
  const honest = { ID: '_of-16-letters-x', Version: '2.0', IssueInstant: '2026-03-01T12:00:00Z', Destination: ssoUrl };
  const issuers = issuer === undefined ? [] : [element('saml:Issuer', {}, issuer)];
  const xml = render(element(name, { ...honest, ...attributes }, ...issuers, ...children));
  const fields = { SAMLRequest: Buffer.from(xml).toString('base64'), RelayState: 'state' };
  return readAuthnRequest({ binding: 'post', fields }, rules);
};

test('a plain request has no special requirements', () => {
  const { xml, app: of, ...plain } = read();
  assert.match(xml, /^<samlp:AuthnRequest /);
  assert.equal(of, app);
  assert.deepEqual(plain, {
    id: '_of-16-letters-x',
    issuer: app.entityId,
    acsUrl: first,
    binding: 'post',
    signed: false,
    relayState: 'state',
    forceAuthn: false,
    isPassive: false,
    nameIdFormat: undefined,
    authnContext: undefined,
    warnings: [],
  });
});

const at = (milliseconds: number): Asked => ({
  attributes: { IssueInstant: new Date(now + milliseconds).toISOString() },
});
const minute = 60_000;
const acs = (attributes: Record<string, string>): Asked => ({ attributes });
const url = (of: string) => acs({ AssertionConsumerServiceURL: of });
const index = (of: string) => acs({ AssertionConsumerServiceIndex: of });

const taken: [rule: string, asked: Asked, acsUrl?: string][] = [
  ['10 minutes old', at(-10 * minute)],
  ['3 minutes ahead', at(3 * minute)],
  ['with an IssueInstant of nine decimals', { attributes: { IssueInstant: '2026-03-01T12:00:00.123456789Z' } }],
  ['without a Destination, unsigned', { attributes: { Destination: undefined } }],
  ['for a registered ACS URL', url(second), second],
  ['for a registered index', index('5'), second],
  ['for the index 0', index('0'), third],
  ['for an index with surrounding spaces and leading zeros', index(' 05 '), second],
  ['for a response by POST', acs({ ProtocolBinding: bindings.post }), first],
  [
    'for a registered ACS URL by POST',
    acs({ ProtocolBinding: bindings.post, AssertionConsumerServiceURL: third }),
    third,
  ],
];
for (const [rule, asked, acsUrl = first] of taken)
  test(`a request is accepted: ${rule}`, () => assert.equal(read(asked).acsUrl, acsUrl));

const rejected: [rule: string, asked: Asked, code: string, sentence: RegExp][] = [
  [
    'another message',
    { name: 'samlp:LogoutRequest' },
    'request-malformed',
    /not a samlp:AuthnRequest but a samlp:LogoutRequest, which goes to the logout URL/,
  ],
  ['another version', { attributes: { Version: '1.1' } }, 'request-malformed', /Version is not 2.0/],
  ['no version', { attributes: { Version: undefined } }, 'request-malformed', /Version is not 2.0/],
  ['no ID', { attributes: { ID: undefined } }, 'request-malformed', /has no ID/],
  ['no Issuer', { issuer: undefined }, 'request-malformed', /has no saml:Issuer/],
  ['an empty Issuer', { issuer: ' ' }, 'request-malformed', /has no saml:Issuer/],
  ['an unknown app', { issuer: 'http://else' }, 'app-unknown', /entity ID “http:\/\/else”/],
  [
    'another Destination',
    { attributes: { Destination: `${ssoUrl}/` } },
    'request-destination-wrong',
    /the Destination “http:\/\/idp\/acme\/sso\/”, but it arrived at “http:\/\/idp\/acme\/sso”/,
  ],
  ['an empty Destination', { attributes: { Destination: '' } }, 'request-destination-wrong', /the Destination “”/],
  ['just over 10 minutes old', at(-10 * minute - 1), 'request-expired', /11:49:59.999Z.*the time here is .*12:00:00/],
  ['just over 3 minutes ahead', at(3 * minute + 1), 'request-expired', /12:03:00.001Z/],
  [
    'no IssueInstant',
    { attributes: { IssueInstant: undefined } },
    'request-malformed',
    /IssueInstant is not a time in UTC/,
  ],
  ...[
    '2026-03-01T12:00:00',
    '2026-03-01T12:00:00+00:00',
    '2026-03-01',
    '2026-13-01T12:00:00Z',
    '2026-03-01T12:00:00.Z',
    '2026-03-01T12:00:00.1234567890Z',
    ' 2026-03-01T12:00:00Z',
    '2026-03-01T12:00:00Z ',
    '+002026-03-01T12:00:00Z',
    '2026-03-01T12:00:00Z (noon)',
  ].map((IssueInstant): [string, Asked, string, RegExp] => [
    `the IssueInstant “${IssueInstant}”`,
    { attributes: { IssueInstant } },
    'request-malformed',
    /not a time in UTC/,
  ]),
  ['an unregistered ACS URL', url(`${first}/`), 'acs-not-registered', /at “http:\/\/sp\/acs\/”/],
  ['an empty ACS URL', url(''), 'acs-not-registered', /at “”/],
  ['an unregistered index', index('1'), 'acs-not-registered', /ACS with index “1”,/],
  ['an index that is not a number', index('x'), 'acs-not-registered', /ACS with index “x”,/],
  ...['', '0x3', '3e0', '3.0', '-0'].map((value): [string, Asked, string, RegExp] => [
    `the index “${value}”`,
    index(value),
    'acs-not-registered',
    new RegExp(`ACS with index “${value}”,`),
  ]),
  [
    'both an ACS URL and an index',
    acs({ AssertionConsumerServiceURL: first, AssertionConsumerServiceIndex: '3' }),
    'request-malformed',
    /both an AssertionConsumerServiceURL and an AssertionConsumerServiceIndex/,
  ],
  [
    'the Redirect binding for the response',
    acs({ ProtocolBinding: bindings.redirect }),
    'acs-not-registered',
    /HTTP-Redirect/,
  ],
  ['an empty ProtocolBinding', acs({ ProtocolBinding: '' }), 'acs-not-registered', /only HTTP-POST/],
];
for (const [rule, asked, code, sentence] of rejected)
  test(`a request is rejected: ${rule}`, () => assert.throws(() => read(asked), { code, message: sentence }));

test('ForceAuthn and IsPassive are XML Schema booleans', () => {
  for (const [value, is] of [
    ['true', true],
    ['1', true],
    ['false', false],
    ['0', false],
    ['TRUE', false],
    ['', false],
  ] as const) {
    const { forceAuthn, isPassive } = read({ attributes: { ForceAuthn: value } });
    assert.deepEqual([forceAuthn, isPassive], [is, false]);
    const passive = read({ attributes: { IsPassive: value } });
    assert.deepEqual([passive.forceAuthn, passive.isPassive], [false, is]);
  }
});

test('the NameID format is taken from NameIDPolicy, if present', () => {
  const policy = (attributes: Record<string, string>) =>
    read({ children: [element('samlp:NameIDPolicy', attributes)] }).nameIdFormat;
  assert.equal(policy({ Format: nameIdFormats.persistent }), nameIdFormats.persistent);
  assert.equal(policy({ AllowCreate: 'true' }), undefined);
});

test('the Comparison of requested contexts is exact by default', () => {
  const classRef = (name: string) => element('saml:AuthnContextClassRef', {}, name);
  const context = (attributes: Record<string, string>, ...children: Tree[]) =>
    read({ children: [element('samlp:RequestedAuthnContext', attributes, ...children)] }).authnContext;
  assert.deepEqual(context({}, classRef(authnContexts.password), classRef('b')), {
    comparison: 'exact',
    classes: [authnContexts.password, 'b'],
    declarations: false,
  });
  assert.deepEqual(context({ Comparison: 'minimum' }, element('saml:AuthnContextDeclRef', {}, 'd')), {
    comparison: 'minimum',
    classes: [],
    declarations: true,
  });
});

test('an ID that is guessable or not an xs:ID is accepted with a warning', () => {
  const weak = [
    '_of-15-letters-',
    '1234567890123456',
    '-234567890123456',
    '_123456789 12345',
    '_12345678901234:',
    '1_xxxxxxxxxxxxxxxx',
  ];
  const fine = ['_of-16-letters-x', 'Éa34567890123456', 'a.b-c_d·e2345678', `_${'\u0301'.repeat(16)}`];
  for (const id of weak) {
    const { warnings } = read({ attributes: { ID: id } });
    assert.deepEqual([id, warnings.map(({ code }) => code)], [id, ['request-id-weak']]);
    assert.ok(warnings[0]!.sentence.includes(`“${id}”`));
  }
  for (const id of fine) assert.deepEqual(read({ attributes: { ID: id } }).warnings, [], id);
});

/** The result for signed or not, certificate registered or not, signature required or not. */
const senders: [signed: boolean, registered: boolean, wanted: boolean, outcome: string | undefined][] = [
  [false, false, false, undefined],
  [false, true, false, undefined],
  [false, false, true, 'request-unsigned'],
  [false, true, true, 'request-unsigned'],
  [true, false, false, undefined],
  [true, true, false, 'verified'],
  [true, false, true, 'request-signature-bad'],
  [true, true, true, 'verified'],
];
for (const [signed, registered, wanted, outcome] of senders) {
  const circumstances = `${signed ? '' : 'un'}signed, ${registered ? 'a' : 'no'} certificate`;
  test(`${circumstances}, signature ${wanted ? '' : 'not '}required`, () => {
    const ids: string[] = [];
    const verify = (certificates: readonly string[]): void => void ids.push(...certificates);
    const sender = { ...app, signingCertificates: registered ? ['pem'] : [] };
    const check = () => checkSender({ signed, verify }, sender, wanted);
    if (outcome === undefined || outcome === 'verified') check();
    else assert.throws(check, { code: outcome });
    assert.deepEqual(ids, outcome === 'verified' ? ['pem'] : []);
  });
}

test('a request must be signed if the tenant requires it, and a signed one needs a Destination', () => {
  const xml = (attributes: Record<string, string | undefined>): string =>
    render(
      element(
        'samlp:AuthnRequest',
        { ID: '_1', Version: '2.0', IssueInstant: '2026-03-01T12:00:00Z', ...attributes },
        element('saml:Issuer', {}, app.entityId),
        element('ds:Signature'),
      ),
    );
  const readSigned = (attributes: Record<string, string>, wantSigned: boolean) =>
    readAuthnRequest(
      { binding: 'post', fields: { SAMLRequest: Buffer.from(xml(attributes)).toString('base64') } },
      { ...rules, wantSigned },
    );
  assert.equal(readSigned({ Destination: ssoUrl }, false).signed, true);
  assert.throws(() => readSigned({}, false), { code: 'request-destination-wrong' });
  assert.throws(() => readSigned({ Destination: ssoUrl }, true), { code: 'request-signature-bad' });
});
