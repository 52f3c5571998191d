/** Mutants that survive for a reason: the change is equivalent, or only a slower test could tell the difference. */

export interface ExplainedMutant {
  file: string;
  /** A part of the line of code, and a part of what took its place; `''` fits everything. */
  original: string;
  replacement: string;
  reason: string;
}

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
    file: 'mock-idp/http/guard.ts',
    original: '/^127',
    replacement: '127',
    reason: 'the parser of addresses takes such hosts for malformed ones',
  },
];
