/** Learns what a message contains: IDs, times, statements, attributes. Their values stay out. */
import type { Decimals } from '../../../mock-idp/personas/persona.ts';
import { attribute, childElements } from '../../../sp/saml/dom.ts';
import type { Read } from '../../../sp/saml/read.ts';
import { type Learned, type LearnedParts, notLearned, notWritten } from './learned.ts';
import type { AssertionFacts, AttributeFacts, MessageFacts, TimeFacts } from './message-facts.ts';
import { patternOf } from './pattern.ts';

export function learnContent({ document }: Read, facts: MessageFacts): Learned {
  const { assertion, issuerFormat, hasConsent } = facts;
  const isFailure = facts.status.codes.length > 0 && facts.status.codes[0] !== 'Success';
  return {
    issuerFormat: issuerFormat ?? '',
    consent: hasConsent ? attribute(document.documentElement, 'Consent') : '',
    ...(isFailure
      ? { errorResponse: { destination: facts.hasDestination, inResponseTo: facts.hasInResponseTo } }
      : { destination: facts.hasDestination ? presence(facts) : absence(facts) }),
    // The IDs and times of an encrypted assertion are taken to be like those of its response.
    ids: templates(facts.ids.response, facts.ids.assertion ?? facts.ids.response, startsAlways(document, '_')),
    decimals: decimalsOf(facts),
    ...(assertion === undefined ? {} : ofAssertion(assertion, facts)),
  };
}

const presence = ({ responseSignature }: MessageFacts): Learned['destination'] =>
  responseSignature === undefined
    ? 'always'
    : notLearned('seen in a signed response only; one that is not signed may have none');
const absence = ({ responseSignature }: MessageFacts): string =>
  responseSignature === undefined ? 'in a signed response' : 'never';

function ofAssertion(assertion: AssertionFacts, { hasInResponseTo, decimals }: MessageFacts): Learned {
  const { times, nameId, attributes } = assertion;
  return {
    sessionIndex: sessionIndexOf(assertion, hasInResponseTo),
    delays: delaysOf(times, decimals === times.decimals),
    conditions: periodOf(times.notBefore, times.notOnOrAfter),
    confirmation: times.confirmation === undefined ? undefined : Math.max(0, Math.round(times.confirmation)),
    session: times.sessionSinceIssue === undefined ? 'never' : Math.max(0, Math.round(times.sessionSinceIssue)),
    nameId:
      nameId === 'missing'
        ? undefined
        : {
            format: assertion.nameIdFormat ?? 'none',
            value: patternOf(assertion.nameIdValue) === '{guid}' ? 'identifier' : 'as configured',
            qualifiers: assertion.nameIdQualifiers.includes('NameQualifier'),
            spQualifier: assertion.nameIdQualifiers.includes('SPNameQualifier'),
          },
    confirmationNotBefore: assertion.hasConfirmationStart,
    subjectAddress: assertion.hasConfirmationAddress,
    statements: assertion.statements.length < 2 ? undefined : order(assertion.statements),
    authnContext: assertion.classRef,
    authenticatingAuthority: assertion.hasAuthority,
    ...(attributes.length === 0 ? {} : ofAttributes(attributes)),
  };
}

const order = ([first]: readonly string[]): string =>
  first === 'AttributeStatement' ? 'attributes first' : 'authn first';

/** The pattern of an ID as a template of the mock. */
const template = (pattern: string | undefined): string | undefined =>
  pattern === undefined || pattern === '{text}'
    ? undefined
    : pattern
        .replace(/\{(hex|HEX|digits) (\d+)\}/g, '{$1:$2}')
        .replace(/\{characters (\d+)\}/g, '{random:$1}')
        .replace('{number}', '{digits:10}');

/** True if the IDs of response and assertion start with this character; a random one rarely does both times. */
const startsAlways = ({ documentElement: root }: Document, character: string): boolean => {
  const all = [root, ...childElements(root).filter(({ localName }) => localName === 'Assertion')];
  return all.length > 1 && all.every((one) => one.getAttribute('ID')?.startsWith(character));
};

function templates(
  response: string | undefined,
  assertion: string | undefined,
  hasUnderscore: boolean,
): Learned['ids'] {
  const [one, other] = [response, assertion].map((pattern) => {
    const found = template(pattern);
    return hasUnderscore ? found?.replace(/^\{random:(\d+)\}$/, (_, length) => `_{random:${length - 1}}`) : found;
  });
  if (response === undefined || assertion === undefined) return undefined;
  return one === undefined || other === undefined ? notWritten : { response: one, assertion: other };
}

function sessionIndexOf({ sessionIndex }: AssertionFacts, isAsked: boolean): Learned['sessionIndex'] {
  const { isRequestId, isAssertionId, pattern } = sessionIndex;
  const asked = isRequestId ? '{request}' : isAssertionId ? '{assertion}' : template(pattern);
  if (pattern === undefined) return undefined;
  return asked === undefined ? notWritten : isAsked ? { asked } : { asked, unasked: asked };
}

