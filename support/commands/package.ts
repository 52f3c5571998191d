/** `npm run package`: builds the package and packs it into an archive for npm. It publishes nothing. */
import { relative } from 'node:path';
import { buildPackage, packPackage, root } from '../package/build.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm run package [-- options]

  --to FOLDER    folder for the archive (here)
  --build-only   build dist/ and pack nothing
  --help         this text`;

const { values } = readOptions(help, {
  options: { to: { type: 'string', default: root }, 'build-only': { type: 'boolean' } },
});

await buildPackage();
console.log('Built dist/.');
if (!values['build-only']) console.log(`Packed: ${relative(process.cwd(), packPackage({ to: values.to }))}`);
