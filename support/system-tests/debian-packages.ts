/** Debian packages that tests need. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs those that are missing, as root on Debian. Gives the names of those that are missing then. */
export function installDebianPackages(names: readonly string[]): string[] {
  const missing = missingOf(names);
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return missing;
  console.log(`apt-get installs ${missing.join(', ')} and what they need …`);
  // A list of packages that is older than the archive names files that are gone.
  apt(['update']);
  apt(['install', '--yes', '--no-install-recommends', ...missing]);
  return missingOf(names);
}

/** Prints what apt-get said only where it failed. */
function apt(args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, stdout, stderr } = spawnSync('apt-get', [...args, '--quiet=2'], { encoding: 'utf8', env });
  if (status !== 0) console.error(`apt-get ${args[0]} failed:\n${stdout ?? ''}${stderr ?? ''}`);
}

function missingOf(names: readonly string[]): string[] {
  return names.filter((name) => {
    const { stdout } = spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8' });
    return !/^Status: .* installed$/m.test(stdout ?? '');
  });
}