function decimalsOf({ decimals, assertion }: MessageFacts): Learned['decimals'] {
  const found = assertion?.times.decimals ?? decimals;
  const usual = knownDecimals(found);
  if (usual === undefined) return found === undefined ? undefined : notWritten;
  const [response, authn] = [knownDecimals(decimals), knownDecimals(assertion?.times.authnDecimals)];
  const isZeros = authn === 3 && assertion?.isAuthnInstantWhole;
  const authnInstant = isZeros ? 'zeros' : authn === usual ? undefined : authn;
  return {
    usual,
    ...(response === undefined || response === usual ? {} : { response }),
    ...(authnInstant === undefined ? {} : { authnInstant }),
  };
}

/** Four and five are six, of which zeros at the end are left out. */
function knownDecimals(decimals: number | undefined): Decimals | undefined {
  if (decimals === 0 || decimals === 3) return decimals;
  return decimals !== undefined && decimals > 3 && decimals <= 6 ? 6 : undefined;
}

const periodOf = (from: number | undefined, until: number | undefined): readonly number[] | undefined =>
  from === undefined || until === undefined
    ? undefined
    : [Math.max(0, -Math.round(from)), Math.max(0, Math.round(until))];

/** Milliseconds after the response's IssueInstant, besides whole seconds; an IssueInstant that is cut says none. */
function delaysOf(
  { assertionAfterResponse = 0, notBefore = 0, confirmation = 0 }: TimeFacts,
  isExact: boolean,
): LearnedParts {
  const assertion = isExact ? assertionAfterResponse : 0;
  const rest = (seconds: number): number => assertion + Math.round((seconds - Math.round(seconds)) * 1000);
  return { assertion, conditions: rest(notBefore), confirmation: rest(confirmation) };
}

const formats: Readonly<Record<string, string>> = {
  'urn:oasis:names:tc:SAML:2.0:attrname-format:basic': 'basic',
  'urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified': 'unspecified',
  'urn:oasis:names:tc:SAML:2.0:attrname-format:uri': 'uri',
};

/** Names by which products send what the mock calls by these names. */
const commonNames: readonly (readonly [common: string, name: RegExp])[] = [
  ['email', /(?:^|[/:.])(?:e?mail|emailaddress|email_address|urn:oid:0\.9\.2342\.19200300\.100\.1\.3)$/i],
  ['firstName', /(?:^|[/:.])(?:givenname|given_name|first_?name|urn:oid:2\.5\.4\.42)$/i],
  ['lastName', /(?:^|[/:.])(?:surname|sn|last_?name|family_?name|urn:oid:2\.5\.4\.4)$/i],
  ['displayName', /(?:^|[/:.])(?:displayname|display_name|full_?name|urn:oid:2\.16\.840\.1\.113730\.3\.1\.241)$/i],
  ['groups', /(?:^|[/:.])(?:groups?|memberof)$/i],
  ['role', /(?:^|[/:.])roles?$/i],
];

/** Names that stand for a common one only where no other does. */
const lesserNames: readonly (readonly [common: string, name: RegExp])[] = [['displayName', /\/claims\/name$/]];

function ofAttributes(attributes: readonly AttributeFacts[]): Learned {
  const names = new Map<string, string>();
  for (const [common, pattern] of [...commonNames, ...lesserNames]) {
    const found = attributes.find(({ name }) => pattern.test(name));
    if (found !== undefined && !names.has(common)) names.set(common, found.name);
  }
  const friendly = attributes.filter(({ friendlyName }) => friendlyName !== undefined);
  const typed = attributes.find(({ values }) => values > 0)?.type?.replace(/^.*:/, '');
  const repeated = [...new Set(attributes.map(({ name }) => name))].filter(
    (name) => attributes.filter((one) => one.name === name).length > 1,
  );
  const isMultiple = attributes.some(({ values }) => values > 1);
  return {
    attributeNames:
      names.size === 0 ? notLearned('no name of an attribute has a known meaning') : Object.fromEntries(names),
    friendlyNames:
      friendly.length === 0 ? undefined : Object.fromEntries(friendly.map((one) => [one.name, one.friendlyName])),
    attributeFormat: formatOf(attributes),
    attributeType: typed === undefined ? 'none' : /^(string|anyType)$/.test(typed) ? `xs:${typed}` : notWritten,
    repeatedAttributes: repeated.length > 0 ? repeated : isMultiple ? [] : undefined,
    emptyAttributes: attributes.some(({ values }) => values === 0) ? 'sent empty' : undefined,
  };
}

function formatOf(attributes: readonly AttributeFacts[]): Learned['attributeFormat'] {
  const all = attributes.map(({ name, nameFormat }) => ({
    name,
    format: nameFormat === undefined ? 'none' : formats[nameFormat],
  }));
  const usual = all[0]?.format;
  if (all.some(({ format }) => format === undefined)) return notWritten;
  const others = all.filter(({ format }) => format !== usual).map(({ name, format }) => [name, format]);
  return { usual, ...(others.length === 0 ? {} : { of: Object.fromEntries(others) }) };
}
