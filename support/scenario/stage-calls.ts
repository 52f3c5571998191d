/** Calls from the command to its workers to strike their stages before it ends: threads receive no signals. */
import { BroadcastChannel } from 'node:worker_threads';

type Call = 'stage is set' | 'strike' | 'stage is struck';

interface Channel extends Disposable {
  post(call: Call): void;
  onCall(hear: (call: Call) => void): void;
}

function openChannel(): Channel {
  const channel = new BroadcastChannel('sso-rehearsal stages');
  channel.unref();
  return {
    post: (call) => channel.postMessage(call),
    onCall: (hear) => {
      channel.onmessage = ({ data }) => hear(data as Call);
    },
    [Symbol.dispose]: () => channel.close(),
  };
}

/** For a worker with a stage: calls `strike` when the command asks for it. Disposal reports that it is struck. */
export function hearCalls(strike: () => Promise<void>): Disposable {
  const channel = openChannel();
  channel.post('stage is set');
  channel.onCall((call) => {
    if (call === 'strike') strike().catch(() => undefined); // the command ends either way
  });
  return {
    [Symbol.dispose]: () => {
      channel.post('stage is struck');
      channel[Symbol.dispose]();
    },
  };
}

export interface Stages extends Disposable {
  /** Resolves when every stage that was set is struck. */
  strikeAll(): Promise<void>;
}

/** For the command, before its workers start. */
export function watchStages(): Stages {
  const channel = openChannel();
  const allStruck = Promise.withResolvers<void>();
  let standing = 0;
  let striking = false;
  const settle = (): void => {
    if (striking && standing === 0) allStruck.resolve();
  };
  channel.onCall((call) => {
    if (call === 'stage is set') standing++;
    if (call === 'stage is struck') standing--;
    settle();
  });
  return {
    async strikeAll() {
      striking = true;
      channel.post('strike');
      settle();
      await allStruck.promise;
    },
    [Symbol.dispose]: () => channel[Symbol.dispose](),
  };
}
