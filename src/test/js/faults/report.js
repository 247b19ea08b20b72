// @ts-check
/** What a run was, in a table, and what it found. */

/** @typedef {import('./judge/judge.js').Judge} Judge */
/** @typedef {import('./judge/judge.js').Violation} Violation */

const SHOWN_OF_A_RULE = 3;

/**
 * @param {Judge} judge
 * @param {import('./rounds.js').Rounds} rounds
 * @param {import('./clients/events.js').Counts} counts
 * @returns {string}
 */
export function table(judge, rounds, { operations, delivery }) {
  const { pairs, casts, rosters, calls, lives } = judge;
  const rows = [
    ['operations', listed(operations)],
    ['relays with to', `${pairs.counts.sent} sent, ${pairs.counts.got} arrived, ${pairs.counts.failed} refused, ${pairs.counts.excused} given up in a long partition`],
    ['library', `${delivery.resent} sent again, ${delivery.duplicates} duplicates dropped, ${delivery.pending} not acknowledged`],
    ['other relays', `${casts.counts.heard} arrived, ${casts.counts.missed} missed`],
    ['told as dropped', listed(judge.dropped) || 'none'],
    ['rosters', `${rosters.counts.joins} joins seen, ${rosters.counts.leaves} leaves seen`],
    ['calls', `${calls.counts.calls}, ${calls.counts.endings} endings`],
    ['sessions', `${lives.resumed} resumed, ${lives.replaced} replaced by new ones`],
    ['faults', listed(rounds.struck) || 'none'],
    ['agreed after', rounds.agreedAfter.length > 0 ? `${median(rounds.agreedAfter)} ms, at most ${Math.max(...rounds.agreedAfter)} ms` : 'never'],
    ['violations', listed(byRule(judge.violations)) || 'none'],
  ];
  return rows.map(([name, value]) => `${name.padEnd(16)}${value}`).join('\n');
}

/**
 * @param {Violation[]} violations
 * @param {number} [most] of each rule
 * @returns {string} each with the last events that concern it
 */
export function details(violations, most = SHOWN_OF_A_RULE) {
  /** @type {Record<string, number>} */
  const seen = {};
  return violations.filter(({ rule }) => (seen[rule] = (seen[rule] ?? 0) + 1) <= most)
    .map(({ rule, text, lines }) => [`${rule}: ${text}`, ...lines.map(line => `    ${line}`)].join('\n')).join('\n\n');
}

/** @param {Violation[]} violations */
function byRule(violations) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

/** @param {Record<string, number>} counts */
function listed(counts) {
  return Object.entries(counts).sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`).join(', ');
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : Math.round((sorted[middle - 1] + sorted[middle]) / 2);
}
