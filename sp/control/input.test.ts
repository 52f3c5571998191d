/** Input of the control routes: both sides of every limit, and the defaults. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  afterId,
  domain,
  newOrganization,
  newProfile,
  newUser,
  nothing,
  organizationChange,
  profileChange,
  recordsQuery,
  slug,
  userChange,
} from './input.ts';

const schemas = {
  afterId,
  domain,
  newOrganization,
  newProfile,
  newUser,
  nothing,
  organizationChange,
  profileChange,
  recordsQuery,
  slug,
  userChange,
};

const tenYears = 10 * 365 * 86_400_000;
const x = (count: number): string => 'x'.repeat(count);
const many = <Item>(count: number, item: (number: number) => Item): Item[] =>
  Array.from({ length: count }, (_, number) => item(number));

const user = { address: 'sam@acme.example', name: 'Sam', password: 'p' };
const organization = { name: 'Acme', domains: ['acme.example'] };
const all = ['users', 'profiles', 'sessions', 'requests', 'responses', 'audit'];

type Schema = keyof typeof schemas;

/** Accepted values, and what is read. */
const accepted: readonly (readonly [schema: Schema, value: unknown, read?: unknown])[] = [
  ['slug', 'a'],
  ['slug', '0-a-'],
  ['slug', x(61)],
  ['domain', 'ACME.example', 'acme.example'],
  ['newUser', user, { ...user, administrator: false, deactivated: false }],
  ['newUser', { ...user, administrator: true, deactivated: true }],
  [
    'newUser',
    { ...user, address: 'SAM@acme.example', name: x(100), password: x(1_000) },
    { address: 'sam@acme.example', name: x(100), password: x(1_000), administrator: false, deactivated: false },
  ],
  ['userChange', {}],
  ['userChange', { profile: null }],
  ['userChange', { profile: 'Main', administrator: false, deactivated: true, name: 'S' }],
  ['newProfile', { name: 'x' }],
  ['newProfile', { name: x(60), forceAuthn: true }],
  ['profileChange', {}],
  ['profileChange', { oldCertificates: [] }],
  ['newOrganization', organization, { ...organization, users: [], clockOffsetMs: 0, profiles: [] }],
  [
    'newOrganization',
    { ...organization, domains: many(50, (n) => `d${n}.example`), clockOffsetMs: -tenYears, users: [], profiles: [] },
  ],
  [
    'newOrganization',
    {
      ...organization,
      clockOffsetMs: tenYears,
      users: many(500, () => ({ ...user, administrator: false, deactivated: false })),
      profiles: many(20, () => ({ name: 'P' })),
    },
  ],
  ['organizationChange', {}],
  ['organizationChange', { clockOffsetMs: tenYears }],
  ['organizationChange', { name: x(100) }],
  ['nothing', {}],
  ['afterId', {}, { after: 0 }],
  ['afterId', { after: '0' }, { after: 0 }],
  ['afterId', { after: '17' }, { after: 17 }],
  ['recordsQuery', {}, { parts: all }],
  ['recordsQuery', { parts: 'audit,users', newest: '1' }, { parts: ['audit', 'users'], newest: 1 }],
];
for (const [schema, value, read = value] of accepted)
  test(`${schema} accepts ${JSON.stringify(value).slice(0, 80)}`, () =>
    assert.deepEqual(schemas[schema].parse(value), read));

/** Rejected values, and the words of the error. */
const rejected: readonly (readonly [schema: Schema, value: unknown, says: RegExp])[] = [
  ['slug', '', /must be lower-case letters, digits and hyphens/],
  ['slug', 'Acme', /lower-case/],
  ['slug', '-acme', /lower-case/],
  ['slug', 'ac me', /lower-case/],
  ['slug', 'acme/', /lower-case/],
  ['slug', x(62), /lower-case/],
  ['domain', 'no domain', /must be a domain name/],
  ['domain', `${x(300)}.example`, /300/],
  ['newUser', { ...user, address: 'sam' }, /must be an email/],
  ['newUser', { ...user, address: `${x(1_000)}@acme.example` }, /1000/],
  ['newUser', { ...user, name: '' }, /name/],
  ['newUser', { ...user, name: x(101) }, /name/],
  ['newUser', { ...user, password: '' }, /password/],
  ['newUser', { ...user, password: x(1_001) }, /password/],
  ['newUser', { ...user, rights: 'all' }, /rights/],
  ['userChange', { name: '' }, /name/],
  ['userChange', { address: 'kim@acme.example' }, /address/],
  ['newProfile', { name: '' }, /name/],
  ['newProfile', { name: x(61) }, /name/],
  ['newProfile', { name: 'P', ssoUrl: 'x' }, /ssoUrl/],
  ['profileChange', { oldCertificates: ['none'] }, /certificate in PEM format/],
  ['profileChange', { oldCertificates: many(21, () => 'none') }, /20/],
  ['profileChange', { name: 'Other' }, /name/],
  ['newOrganization', { ...organization, name: '' }, /name/],
  ['newOrganization', { ...organization, name: x(101) }, /name/],
  ['newOrganization', { ...organization, domains: [] }, /domains/],
  ['newOrganization', { ...organization, domains: many(51, (n) => `d${n}.example`) }, /50/],
  ['newOrganization', { ...organization, users: many(501, () => user) }, /500/],
  ['newOrganization', { ...organization, profiles: many(21, () => ({ name: 'P' })) }, /20/],
  ['newOrganization', { ...organization, slug: 'acme' }, /slug/],
  ['organizationChange', { clockOffsetMs: tenYears + 1 }, /clockOffsetMs/],
  ['organizationChange', { clockOffsetMs: -tenYears - 1 }, /clockOffsetMs/],
  ['organizationChange', { clockOffsetMs: 0.5 }, /clockOffsetMs/],
  ['organizationChange', { domains: [] }, /domains/],
  ['nothing', { force: true }, /force/],
  ['afterId', { after: '-1' }, /after/],
  ['afterId', { after: '0.5' }, /after/],
  ['afterId', { before: '1' }, /before/],
  ['recordsQuery', { parts: 'users,passwords' }, /parts/],
  ['recordsQuery', { newest: '0' }, /newest/],
  ['recordsQuery', { newest: '1.5' }, /newest/],
  ['recordsQuery', { part: 'users' }, /part/],
];
for (const [schema, value, says] of rejected)
  test(`${schema} rejects ${JSON.stringify(value).slice(0, 80)}`, () => {
    const { success, error } = schemas[schema].safeParse(value);
    assert.ok(!success);
    assert.match(JSON.stringify(error.issues), says);
  });
