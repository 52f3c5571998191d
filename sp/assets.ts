/** Serves the stylesheets. */
import { fileURLToPath } from 'node:url';
import { Router } from 'express';

export function assets(): Router {
  const router = Router();
  const pico = fileURLToPath(import.meta.resolve('@picocss/pico/css/pico.min.css'));
  const own = fileURLToPath(new URL('./pages/sp.css', import.meta.url));
  const cache = { headers: { 'Cache-Control': 'public, max-age=3600' } };
  router.get('/assets/pico.css', (_request, response) => response.sendFile(pico, cache));
  router.get('/assets/sp.css', (_request, response) => response.sendFile(own, cache));
  return router;
}
