/** Serves the stylesheets. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Router } from 'express';

export function assets(): Router {
  const router = Router();
  const pico = createRequire(import.meta.url).resolve('@picocss/pico/css/pico.min.css');
  const own = fileURLToPath(new URL('./pages/sp.css', import.meta.url));
  const cache = { headers: { 'Cache-Control': 'public, max-age=3600' } };
  router.get('/assets/pico.css', (_request, response) => response.sendFile(pico, cache));
  router.get('/assets/sp.css', (_request, response) => response.sendFile(own, cache));
  return router;
}
