/** `npm run test:peers`: tests against other people's software, installed on demand if run as root on Debian. */
import { fileURLToPath } from 'node:url';
import { buildCompose } from '../system-tests/container-engine.ts';
import { installDebianPackages } from '../system-tests/debian-packages.ts';
import { buildK6 } from '../system-tests/k6-program.ts';
import { lemonldapPackages } from '../system-tests/lemonldap.ts';
import { buildMailpit } from '../system-tests/mailpit.ts';
import { runFiles, testFiles } from '../system-tests/run-files.ts';
import { runSections } from '../system-tests/sections.ts';
import { readOptions } from '../terminal/options.ts';

readOptions(
  `npm run test:peers

  --help   this text

As root on Debian, installs xmlsec1, SimpleSAMLphp, PHP, LemonLDAP::NG, Dovecot, certutil, Docker, HAProxy and
iproute2; with Go, builds Mailpit, Docker Compose and k6; with npm, installs the products in docs/examples/products
(280 MB); with Python, Java and Maven, or Go, plays the examples in docs/examples. Keycloak is played if Java is
installed and KEYCLOAK_HOME is set, or its install.sh has run. The container image is built and played with the engine
that runs here or, as root, with one of its own. Tests of a missing peer are skipped, with a notice; with no peer at
all, the command fails.`,
  {},
);

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const missing = installDebianPackages([
  'xmlsec1',
  'simplesamlphp',
  'php-cli',
  'php-xml',
  'php-mbstring',
  'dovecot-imapd',
  'libnss3-tools',
  'docker.io',
  'haproxy',
  'iproute2',
  ...lemonldapPackages,
]);
if (!buildMailpit()) missing.push('Mailpit');
if (!buildCompose()) missing.push('Docker Compose');
if (!buildK6()) missing.push('k6');
if (missing.length > 0) console.log(`Not installed, so their tests are skipped: ${missing.join(', ')}`);
// One file at a time: the peers' servers and their clients share the processors.
process.exitCode = await runSections({ Peers: () => runFiles(testFiles('peer'), { concurrency: 1 }) });
