/** Every route of the service provider by which something is changed, with a request that changes it. */
import {
  askForTest,
  type Browser,
  comeBack,
  enforce,
  type Fields,
  goToIdp,
  type Party,
  verify,
  type World,
} from './two-organizations.fixture.ts';

export interface FormOfAdministrators {
  /** As the router knows it; `:profile` is the profile of the party. */
  path: string;
  /** Where the form is; by default the same path. */
  on?: string;
  fields?: (party: Party) => Fields;
  /** Steps that this administrator takes before. */
  arrange?: (world: World, party: Party, admin: Browser) => Promise<unknown>;
  recorded: { action: string; detail: (world: World, party: Party) => object };
}

const typedProfile = ({ idp }: Party): Fields => ({
  idpEntityId: idp.entityId,
  ssoUrl: idp.settings.ssoUrl,
  ssoBinding: 'redirect',
  sloUrl: '',
  certificates: idp.settings.certificates,
  requestedAuthnContext: '',
  nameIdFormat: 'any',
  requiredAttributes: '',
  forceAuthn: 'yes',
});

const base64Of = (pem: string): string => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

const metadataOf = ({ idp }: Party): string => `
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${idp.entityId}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>
${base64Of(idp.settings.certificates[0]!)}
</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
Location="${new URL('/new', idp.entityId).href}"/></IDPSSODescriptor></EntityDescriptor>`;

const boundary = 'boundary';
export const multipart = { 'content-type': `multipart/form-data; boundary=${boundary}` };

