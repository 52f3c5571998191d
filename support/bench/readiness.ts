/** Time until both apps and the mailbox respond in a warm process, and its memory then; without a browser. */
import { request } from '../stack/http.ts';
import { startStack } from '../stack/servers.ts';
import { median } from './median.ts';

export interface Readiness {
  medianMs: number;
  residentMb: number;
}

export async function measureReadiness({ runs = 9 } = {}): Promise<Readiness> {
  const times: number[] = [];
  let residentMb = 0;
  for (let run = -1; run < runs; run++) {
    const begin = performance.now();
    await using stack = await startStack();
    await Promise.all([
      request(new URL('/login', stack.sp.url)),
      stack.idp.control.put('/tenants/warm', { displayName: 'Warm' }),
    ]);
    if (run >= 0) times.push(performance.now() - begin);
    else residentMb = process.memoryUsage.rss() / 1024 / 1024; // of one stack, before the next ones
  }
  return { medianMs: median(times), residentMb };
}
