/** PingFederate: its administrative console. */
import type { Fixes } from '../topics.ts';

const connection = 'PingFederate → Applications → Integration → SP Connections → the connection';
const docs = 'https://docs.pingidentity.com/pingfederate/latest/administrators_reference_guide';

export const pingfederate: Fixes = {
  'acs-url': {
    fix: `${connection} → Browser SSO → Protocol Settings → Assertion Consumer Service URL: enter the SP’s ACS URL.`,
    source: {
      where:
        'https://docs.pingidentity.com/pingfederate/13.1/administrators_reference_guide/' +
        'help_spprotocolsettingstasklet_assertionconsumerservicestate.md',
      year: 2022,
    },
  },
  certificate: {
    fix:
      `${connection} → Digital Signature Settings → Signing Certificate: the SSO profile needs ` +
      'the one chosen there.',
    source: { where: `${docs}/pf_configuring_digital_signatures_service_provider_connections.html`, year: 'undated' },
  },
  'sign-response': {
    fix: `${connection} → Browser SSO → Protocol Settings → Signature Policy: let it sign the whole response.`,
    source: { where: `${docs}/pf_configuring_digital_signatures_service_provider_connections.html`, year: 'undated' },
  },
  'sign-assertion': {
    fix: `${connection} → Browser SSO → Protocol Settings → Signature Policy: let it sign the SAML assertion.`,
    source: { where: `${docs}/pf_configuring_digital_signatures_service_provider_connections.html`, year: 'undated' },
  },
};
