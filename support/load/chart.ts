/** A chart of a run as SVG: sign-ins by second, failed ones on top, times in which the IdP was disturbed shaded. */
import { html } from 'hono/html';
import type { PhaseResult, Result } from './result.ts';

type Html = ReturnType<typeof html>;

const size = { width: 720, height: 150, top: 12, bottom: 22 };

type Shown = Pick<Result, 'timeline' | 'phases' | 'took'>;

/** Sign-ins: good ones, those with a fault, failed ones. */
export function rateChart({ timeline, phases, took }: Shown): Html {
  const highest = Math.max(1, ...timeline.map(({ good, bad, faults }) => good + bad + faults));
  const { x, y, step } = scales(timeline.length, highest);
  const bar = (kind: string, at: number, [from, to]: readonly [number, number]): Html | string =>
    to === from
      ? ''
      : html`<rect class="${kind}" x="${x(at)}" y="${y(to)}" width="${Math.max(1, step - 1).toFixed(1)}"
height="${(y(from) - y(to)).toFixed(1)}"></rect>`;
  const bars = timeline.map(({ good, bad, faults }, at) => [
    bar('good', at, [0, good]),
    bar('fault', at, [good, good + faults]),
    bar('bad', at, [good + faults, good + faults + bad]),
  ]);
  const seconds = secondsOf(timeline);
  const unit = seconds === 1 ? 'sign-ins per second' : `sign-ins per ${seconds} seconds`;
  return frame({ phases, took, label: unit, highest: String(highest), content: html`${bars}` });
}

/** The 95th percentile of a sign-in without the IdP. */
export function timeChart({ timeline, phases, took }: Shown): Html {
  const highest = Math.max(1, ...timeline.map(({ p95 = 0 }) => p95));
  const { x, y, step } = scales(timeline.length, highest);
  const points = timeline.flatMap(({ p95 }, at) =>
    p95 === undefined ? [] : [`${(Number(x(at)) + step / 2).toFixed(1)},${y(p95).toFixed(1)}`],
  );
  const label = 'p95 of a sign-in without the IdP, in ms';
  const content = html`<polyline class="line" points="${points.join(' ')}"></polyline>`;
  return frame({ phases, took, label, highest: String(Math.round(highest)), content });
}

const secondsOf = (timeline: Result['timeline']): number => (timeline[1]?.second ?? 1) - (timeline[0]?.second ?? 0);

function scales(bars: number, highest: number) {
  const step = size.width / Math.max(1, bars);
  return {
    step,
    x: (at: number): string => (at * step).toFixed(1),
    y: (value: number): number =>
      size.height - size.bottom - (value / highest) * (size.height - size.bottom - size.top),
  };
}

interface Frame {
  phases: readonly PhaseResult[];
  took: number;
  label: string;
  highest: string;
  content: Html;
}

function frame({ phases, took, label, highest, content }: Frame): Html {
  const { width, height, bottom } = size;
  const at = (second: number): number => (Math.min(second, took) / Math.max(1, took)) * width;
  const shades = phases
    .filter(({ isDisturbed, from }) => isDisturbed && from < took)
    .map(
      ({ name, from, to }) => html`<rect class="shade" x="${at(from).toFixed(1)}" y="0"
width="${(at(to) - at(from)).toFixed(1)}" height="${height - bottom}"><title>${name}</title></rect>`,
    );
  return html`<figure><figcaption>${label}, at most ${highest}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}, at most ${highest}">
${shades}${content}
<line class="axis" x1="0" x2="${width}" y1="${height - bottom}" y2="${height - bottom}"></line>
<text x="0" y="${height - 6}">0 s</text><text x="${width}" y="${height - 6}" text-anchor="end">${took} s</text>
</svg></figure>`;
}
