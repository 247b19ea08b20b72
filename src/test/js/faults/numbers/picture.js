// @ts-check
/** What the dashboard of k8s/ shows of a time, drawn from a real Prometheus: every panel where Grafana has it, every series a line. */

import { readFile } from 'node:fs/promises';
import { fileOf } from '../../k8s/kubectl.js';

/** @typedef {import('../lab/prometheus.js').Prometheus} Prometheus */
/** @typedef {import('../lab/prometheus.js').Series} Series */
/** @typedef {{ x: number, y: number, w: number, h: number }} Box */
/**
 * @typedef {object} Panel
 * @property {string} type
 * @property {string} title
 * @property {Box} gridPos
 * @property {{ expr: string, legendFormat: string }[]} targets
 * @property {{ defaults: { unit: string } }} fieldConfig
 */

const DASHBOARD = fileOf('k8s/components/grafana-dashboard/heliograph.json');
const CELL = { w: 50, h: 24 };
const MARGIN = 12;
const HEAD = 22;
const LEGEND = 16;
const POINTS = 200;
const LEGENDS_MOST = 4;
/** A wide one of the legend's. */
const CHARACTER = 5;
const COLOURS = ['#2563eb', '#dc2626', '#16a34a', '#d97706', '#7c3aed', '#0891b2', '#be185d', '#4d7c0f'];
const RATE_INTERVAL = '10s';
/** @type {Record<string, (value: number) => string>} */
const UNITS = {
  s: value => `${(value * 1000).toPrecision(3)} ms`,
  bytes: value => `${(value / 2 ** 20).toPrecision(3)} MiB`,
  percentunit: value => `${(value * 100).toPrecision(3)} %`,
  ops: value => `${Number(value.toPrecision(3))}/s`,
};

/**
 * @param {Prometheus} prometheus
 * @param {number} from milliseconds
 * @param {number} to milliseconds
 * @returns {Promise<string>} an SVG image
 */
export async function picture(prometheus, from, to) {
  /** @type {{ panels: Panel[] }} */
  const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8'));
  const drawn = [];
  for (const panel of panels.filter(({ type }) => type !== 'row')) drawn.push(await draw(prometheus, panel, from, to));
  const width = 24 * CELL.w;
  const height = Math.max(...panels.map(({ gridPos: { y, h } }) => y + h)) * CELL.h;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#f8fafc"/>
${drawn.join('\n')}
</svg>
`;
}

/**
 * @param {Prometheus} prometheus
 * @param {Panel} panel
 * @param {number} from
 * @param {number} to
 */
async function draw(prometheus, { title, gridPos, targets, fieldConfig }, from, to) {
  const answers = await Promise.all(targets.map(async ({ expr, legendFormat }) => {
    const query = expr.replaceAll('$namespace', '.*').replaceAll('$job', 'heliograph')
      .replaceAll('$__rate_interval', RATE_INTERVAL);
    const series = await prometheus.range(query, from, to, (to - from) / POINTS);
    return series.map(({ labels, points }) => ({ name: legendFormat.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? ''), points }));
  }));
  const series = answers.flat();
  const box = { x: gridPos.x * CELL.w + MARGIN / 2, y: gridPos.y * CELL.h, w: gridPos.w * CELL.w - MARGIN, h: gridPos.h * CELL.h - MARGIN };
  const most = Math.max(0, ...series.flatMap(({ points }) => points.map(([, value]) => value)));
  const unit = UNITS[fieldConfig.defaults.unit] ?? (value => String(Number(value.toPrecision(3))));
  return `<g transform="translate(${box.x} ${box.y})">
<rect width="${box.w}" height="${box.h}" rx="4" fill="#fff" stroke="#cbd5e1"/>
<text x="8" y="15" font-weight="bold">${escaped(title)}</text><text x="${box.w - 8}" y="15" text-anchor="end" fill="#64748b">at most ${escaped(unit(most))}</text>
${series.map(({ points }, index) => line(points, index, box, from, to, most)).join('\n')}
${series.slice(0, LEGENDS_MOST).map(({ name }, index) => legend(name, index, box, series.length)).join('\n')}
</g>`;
}

/**
 * @param {[number, number][]} points
 * @param {number} index
 * @param {Box} box
 * @param {number} from
 * @param {number} to
 * @param {number} most
 */
function line(points, index, box, from, to, most) {
  const height = box.h - HEAD - LEGEND - 8;
  const places = points.map(([at, value]) => {
    const x = 8 + (at - from) / (to - from) * (box.w - 16);
    const y = HEAD + height - (most > 0 ? value / most : 0) * height;
    return `${x.toFixed(0)},${y.toFixed(1)}`;
  });
  return `<polyline fill="none" stroke="${colour(index)}" points="${places.join(' ')}"/>`;
}

/** @param {string} name @param {number} index @param {Box} box @param {number} all */
function legend(name, index, box, all) {
  const room = (box.w - 16) / Math.min(all, LEGENDS_MOST);
  const rest = index === LEGENDS_MOST - 1 && all > LEGENDS_MOST ? ` and ${all - LEGENDS_MOST} more` : '';
  const text = shortened(name, Math.floor(room / CHARACTER) - rest.length) + rest;
  return `<text x="${8 + index * room}" y="${box.h - 7}" font-size="9" fill="${colour(index)}">${escaped(text)}</text>`;
}

/** @param {string} text @param {number} most characters */
function shortened(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** @param {number} index */
function colour(index) {
  return COLOURS[index % COLOURS.length];
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
