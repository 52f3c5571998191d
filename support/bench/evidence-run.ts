/**
 * One run of a few scenarios for the benchmark, with evidence in the given folder, or without evidence.
 * Prints the milliseconds from the first scenario until everything is on disk.
 */
import { runScenarios } from '../evidence/run-scenarios.ts';

const [reports] = process.argv.slice(2);
let begun = 0;
const { passed, failed } = await runScenarios({
  paths: [
    'features/connection-test/successful-test.feature',
    'features/connection-test/existing-sessions.feature',
    'features/troubleshooting/ended-sessions.feature',
  ],
  workers: 1,
  formats: ['summary:/dev/null'],
  reports,
  onMessage: ({ testCaseStarted }) => {
    if (testCaseStarted && begun === 0) begun = performance.now();
  },
});
console.log(JSON.stringify({ ms: performance.now() - begun, passed, failed }));
