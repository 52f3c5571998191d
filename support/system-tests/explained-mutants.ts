/** Mutants that survive for a reason: they are equivalent, or only a slower test could tell the difference. */

export interface ExplainedMutant {
  file: string;
  /** Part of the line of code, and part of its replacement; `''` matches everything. */
  original: string;
  replacement: string;
  reason: string;
}

const secondLook = 'A second look at what the library has found and digested; it shows only when the library is wrong.';

const lastLine = 'The last line before acceptance. Anything it would stop has a finding already.';

const foundBefore = 'A part that is missing, or there twice, was found before.';

const cache = 'It is kept so as not to be made again; the next one is equal.';

const undefinedTime = 'No time is before or after one that is missing.';

export const explainedMutants: readonly ExplainedMutant[] = [
  {
    file: 'mock-idp/response/saml-values.ts',
    original: 'toISOString()',
    replacement: '/\\.\\d+Z/',
    reason: 'toISOString writes its only Z at the end',
  },
  {
    file: 'mock-idp/response/xml.ts',
    original: 'a.order < b.order',
    replacement: 'a.order <= b.order',
    reason: 'no two attributes of an element have the same name',
  },
  {
    file: 'mock-idp/sign-in/parse.ts',
    original: 'node.nodeType === 1',
    replacement: 'true',
    reason: 'nodes of other types have no local name',
  },
  {
    file: 'mock-idp/sign-in/incoming.ts',
    original: 'more.length === 0 && reference !== undefined',
    replacement: '',
    reason: 'checkShape has found exactly one reference',
  },
  {
    file: 'mock-idp/sign-in/held-response.ts',
    original: 'xml === delivery.xml',
    replacement: 'false',
    reason: 'a copy with the same text is equal',
  },
  {
    file: 'mock-idp/sign-in/transactions.ts',
    original: "typeof id === 'string'",
    replacement: 'true',
    reason: 'a map whose keys are strings finds nothing else',
  },
  {
    file: 'mock-idp/sign-in/issue-response.ts',
    original: 'otherApp?.acs[0]?.url',
    replacement: 'otherApp?.acs[0].url',
    reason: 'each app has an ACS',
  },
  {
    file: 'mock-idp/sign-in/issue-response.ts',
    original: 'otherTransaction?.request?.id',
    replacement: 'otherTransaction?.request.id',
    reason: 'only sign-ins with a request are found',
  },
  {
    file: 'mock-idp/sign-in/single-logout.ts',
    original: 'remember(logoutRequests, key, true)',
    replacement: 'false',
    reason: 'only the keys are asked for',
  },
  {
    file: 'mock-idp/http/routes.ts',
    original: 'handle?.stack',
    replacement: 'handle.stack',
    reason: 'each layer of Express has a handler',
  },
  {
    file: 'mock-idp/http/transport.ts',
    original: '.catch(() => false)',
    replacement: '() => undefined',
    reason: 'undefined is false, too',
  },
  {
    file: 'mock-idp/http/guard.ts',
    original: '/^127',
    replacement: '127',
    reason: 'the parser of addresses takes such hosts for malformed ones',
  },
  {
    file: 'sp/saml/verify.ts',
    original: 'if (octets === undefined || more.length > 0 || !isDigested(octets))',
    replacement: '',
    reason: secondLook,
  },
  {
    file: 'sp/saml/verify.ts',
    original: 'return is(content, signed.namespaceURI!, signed.localName) && content',
    replacement: '',
    reason: secondLook,
  },
  {
    file: 'sp/saml/judge.ts',
    original: 'if (!opened.assertion || !(opened.verified || responseVerified))',
    replacement: '',
    reason: lastLine,
  },
  {
    file: 'sp/saml/judge.ts',
    original: "findings: [finding('nothing-signed', at)], notVerified: []",
    replacement: '',
    reason: lastLine,
  },
  {
    file: 'sp/saml/signature-structure.ts',
    original: 'if (findings.length === 0)',
    replacement: 'false',
    reason: foundBefore,
  },
  {
    file: 'sp/saml/signature-structure.ts',
    original: "findings.push(wrong('signature-structure-refused', signature, { expected: 'every part once' }))",
    replacement: '',
    reason: foundBefore,
  },
  {
    file: 'sp/enforcement.ts',
    original: 'users !== undefined && chosen.length < new Set(users).size',
    replacement: 'true',
    reason: 'Without a choice the set is empty, and nothing is smaller than that.',
  },
  {
    file: 'sp/enforcement.ts',
    original: 'if (user.profile === undefined) return undefined;',
    replacement: 'false',
    reason: 'No profile has the ID NULL.',
  },
  {
    file: 'sp/organization.ts',
    original: 'address === undefined',
    replacement: 'false',
    reason: 'No user has the address NULL.',
  },
  {
    file: 'sp/connection-test.ts',
    original: 'if (isPruningDue(',
    replacement: 'true',
    reason: 'Pruning more often only takes longer.',
  },
  {
    file: 'sp/connection-test.ts',
    original: 'wentToIdpAt !== undefined && time >=',
    replacement: 'true',
    reason: 'A time plus undefined is not a number, and no time is later than that.',
  },
  {
    file: 'sp/connection-test.ts',
    original: 'if (browser === undefined) return undefined;',
    replacement: 'false',
    reason: 'No link was opened by the browser NULL.',
  },
  {
    file: 'sp/connection-test.ts',
    original: 'return row?.revision ?? undefined;',
    replacement: 'row.revision',
    reason: 'max() gives a row in any case.',
  },
  {
    file: 'sp/test-link.ts',
    original: 'token.length === secretLength && /^[\\w-]+$/.test(token)',
    replacement: '',
    reason: 'No other text has the hash of a token that was sent.',
  },
  {
    file: 'sp/test-email.ts',
    original: 'disableFileAccess: true',
    replacement: '',
    reason: 'No message of ours names a file.',
  },
  {
    file: 'sp/test-email.ts',
    original: 'disableUrlAccess: true',
    replacement: '',
    reason: 'No message of ours names an address to fetch.',
  },
  {
    file: 'sp/saml/identity.ts',
    original: 'subject ? childrenNamed(',
    replacement: 'Stryker was here',
    reason: 'An accepted assertion has a subject.',
  },
  {
    file: 'sp/store.ts',
    original: 'statements.set(sql, statement);',
    replacement: ';',
    reason: 'Preparing the statement each time only takes longer.',
  },
  {
    file: 'sp/store.ts',
    original: "typeof value === 'boolean' ? Number(value)",
    replacement: 'false',
    reason: 'Node 24 binds booleans by itself; Node 22 does not.',
  },
  {
    file: 'sp/store.ts',
    original: 'if (!existsSync(path)) closeSync(openSync(path',
    replacement: 'true',
    reason: 'Opening a file that is there changes nothing.',
  },
  {
    file: 'sp/store.ts',
    original: 'statSync(file, { throwIfNoEntry: false })?.isFile()',
    replacement: '',
    reason: 'What it throws is caught, and where the first file beside the database is missing, so is the second.',
  },
  {
    file: 'sp/store.ts',
    original: 'if (found === known) return;',
    replacement: 'false',
    reason: 'Bringing the newest format up to date does nothing.',
  },
  {
    file: 'sp/control.ts',
    original: '/^Bearer (.+)$/',
    replacement: '/^Bearer (.+)/',
    reason: 'A header has one line.',
  },
  {
    file: 'sp/control.ts',
    original: 'if (status !== undefined && status < 500)',
    replacement: 'true',
    reason: 'undefined is less than no number.',
  },
  {
    file: 'sp/control/users.ts',
    original: 'organizationIn(store, request);',
    replacement: ';',
    reason: 'It is looked up again in the transaction; here it only saves the hashing.',
  },
  {
    file: 'sp/routes.ts',
    original: 'handle?.stack',
    replacement: 'handle.stack',
    reason: 'Each layer of Express has a handler.',
  },
  {
    file: 'sp/session.ts',
    original: 'session_index !== null && indexes.includes(session_index)',
    replacement: 'true',
    reason: 'No list of texts includes NULL.',
  },
  {
    file: 'sp/saml/trust-key.ts',
    original: 'primesBelow(168)',
    replacement: 'primesBelow(168)',
    reason: 'An even modulus has been rejected before, and 1 is a power of 65537 modulo 2.',
  },
  {
    file: 'mock-idp/http/worker-front.ts',
    original: 'keepAlive: true',
    replacement: 'false',
    reason: 'Only slower.',
  },
  {
    file: 'mock-idp/http/worker-front.ts',
    original: 'wanted !== undefined && wanted < sockets.length',
    replacement: 'true',
    reason: 'Undefined is not less than a number.',
  },
  {
    file: 'mock-idp/http/worker-front.ts',
    original: 'value === undefined ? undefined : Number(value)',
    replacement: 'false',
    reason: 'Number(undefined) is not a number, and is not less than one.',
  },
  {
    file: 'mock-idp/http/worker-front.ts',
    original: 'if (length <= longestBody) parts.push(part);',
    replacement: 'true',
    reason: 'It only needs more memory; the length is examined again at the end.',
  },
  {
    file: 'mock-idp/http/worker-front.ts',
    original: "|| 'name' in input",
    replacement: '',
    reason: 'What is not an object throws, and the body is returned as it is.',
  },
  {
    file: 'mock-idp/response/in-persona.ts',
    original: 'one < other ? -1 : 1',
    replacement: 'one <= other',
    reason: 'Attributes have different names.',
  },
  {
    file: 'mock-idp/response/in-persona.ts',
    original: 'if (made?.plan === plan) return made.signature;',
    replacement: 'false',
    reason: cache,
  },
  {
    file: 'mock-idp/response/in-persona.ts',
    original: 'madeSignatures.set(keys,',
    replacement: ';',
    reason: cache,
  },
  {
    file: 'mock-idp/response/in-persona.ts',
    original: 'if (made?.prefixList === prefixList) return made.signature;',
    replacement: 'false',
    reason: cache,
  },
  {
    file: 'mock-idp/response/in-persona.ts',
    original: 'listing.set(signature,',
    replacement: ';',
    reason: cache,
  },
  {
    file: 'mock-idp/response/in-persona.ts',
    original: 'keptHands.set(plan, hands)',
    replacement: ';',
    reason: cache,
  },
  {
    file: 'mock-idp/response/in-persona.ts',
    original: 'hands.set(key, hand)',
    replacement: ';',
    reason: cache,
  },
  {
    file: 'mock-idp/sign-in/sign-in.ts',
    original: 'if (tenant.persona === undefined) return outcome;',
    replacement: 'false',
    reason: 'Without a persona, the steps below return the outcome as it is.',
  },
  {
    file: 'mock-idp/tls/authority.ts',
    original: "toString('pem').trim()",
    replacement: "toString('pem')",
    reason: 'White space at the end of a PEM file has no meaning.',
  },
  {
    file: 'mock-idp/tls/authority.ts',
    original: "encode(der, 'PRIVATE KEY').trim()",
    replacement: 'encode',
    reason: 'White space at the end of a PEM file has no meaning.',
  },
  {
    file: 'mock-idp/tls/https-server.ts',
    original: 'if (next.credentials !== credentials)',
    replacement: 'true',
    reason: 'The same certificate is set again.',
  },
  {
    file: 'mock-idp/tls/https-server.ts',
    original: 'if (last === made) last = make(before)',
    replacement: 'true',
    reason: 'It matters only to two visitors in the same microtask.',
  },
  {
    file: 'sp/admin-center/audit-log.ts',
    original: '/^(',
    replacement: '/(',
    reason: 'No other action has such a word in it.',
  },
  {
    file: 'sp/admin-center/audit-log.ts',
    original: "from === '' || dayOf(entry.at) >= from",
    replacement: 'false',
    reason: 'Each day is at or after an empty text.',
  },
  {
    file: 'sp/admin-center/audit-words.ts',
    original: "typeof value === 'string' ? value",
    replacement: 'false',
    reason: 'String() returns a string as it is.',
  },
  {
    file: 'sp/admin-center/choosing.ts',
    original: 'list.split(/[\\s,;<>"]+/)',
    replacement: '/[\\s,;<>"]/',
    reason: 'Empty words have no @.',
  },
  {
    file: 'sp/admin-center/result-step.ts',
    original: 'test.response === undefined ? undefined : findResponse(',
    replacement: 'false',
    reason: 'No response has the ID NULL.',
  },
  {
    file: 'sp/admin-center/test-step.ts',
    original: 'if (form !== undefined && isFormUsed(',
    replacement: 'true',
    reason: 'No test has the form NULL.',
  },
  {
    file: 'sp/control/records.ts',
    original: 'limit === undefined ? {} : { limit }',
    replacement: 'false',
    reason: 'An undefined limit is the default, too.',
  },
  {
    file: 'sp/login.ts',
    original: 'if (browser) leaveTests(',
    replacement: 'true',
    reason: 'No link was opened by the browser NULL.',
  },
  {
    file: 'sp/login/authenticate.ts',
    original: "counter.browser === '' ? 'strangers' : 'known'",
    replacement: 'counter.browser !==',
    reason: 'Both lines are of the same length.',
  },
  {
    file: 'sp/login/authenticate.ts',
    original: 'browser !== undefined && isKnownBrowser(',
    replacement: 'true',
    reason: 'No user has the known browser NULL.',
  },
  {
    file: 'sp/saml/checks/authn-statement.ts',
    original: 'rank(used) >= rank(one)',
    replacement: 'rank(used) > rank(one)',
    reason: 'Of an equal rank is only the same class, which was found before.',
  },
  {
    file: 'sp/saml/checks/authn-statement.ts',
    original: 'rank(used) <= rank(one)',
    replacement: 'rank(used) < rank(one)',
    reason: 'Of an equal rank is only the same class, which was found before.',
  },
  {
    file: 'sp/saml/checks/check.ts',
    original: 'text === undefined || !instantPattern.test(text)',
    replacement: 'false',
    reason: 'The word “undefined” is not a time.',
  },
  {
    file: 'sp/saml/checks/conditions.ts',
    original: 'if (conditions === undefined) return [];',
    replacement: 'false',
    reason: 'Conditions that are missing have no times.',
  },
  {
    file: 'sp/saml/checks/conditions.ts',
    original: 'start !== undefined && end !== undefined && start >= end',
    replacement: 'true',
    reason: undefinedTime,
  },
  {
    file: 'sp/saml/checks/conditions.ts',
    original: 'start !== undefined && latest.getTime() < start',
    replacement: 'true',
    reason: undefinedTime,
  },
  {
    file: 'sp/saml/checks/conditions.ts',
    original: 'end !== undefined && earliest.getTime() >= end',
    replacement: 'true',
    reason: undefinedTime,
  },
  {
    file: 'sp/saml/checks/conditions.ts',
    original: 'audiences.length === 0 || audiences.every(',
    replacement: 'false',
    reason: 'Every audience of none is empty.',
  },
  {
    file: 'sp/saml/checks/status.ts',
    original: 'if (!status || !code || !value) {',
    replacement: 'false',
    reason: 'Without a status there is neither a code nor a value.',
  },
  {
    file: 'sp/saml/checks/status.ts',
    original: 'if (!status || !code || !value) {',
    replacement: '!status && !code',
    reason: 'Without a status there is neither a code nor a value.',
  },
  {
    file: 'sp/saml/checks/status.ts',
    original: 'second !== undefined && Object.hasOwn(secondLevel, second)',
    replacement: 'true',
    reason: 'No code of the second level is called “undefined”.',
  },
  {
    file: 'sp/saml/dom.ts',
    original: 'if (known !== undefined) return known;',
    replacement: 'false',
    reason: cache,
  },
  {
    file: 'sp/saml/dom.ts',
    original: 'stepsBelow.set(parent, steps)',
    replacement: ';',
    reason: cache,
  },
  {
    file: 'sp/signing-key.ts',
    original: "importKey('pkcs8', pair.privateKey",
    replacement: 'true',
    reason: 'The imported key is never exported.',
  },
  {
    file: 'sp/signing-key.ts',
    original: "importKey('spki', pair.publicKey",
    replacement: '[]',
    reason: 'The imported key verifies nothing here.',
  },
];
