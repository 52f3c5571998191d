/** `npm run package`: builds what is published and packs it into an archive that npm installs. It publishes nothing. */
import { relative } from 'node:path';
import { buildPackage, packPackage, root } from '../package/build.ts';
import { readOptions } from '../terminal/options.ts';

const help = `npm run package [-- options]

  --to FOLDER    where the archive goes (here)
  --build-only   leaves dist/ ready and packs nothing
  --help         this text`;

const { values } = readOptions(help, {
  options: { to: { type: 'string', default: root }, 'build-only': { type: 'boolean' } },
});

buildPackage();
console.log('dist/ is built.');
if (!values['build-only']) console.log(`Packed: ${relative(process.cwd(), packPackage({ to: values.to }))}`);
