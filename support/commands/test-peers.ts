/** `npm run test:peers`: tests against other people's software, installed on demand if run as root on Debian. */
import { fileURLToPath } from 'node:url';
import { installDebianPackages } from '../system-tests/debian-packages.ts';
import { buildMailpit } from '../system-tests/mailpit.ts';
import { runFiles, testFiles } from '../system-tests/run-files.ts';
import { runSections } from '../system-tests/sections.ts';
import { readOptions } from '../terminal/options.ts';

readOptions(
  `npm run test:peers

  --help   this text

As root on Debian, installs xmlsec1, SimpleSAMLphp, PHP, Dovecot and certutil; with Go, builds Mailpit; with npm,
installs the products in docs/examples/products (280 MB). Keycloak is played if Java is installed and KEYCLOAK_HOME is
set, or its install.sh has run. Tests of a missing peer are skipped, with a notice; with no peer at all, the command
fails.`,
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
]);
if (!buildMailpit()) missing.push('Mailpit');
if (missing.length > 0) console.log(`Not installed, so their tests are skipped: ${missing.join(', ')}`);
// One file at a time: the peers' servers and their clients share the processors.
process.exitCode = await runSections({ Peers: () => runFiles(testFiles('peer'), { concurrency: 1 }) });
