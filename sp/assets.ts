/** Serves the style sheets, the script and the mark. */
import { fileURLToPath } from 'node:url';
import { Router } from 'express';

export function assets(): Router {
  const router = Router();
  const pico = fileURLToPath(import.meta.resolve('@picocss/pico/css/pico.min.css'));
  const cache = { headers: { 'Cache-Control': 'public, max-age=3600' } };
  router.get('/assets/pico.css', (_request, response) => response.sendFile(pico, cache));
  for (const file of ['look.css', 'message.css', 'sp.css', 'sp.js', 'mark.svg'])
    router.get(`/assets/${file}`, (_request, response) =>
      response.sendFile(fileURLToPath(new URL(`./pages/${file}`, import.meta.url)), cache),
    );
  return router;
}
