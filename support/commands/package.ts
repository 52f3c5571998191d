/** `npm run package`: builds what is published and packs it into an archive that npm installs. It publishes nothing. */
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage, packPackage, root } from '../package/build.ts';

const help = `npm run package [-- options]

  --to FOLDER    where the archive goes (here)
  --build-only   leaves dist/ ready and packs nothing
  --help         this text`;

const { values } = (() => {
  try {
    return parseArgs({
      options: { to: { type: 'string', default: root }, 'build-only': { type: 'boolean' }, help: { type: 'boolean' } },
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(2);
  }
})();

if (values.help) console.log(help);
else {
  buildPackage();
  console.log('dist/ is built.');
  if (!values['build-only']) console.log(`Packed: ${relative(process.cwd(), packPackage({ to: values.to }))}`);
}
