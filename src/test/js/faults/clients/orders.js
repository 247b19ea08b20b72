// @ts-check

/**
 * Has this process, which a {@link import('./fleet.js').Worker} has forked, answer orders until that ends.
 *
 * @param {(order: any) => unknown} obey says, or promises, the answer
 */
export function takeOrders(obey) {
  process.on('message', async (/** @type {{id: number, order: any}} */ { id, order }) => {
    try {
      process.send?.({ re: id, answer: await obey(order) });
    } catch (error) {
      process.send?.({ re: id, error: String(/** @type {any} */ (error).stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit());
}
