/** One run of the same few scenarios for the bench, with evidence in the folder named or without; prints the milliseconds from the first scenario until all is on disk. It measures nothing else. */
import { runScenarios } from '../evidence/run-scenarios.ts';

const [reports] = process.argv.slice(2);
let begun = 0;
const { passed, failed } = await runScenarios({
  paths: [
    'features/connection-test/successful-test.feature',
    'features/connection-test/active-session.feature',
    'features/troubleshooting/session.feature',
  ],
  workers: 1,
  formats: ['summary:/dev/null'],
  reports,
  onMessage: ({ testCaseStarted }) => {
    if (testCaseStarted && begun === 0) begun = performance.now();
  },
});
console.log(JSON.stringify({ ms: performance.now() - begun, passed, failed }));
