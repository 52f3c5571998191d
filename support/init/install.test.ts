/** The project's own package manager installs what is missing; a failure leaves the command to run. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { peersToInstall } from '../package/peers.ts';
import { installPackages } from './install.ts';

const managers: readonly [lockFile: string, command: string][] = [
  ['package-lock.json', 'npm install --save-dev playwright@1'],
  ['pnpm-lock.yaml', 'pnpm add --save-dev playwright@1'],
  ['yarn.lock', 'yarn add --dev playwright@1'],
];
for (const [lockFile, command] of managers)
  test(`a project with ${lockFile}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'sso-rehearsal-install-'));
    writeFileSync(join(folder, lockFile), '');
    const ran: string[] = [];
    const output: string[] = [];
    const install = (succeeds: boolean): string[] => {
      const run = (program: string, args: readonly string[]): boolean => {
        ran.push([program, ...args].join(' '));
        return succeeds;
      };
      return installPackages({ folder, say: (text) => output.push(text), run }, ['playwright@1']);
    };
    assert.deepEqual([install(true), install(false)], [[], [command]]);
    assert.deepEqual(ran, [command, command]);
    assert.match(output[0]!, /^\nA run needs Cucumber, .*Running: /);
    rmSync(folder, { recursive: true });
  });

test('packages that are missing, too old or too new are installed in the tested version', () => {
  const range = (peer: string): string => (peer === 'playwright' ? '>=1.59.1 <2' : '>=13.0.0 <14');
  const versions = (cucumber?: string, playwright?: string): string[] =>
    peersToInstall({
      range,
      find(peer) {
        const version = peer === 'playwright' ? playwright : cucumber;
        return version === undefined ? undefined : { version, folder: '/' };
      },
    });
  assert.deepEqual(versions(), ['@cucumber/cucumber@13', 'playwright@1']);
  assert.deepEqual(versions('12.9.0', '1.65.1'), ['@cucumber/cucumber@13']);
  assert.deepEqual(versions('13.3.0', '2.0.0'), ['playwright@1']);
  assert.deepEqual(versions('13.3.0', '1.65.1'), []);
});
