// @ts-check
/**
 * While servers are updated one by one, a page may get modules of two versions, of which one is missing or does not fit.
 * Then the page is loaded once more, until all comes from one version or fits. Apart from all modules, and not one itself.
 */
{
  const ITEM = 'heliograph.loads';
  const MOST = 30;
  const PAUSE = 1000;
  const WELL_AFTER = 10_000;

  const loads = Number(sessionStorage.getItem(ITEM) ?? 0);
  let broken = false;

  /** @param {Event} event a module that was not found, or one whose imports another does not export */
  const failed = event => {
    const unfit = event instanceof ErrorEvent && event.error instanceof SyntaxError;
    if (broken || loads >= MOST || !(unfit || event.target instanceof HTMLScriptElement)) return;
    broken = true;
    sessionStorage.setItem(ITEM, String(loads + 1));
    setTimeout(() => location.reload(), PAUSE);
  };

  addEventListener('error', failed, true);
  addEventListener('load', () => {
    removeEventListener('error', failed, true);
    if (!broken) setTimeout(() => sessionStorage.removeItem(ITEM), WELL_AFTER);
  });
}
