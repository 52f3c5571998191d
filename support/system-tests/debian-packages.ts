/** Debian packages needed by tests. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Installs the missing ones, as root on Debian. Returns the names of those that are still missing. */
export function installDebianPackages(names: readonly string[]): string[] {
  const missing = missingOf(names);
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return missing;
  console.log(`apt-get installs ${missing.join(', ')} and what they need …`);
  // An outdated package list names files that no longer exist.
  apt(['update']);
  apt(['install', '--yes', '--no-install-recommends', '--option=DPkg::Lock::Timeout=600', ...missing]);
  return missingOf(names);
}

/** Prints apt-get's output only if it failed. */
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
