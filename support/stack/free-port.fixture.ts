/** For tests: a port for a server whose URL must be known before it starts. */
export { freePort } from './free-port.ts';
