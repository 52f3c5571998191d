/**
 * The questions to which the captured messages are answers, and their skeletons. The messages themselves are not here.
 * `node mock-idp/personas/skeletons.fixture.ts FOLDER` writes the skeletons of those that are in the folder again.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameIdFormats } from '../response/saml-values.ts';
import type { PlanChange } from './plan.ts';
import { skeletonOf } from './skeleton.ts';

export interface Question {
  /** Name of the capture without `.xml`. */
  capture: string;
  persona: string;
  /** Settings of the administrator of the capture, and why they do not tell products apart. */
  set?: PlanChange;
  because?: string;
  /** False for a sign-in that began at the identity provider. */
  isAsked?: boolean;
  attributes?: Readonly<Record<string, readonly string[]>>;
  isEncrypted?: boolean;
  /** Why the layout is not compared: its source has laid the message out again. */
  isRelaid?: string;
  /** Why lines of the capture that another product wrote are left out. */
  isDamaged?: string;
}

const indented = 'its source has indented it, unlike any product, and so moved the declarations and the lines';

export const questions: readonly Question[] = [
  { capture: 'entra-2023-assertion-signed', persona: 'entra' },
  {
    capture: 'entra-2023-response-signed',
    persona: 'entra',
    set: { signed: 'response' },
    because: 'the signing option of the application',
  },
  {
    capture: 'okta-2022-sp-initiated',
    persona: 'okta',
    set: { attributeFormat: { usual: 'by name', of: { a: 'uri' } } },
    because: 'the format is set for each attribute',
    attributes: { a: ['Sam'], c: ['Sample'] },
  },
  {
    capture: 'okta-2023-attributes',
    persona: 'okta',
    isAsked: false,
    set: { signed: 'response', authnContext: 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified' },
    because: 'the signing option and the authentication context of the app',
    attributes: { lastName: ['sam'], firstName: ['sam'], id: ['sam@acme.example'], role: ['editors'] },
  },
  { capture: 'okta-2022', persona: 'okta', isAsked: false, isEncrypted: true, isRelaid: indented },
  {
    capture: 'keycloak-2022-sp-initiated',
    persona: 'keycloak-2022',
    attributes: {
      role: [
        'offline_access',
        'uma_authorization',
        'view-profile',
        'default-roles-acme',
        'manage-account',
        'manage-account-links',
      ],
    },
  },
  {
    capture: 'google-2022-groups',
    persona: 'google',
    isAsked: false,
    set: { signed: 'response' },
    because: 'the tick Signed response',
    attributes: {
      employee_id: [],
      org: [],
      type: [],
      first_name: ['Sam'],
      last_name: ['Sample'],
      groups: ['Group 1', 'Group 2'],
    },
  },
  {
    capture: 'google-2022',
    persona: 'google',
    set: { signed: 'response', nameId: { format: nameIdFormats.emailAddress, value: 'as configured' } },
    because: 'the tick Signed response, and the Name ID format of the app',
    isRelaid: indented,
  },
  {
    capture: 'onelogin-2022',
    persona: 'onelogin',
    set: { signed: 'both', signatureAlgorithm: 'rsa-sha512' },
    because: 'the signing option and the algorithm of the app',
  },
  {
    capture: 'pingone-2022',
    persona: 'pingone',
    set: {
      signatureAlgorithm: 'rsa-sha512',
      nameId: { format: nameIdFormats.emailAddress, value: 'identifier' },
    },
    because: 'the algorithm and the Name ID format of the app',
  },
  {
    capture: 'adfs-2016-reindented',
    persona: 'adfs',
    isAsked: false,
    set: { nameId: { format: nameIdFormats.persistent, value: 'as configured' } },
    because: 'the claim rule of the app',
    attributes: {
      'https://aws.amazon.com/SAML/Attributes/RoleSessionName': ['sam'],
      'https://aws.amazon.com/SAML/Attributes/Role': ['one', 'two'],
    },
    isRelaid: indented,
    isDamaged: 'its source added an Attribute with another prefix',
  },
  {
    capture: 'simplesamlphp-1',
    persona: 'simplesamlphp-1',
    set: {
      nameId: { format: nameIdFormats.transient, value: 'as configured', spQualifier: true },
      attributeFormat: { usual: 'uri' },
    },
    because: 'no format of the NameID was set or asked for, and the format of attributes was set',
    attributes: {
      'urn:oid:0.9.2342.19200300.100.1.1': ['sam'],
      'urn:oid:0.9.2342.19200300.100.1.3': ['sam@acme.example'],
      'urn:oid:2.5.4.42': ['Sam'],
      'urn:oid:2.5.4.4': ['Sample'],
      'urn:oid:2.16.840.1.113730.3.1.241': ['Sam Sample'],
      'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': ['member', 'staff'],
    },
  },
  { capture: 'cyberark-2018', persona: 'cyberark' },
  { capture: 'lemonldap', persona: 'lemonldap', attributes: { mail: ['sam@acme.example'], cn: ['Sam'] } },
  {
    capture: 'saml-idp',
    persona: 'saml-idp',
    attributes: {
      firstName: ['Sam'],
      lastName: ['Sample'],
      displayName: ['Sam Sample'],
      email: ['sam@acme.example'],
      mobilePhone: ['+1-415-555-5141'],
      groups: ['one', 'two', 'three'],
      userType: ['Admin'],
    },
  },
  { capture: 'keycloak-26', persona: 'keycloak-26' },
  { capture: 'keycloak-26-roles', persona: 'keycloak-26', attributes: { role: ['writers', 'editors'] } },
  { capture: 'keycloak-2022', persona: 'keycloak-2022', isAsked: false, isEncrypted: true, isRelaid: indented },
];

const folder = join(import.meta.dirname, 'skeletons');
const fileOf = ({ capture }: Question): string => join(folder, `${capture}.txt`);

export const skeletonOfCapture = (question: Question): string[] =>
  readFileSync(fileOf(question), 'utf8').trimEnd().split('\n');

if (process.argv[1] === import.meta.filename)
  for (const question of questions) {
    const file = join(process.argv[2]!, `${question.capture}.xml`);
    if (!existsSync(file)) continue;
    const xml = readFileSync(file, 'utf8').trim();
    const own =
      question.isDamaged === undefined ? xml : xml.replace(/<saml2:Attribute[\s\S]*<\/saml2:Attribute>\s*/, '');
    const skeleton = skeletonOf(own, { isRelaid: question.isRelaid !== undefined });
    writeFileSync(fileOf(question), `${skeleton.join('\n')}\n`);
  }
