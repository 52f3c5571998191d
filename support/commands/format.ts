/** `npm run format`: formats all files and sorts the imports. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const biome = join(root, 'node_modules/.bin/biome');
const { status } = spawnSync(biome, ['check', '--write', '--linter-enabled=false'], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
