/** Serves the style sheets and the mark. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Router } from 'express';

const files: Readonly<Record<string, URL>> = {
  'pico.css': new URL(import.meta.resolve('@picocss/pico/css/pico.min.css')),
  'look.css': new URL('look.css', import.meta.url),
  'idp.css': new URL('idp.css', import.meta.url),
  'mark.svg': new URL('mark.svg', import.meta.url),
};

export function assets(): Router {
  const router = express.Router();
  for (const [name, file] of Object.entries(files)) {
    let content: Promise<string> | undefined;
    router.get(`/${name}`, async (_request, response) => {
      content ??= readFile(fileURLToPath(file), 'utf8');
      response
        .set('Cache-Control', 'public, max-age=3600')
        .type(extname(name))
        .send(await content);
    });
  }
  return router;
}
