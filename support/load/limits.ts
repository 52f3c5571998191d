/** How much load may go where: this machine at will, another host only by its name, and then little and short. */
import { mayReach } from '../conformance/hosts.ts';

/** Sign-ins per second and seconds at a host that is not this machine. */
export const elsewhere = { rate: 50, seconds: 900 } as const;
/** At this machine, against a slip of the keyboard. */
export const here = { rate: 10_000, seconds: 86_400 } as const;

export class TooMuch extends Error {}

/** Throws TooMuch with what to add, or with the limit. */
export function checkLoad(
  addresses: readonly string[],
  { rate, seconds, allowed }: { rate: number; seconds: number; allowed: readonly string[] },
): void {
  const urls = addresses.map((one) => new URL(one));
  const foreign = urls.find((one) => !mayReach(one, allowed));
  if (foreign !== undefined)
    throw new TooMuch(
      `${foreign.host} is not this machine. If its owner allows a load test, add --i-may-load ${foreign.hostname}`,
    );
  const isHere = urls.every((one) => mayReach(one, []));
  const most = isHere ? here : elsewhere;
  const where = isHere ? 'this machine' : 'a host that is not this machine';
  if (rate > most.rate) throw new TooMuch(`--rate ${rate}: at ${where} at most ${most.rate} sign-ins a second`);
  if (seconds > most.seconds) throw new TooMuch(`--for ${seconds}s: at ${where} at most ${most.seconds} seconds`);
}
