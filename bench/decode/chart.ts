import { writeFileSync } from 'node:fs';
import { isOurs } from './measure.ts';
import type { Report } from './report.ts';
import { recall } from './score.ts';

/** One bar: what it stands for, how long, and what stands behind it. */
interface Bar {
  readonly name: string;
  readonly value: number;
  readonly note: string;
  readonly own: boolean;
}

interface Panel {
  readonly title: string;
  readonly bars: readonly Bar[];
  readonly unit: string;
  /** What the longest possible bar means; the longest there is, if left out. */
  readonly most?: number;
}

const WIDTH = 890;
const LEFT = 190;
const RIGHT = 180;
const BAR = 17;
const GAP = 6;
const PANEL_GAP = 34;

/** Draws a report as bars, readable on light and dark pages. */
export function picture(report: Report, file: string): void {
  writeFileSync(file, svg(report));
}

/** The report as SVG; panels of what the report does not have are left out. */
export function svg(report: Report): string {
  const drawn: string[] = [];
  let y = 8;
  for (const panel of panelsOf(report)) {
    const { text, height } = drawPanel(panel, y);
    drawn.push(text);
    y += height + PANEL_GAP;
  }
  const height = Math.max(40, y - PANEL_GAP + 10);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Codes read by the gateway and by other decoders">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 14px; }
  .note { fill: #59636e; }
  .bar { fill: #8c959f; }
  .own { fill: #0969da; }
  .floor { stroke: #d1d9e0; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .note { fill: #9198a1; }
    .bar { fill: #656c76; }
    .own { fill: #4493f8; }
    .floor { stroke: #3d444d; }
  }
</style>
${drawn.join('\n')}
</svg>
`;
}

function panelsOf(report: Report): Panel[] {
  const panels: Panel[] = [];
  const { scenes, pdf417, bursts, idle } = report;
  if (scenes) {
    const bars = scenes.readers.map(({ name, code }) => {
      const note = `${recall(code).toFixed(1)} %  ·  ${code.ms.mean.toFixed(1)} ms`;
      return { name, value: recall(code), note, own: isOurs(name) };
    });
    panels.push({
      title: `Codes read on single frames (${scenes.of})`,
      bars,
      unit: '%',
      most: 100,
    });
  }
  if (pdf417) {
    const bars = pdf417.readers.map(({ name, code }) => {
      return { name, value: recall(code), note: percent(recall(code)), own: isOurs(name) };
    });
    panels.push({ title: `PDF417 alone (${pdf417.of})`, bars, unit: '%', most: 100 });
  }
  if (bursts) {
    const bars = bursts.readers.map(({ name, readBy, ms }) => {
      const note = `${percent(readBy.at(-1) ?? 0)}  ·  ${ms.toFixed(1)} ms a frame`;
      return { name, value: readBy.at(-1) ?? 0, note, own: isOurs(name) };
    });
    panels.push({ title: `Read by the eighth frame (${bursts.of})`, bars, unit: '%', most: 100 });
  }
  if (idle) {
    const bars = idle.readers.map(({ name, changing, still }) => {
      const note = `${changing.mean.toFixed(1)} ms  ·  still ${still.median.toFixed(2)} ms`;
      return { name, value: changing.mean, note, own: isOurs(name) };
    });
    panels.push({ title: 'A new frame without a code: CPU time', bars, unit: 'ms' });
  }
  return panels;
}

function percent(value: number): string {
  return `${value.toFixed(0)} %`;
}

function drawPanel({ title, bars, most }: Panel, top: number): { text: string; height: number } {
  const longest = most ?? Math.max(...bars.map(({ value }) => value), 0.001);
  const room = WIDTH - LEFT - RIGHT;
  const sorted = most
    ? [...bars].sort((a, b) => b.value - a.value)
    : [...bars].sort((a, b) => a.value - b.value);
  const rows = sorted.map(({ name, value, note, own }, i) => {
    const y = top + 28 + i * (BAR + GAP);
    const width = Math.max(1, (room * value) / longest);
    return [
      `<text x="${LEFT - 10}" y="${y + 13}" text-anchor="end">${escaped(name)}</text>`,
      `<rect class="${own ? 'own' : 'bar'}" x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text class="note" x="${(LEFT + width + 8).toFixed(1)}" y="${y + 13}">${note}</text>`,
    ].join('\n');
  });
  const height = 28 + bars.length * (BAR + GAP);
  const floor = `<line class="floor" x1="${LEFT}" y1="${top + 24}" x2="${LEFT}" y2="${top + height}"/>`;
  const head = `<text class="title" x="0" y="${top + 12}">${escaped(title)}</text>`;
  return { text: [head, floor, ...rows].join('\n'), height };
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
