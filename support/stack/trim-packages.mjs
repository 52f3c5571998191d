/** Deletes what the apps do not use from node_modules: source maps, types, and styles. Part of the image's build. */
import { globSync, rmSync } from 'node:fs';

const unused = globSync('node_modules/**/*.{map,d.ts,d.mts,d.cts}');
const styles = globSync('node_modules/@picocss/pico/{scss,scripts,css/*}');
for (const path of [...unused, ...styles.filter((one) => !one.endsWith('pico.min.css'))])
  rmSync(path, { recursive: true, force: true });
