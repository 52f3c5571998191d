/** Learns what a message contains: IDs, times, statements, attributes. Their values stay out. */
import { attribute } from '../../../sp/saml/dom.ts';
import type { Read } from '../../../sp/saml/read.ts';
import type { Learned, LearnedParts } from './learned.ts';
import type { AssertionFacts, AttributeFacts, MessageFacts } from './message-facts.ts';

export function learnContent({ document }: Read, facts: MessageFacts): Learned {
  const { assertion, issuerFormat, hasConsent } = facts;
  const isFailure = facts.status.codes.length > 0 && facts.status.codes[0] !== 'Success';
  return {
    issuerFormat: issuerFormat ?? '',
    consent: hasConsent ? attribute(document.documentElement, 'Consent') : '',
    ...(isFailure
      ? { errorResponse: { destination: facts.hasDestination, inResponseTo: facts.hasInResponseTo } }
      : { destination: facts.hasDestination ? (facts.responseSignature ? undefined : 'always') : absence(facts) }),
    // The IDs and times of an encrypted assertion are taken to be like those of its response.
    ids: templates(facts.ids.response, facts.ids.assertion ?? facts.ids.response),
    decimals: decimalsOf(facts),
    ...(assertion === undefined ? {} : ofAssertion(assertion, facts)),
  };
}

const absence = ({ responseSignature }: MessageFacts): string =>
  responseSignature === undefined ? 'in a signed response' : 'never';

function ofAssertion(assertion: AssertionFacts, { hasInResponseTo }: MessageFacts): Learned {
  const { times, nameId, attributes } = assertion;
  return {
    sessionIndex: sessionIndexOf(assertion, hasInResponseTo),
    conditions: periodOf(times.notBefore, times.notOnOrAfter),
    confirmation: times.confirmation === undefined ? undefined : Math.max(0, Math.round(times.confirmation)),
    session: times.sessionSinceIssue === undefined ? 'never' : Math.max(0, Math.round(times.sessionSinceIssue)),
    nameId:
      nameId === 'missing'
        ? undefined
        : {
            format: assertion.nameIdFormat ?? '',
            value: 'as configured',
            qualifiers: assertion.nameIdQualifiers.length > 0,
          },
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
        .replace(/\{(hex|digits) (\d+)\}/g, '{$1:$2}')
        .replace(/\{characters (\d+)\}/g, '{random:$1}')
        .replace('{number}', '{digits:10}');

function templates(response: string | undefined, assertion: string | undefined): LearnedParts | undefined {
  const [one, other] = [template(response), template(assertion)];
  return one === undefined || other === undefined ? undefined : { response: one, assertion: other };
}

function sessionIndexOf({ sessionIndex }: AssertionFacts, isAsked: boolean): LearnedParts | undefined {
  const { isRequestId, isAssertionId, pattern } = sessionIndex;
  const asked = isRequestId ? '{request}' : isAssertionId ? '{assertion}' : template(pattern);
  return asked === undefined ? undefined : isAsked ? { asked } : { asked, unasked: asked };
}

function decimalsOf({ decimals, assertion }: MessageFacts): LearnedParts | undefined {
  const usual = assertion?.times.decimals ?? decimals;
  if (!isKnown(usual)) return undefined;
  const authn = assertion?.times.authnDecimals;
  const isZeros = authn === 3 && assertion?.isAuthnInstantWhole;
  const authnInstant = isZeros ? 'zeros' : isKnown(authn) && authn !== usual ? authn : undefined;
  return {
    usual,
    ...(isKnown(decimals) && decimals !== usual ? { response: decimals } : {}),
    ...(authnInstant === undefined ? {} : { authnInstant }),
  };
}

const isKnown = (decimals: number | undefined): decimals is 0 | 3 => decimals === 0 || decimals === 3;

const periodOf = (from: number | undefined, until: number | undefined): readonly number[] | undefined =>
  from === undefined || until === undefined
    ? undefined
    : [Math.max(0, -Math.round(from)), Math.max(0, Math.round(until))];

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

function ofAttributes(attributes: readonly AttributeFacts[]): Learned {
  const names = commonNames.flatMap(([common, pattern]) => {
    const found = attributes.find(({ name }) => pattern.test(name));
    return found === undefined ? [] : [[common, found.name]];
  });
  const typed = attributes.find(({ values }) => values > 0)?.type?.replace(/^.*:/, '');
  const repeated = [...new Set(attributes.map(({ name }) => name))].filter(
    (name) => attributes.filter((one) => one.name === name).length > 1,
  );
  const isMultiple = attributes.some(({ values }) => values > 1);
  return {
    attributeNames: names.length === 0 ? undefined : Object.fromEntries(names),
    attributeFormat: formatOf(attributes),
    attributeType: typed === undefined ? 'none' : /^(string|anyType)$/.test(typed) ? `xs:${typed}` : undefined,
    repeatedAttributes: repeated.length > 0 ? repeated : isMultiple ? [] : undefined,
    emptyAttributes: attributes.some(({ values }) => values === 0) ? 'sent empty' : undefined,
  };
}

function formatOf(attributes: readonly AttributeFacts[]): LearnedParts | undefined {
  const all = attributes.map(({ name, nameFormat }) => ({
    name,
    format: nameFormat === undefined ? 'none' : formats[nameFormat],
  }));
  const usual = all[0]?.format;
  if (all.some(({ format }) => format === undefined)) return undefined;
  const others = all.filter(({ format }) => format !== usual).map(({ name, format }) => [name, format]);
  return { usual, ...(others.length === 0 ? {} : { of: Object.fromEntries(others) }) };
}