/** The body that a browser sends for a form with a file. */
export const partsOf = (fields: Fields): string =>
  `${Object.entries(fields)
    .map(
      ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`,
    )
    .join('')}--${boundary}--\r\n`;

/** Sam has tried the newest revision; the test is not marked. */
export async function tried(world: World, party: Party, admin: Browser): Promise<Browser> {
  const sam = world.browser();
  await sam.get(await askForTest(world, party, admin));
  await comeBack(world, party, sam, { asked: await goToIdp(sam, party.address('sam')) });
  return sam;
}

const newestRevision = ({ sp: { store } }: World, { profile }: Party): number =>
  store.get<{ number: number }>`SELECT max(number) AS number FROM revisions WHERE profile = ${profile}`!.number;
const newestTest = ({ sp: { store } }: World, { profile }: Party): number =>
  store.get<{ id: number }>`SELECT max(id) AS id FROM tests WHERE profile = ${profile}`!.id;

/** In an order in which each one leaves the next one something to do. */
export const formsOfAdministrators: readonly FormOfAdministrators[] = [
  {
    path: '/admin/sso',
    on: '/admin',
    fields: () => ({ name: 'Another' }),
    recorded: { action: 'profile-created', detail: () => ({ profile: 'Another' }) },
  },
  {
    path: '/admin/sso/:profile/profile',
    fields: typedProfile,
    recorded: {
      action: 'profile-changed',
      detail: (world, party) => ({
        profile: 'Main',
        revision: newestRevision(world, party),
        changed: ['forceAuthn', 'policies'],
      }),
    },
  },
  {
    path: '/admin/sso/:profile/metadata',
    on: '/admin/sso/:profile/profile',
    fields: (party) => ({ text: metadataOf(party) }),
    recorded: {
      action: 'profile-changed',
      detail: (world, party) => ({ profile: 'Main', revision: newestRevision(world, party), changed: ['ssoUrl'] }),
    },
  },
  {
    path: '/admin/sso/:profile/fetch',
    on: '/admin/sso/:profile/profile',
    fields: () => ({ metadataUrl: 'https://127.0.0.1/metadata' }),
    recorded: {
      action: 'metadata-fetched',
      detail: () => ({
        profile: 'Main',
        url: 'https://127.0.0.1/metadata',
        problem:
          '127.0.0.1 is in a private network, which this service provider does not reach. Upload the metadata as a ' +
          'file, or allow the host in SP_METADATA_HOSTS.',
      }),
    },
  },
  {
    path: '/admin/sso/:profile/test',
    fields: ({ address }) => ({ address: address('sam') }),
    recorded: {
      action: 'test-asked',
      detail: (world, party) => ({
        profile: 'Main',
        revision: newestRevision(world, party),
        tester: party.address('sam'),
      }),
    },
  },
  {
    path: '/admin/sso/:profile/result',
    fields: () => ({ mark: 'success' }),
    arrange: tried,
    recorded: {
      action: 'marked',
      detail: (world, party) => ({
        test: newestTest(world, party),
        mark: 'success',
        revision: newestRevision(world, party),
      }),
    },
  },
  {
    path: '/admin/sso/:profile/enforce',
    fields: ({ address }) => ({ users: address('sam'), recovery: address('ada') }),
    arrange: verify,
    recorded: {
      action: 'enforced',
      detail: (world, party) => ({
        profile: 'Main',
        revision: newestRevision(world, party),
        covered: [party.address('sam')],
        recovery: [party.address('ada')],
      }),
    },
  },
  {
    path: '/admin/sso/:profile/lift',
    on: '/admin/sso/:profile/enforce',
    arrange: async (world, party, admin) => {
      await verify(world, party, admin);
      await enforce(party, admin);
    },
    recorded: { action: 'lifted', detail: () => ({ profile: 'Main' }) },
  },
  { path: '/login/recovery-key', recorded: { action: 'recovery-key-made', detail: () => ({}) } },
];

export interface ControlRoute {
  method: 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** The path of a request. */
  at: string;
  body?: (party: Party) => unknown;
  /** The audit entry, by default Acme's; undefined if the log is deleted with the organization. */
  recorded?: { in?: string; action: string; detail: object };
}

const organization = '/organizations/:organization';

/** The last one deletes Acme. */
export const controlRoutes: readonly ControlRoute[] = [
  {
    method: 'PUT',
    path: organization,
    at: '/organizations/initech',
    body: () => ({
      name: 'Initech',
      domains: ['initech.example'],
      users: [{ address: 'peter@initech.example', name: 'Peter', password: 'x' }],
    }),
    recorded: {
      in: 'initech',
      action: 'organization-created',
      detail: { name: 'Initech', domains: ['initech.example'], users: ['peter@initech.example'] },
    },
  },
  {
    method: 'PATCH',
    path: organization,
    at: '/organizations/acme',
    body: () => ({ name: 'Acme and sons', clockOffsetMs: 60_000 }),
    recorded: { action: 'organization-changed', detail: { name: 'Acme and sons', clockOffsetMs: 60_000 } },
  },
  {
    method: 'PUT',
    path: `${organization}/domains/:domain`,
    at: '/organizations/acme/domains/ACME.test',
    recorded: { action: 'domain-added', detail: { domain: 'acme.test' } },
  },
  {
    method: 'DELETE',
    path: `${organization}/domains/:domain`,
    at: '/organizations/acme/domains/ACME.test',
    recorded: { action: 'domain-removed', detail: { domain: 'acme.test' } },
  },
  {
    method: 'PUT',
    path: `${organization}/users/:address`,
    at: '/organizations/acme/users/lena@acme.example',
    body: () => ({ name: 'Lena', password: 'x' }),
    recorded: {
      action: 'user-added',
      detail: { user: 'lena@acme.example', administrator: false, deactivated: false },
    },
  },
  {
    method: 'PATCH',
    path: `${organization}/users/:address`,
    at: '/organizations/acme/users/lena@acme.example',
    body: () => ({ administrator: true }),
    recorded: { action: 'user-changed', detail: { user: 'lena@acme.example', administrator: true } },
  },
  {
    method: 'PUT',
    path: `${organization}/profiles/:profile`,
    at: '/organizations/acme/profiles/New',
    body: ({ idp }) => idp.settings,
    recorded: { action: 'profile-created', detail: { profile: 'New' } },
  },
  {
    method: 'PATCH',
    path: `${organization}/profiles/:profile`,
    at: '/organizations/acme/profiles/New',
    body: () => ({ forceAuthn: true }),
    recorded: { action: 'profile-changed', detail: { profile: 'New', revision: 2, changed: ['forceAuthn'] } },
  },
  {
    method: 'PUT',
    path: `${organization}/profiles/:profile/enforce-unproven`,
    at: '/organizations/acme/profiles/New/enforce-unproven',
    recorded: { action: 'enforced-unproven', detail: { profile: 'New', revision: 2 } },
  },
  {
    method: 'DELETE',
    path: `${organization}/profiles/:profile/enforcement`,
    at: '/organizations/acme/profiles/New/enforcement',
    recorded: { action: 'lifted', detail: { profile: 'New' } },
  },
  { method: 'DELETE', path: organization, at: '/organizations/acme' },
];

/** Open to everyone, because something else decides: a password, a signature, a link, the browser's own cookies. */
export const publicRoutes: readonly string[] = [
  'POST /saml/:organization/acs',
  'PUT /saml/:organization/acs',
  'POST /saml/:organization/slo',
  'PUT /saml/:organization/slo',
  'POST /login',
  'POST /login/leave-test',
  'POST /login/password',
  'POST /login/recovery',
  'POST /sign-out',
  'POST /try/report',
  'POST /try/:token',
];

/** Forms of administrators that only show the page again. */
export const formsThatShow: readonly string[] = ['POST /admin/sso/:profile/choose'];

/** Pages that change something although they are only opened: a test link, and where the IdP sends browsers. */
export const pagesThatChange: readonly string[] = [
  'GET /try/:token',
  'GET /saml/:organization/acs', // a response that is not one is recorded
  'GET /saml/:organization/slo',
  'GET /saml/:organization/metadata', // makes the service provider's own key when it is asked for first
];
