/**
 * Pixels of the page: as wide as a notebook is read, and higher than any picture, so that nothing has to be scrolled. A picture
 * has twice as many.
 * @type {import('playwright-core').BrowserContextOptions}
 */
const view = { viewport: { width: 1000, height: 3000 }, deviceScaleFactor: 2, colorScheme: 'light' };

/**
 * Takes a picture of cells of a notebook in JupyterLab, in its light theme, once all that they show is drawn.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url of the notebook
 * @param {{ first: number, last: number, live: boolean }} cells by their places; where they are live, all are run first
 * @returns {Promise<Buffer>} a PNG
 */
export async function shootCells(browser, url, { first, last, live }) {
  return onPage(browser, async (page) => {
    await page.goto(url);
    const cells = page.locator('.jp-Notebook .jp-Cell');
    await cells.nth(last).waitFor();
    await page.waitForFunction(idle);
    if (live) {
      await page.evaluate(command, 'notebook:run-all-cells');
      await page.locator('video').first().waitFor();
    }
    await page.waitForFunction(idle);
    // Of the reader's cursor, not of the cells.
    await page.addStyleTag({ content: `${cursor.join(', ')} { visibility: hidden !important }` });
    return between(page, cells.nth(first), cells.nth(last));
  });
}

/**
 * Takes a picture of a page, from one of its elements to another one.
 * @param {import('playwright-core').Browser} browser
 * @param {string} html
 * @param {{ open: string, from: string, to: string }} part `open`: a chapter to unfold, by its name; `from` and `to`: selectors
 * @returns {Promise<Buffer>} a PNG
 */
export async function shootPage(browser, html, { open, from, to }) {
  return onPage(browser, async (page) => {
    await page.setContent(html);
    await page.locator('summary', { hasText: new RegExp(`^${open}$`) }).click();
    return between(page, page.locator(from).first(), page.locator(to).first());
  });
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {(page: import('playwright-core').Page) => Promise<Buffer>} shoot
 */
async function onPage(browser, shoot) {
  const context = await browser.newContext(view);
  context.setDefaultTimeout(180_000);
  try {
    return await shoot(await context.newPage());
  } finally {
    await context.close();
  }
}

/**
 * The rectangle from the top of one element to the bottom of another one.
 * @param {import('playwright-core').Page} page
 * @param {import('playwright-core').Locator} first
 * @param {import('playwright-core').Locator} last
 */
async function between(page, first, last) {
  await page.waitForFunction(drawn);
  const [from, to] = [await first.boundingBox(), await last.boundingBox()];
  if (!from || !to) throw new Error('pictures: what is to be shown is not on the page');
  const margin = 8;
  return page.screenshot({
    clip: {
      x: Math.min(from.x, to.x) - margin,
      y: from.y - margin,
      width: Math.max(from.width, to.width) + 2 * margin,
      height: to.y + to.height - from.y + 2 * margin,
    },
    animations: 'disabled',
  });
}

/** What JupyterLab shows of where the reader is. */
const cursor = [
  '.jp-RawCell',
  '.jp-Collapser',
  '.jp-collapseHeadingButton',
  '.jp-cell-toolbar',
  '.jp-Notebook-footer',
];

/** In the page: whether each figure, image and video is drawn. */
function drawn() {
  const all = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)];
  return (
    all('.sr-Figure').every((figure) => figure.querySelector('.main-svg')) &&
    all('img').every((image) => /** @type {HTMLImageElement} */ (image).complete) &&
    /** @type {HTMLVideoElement[]} */ (all('video')).every((video) => video.readyState >= 2 || video.poster)
  );
}

/** In the page: whether JupyterLab's kernel has nothing to do. */
function idle() {
  const { jupyterapp } = /** @type {{ jupyterapp?: App }} */ (/** @type {unknown} */ (window));
  const context = jupyterapp?.shell.currentWidget?.sessionContext;
  return context?.isReady && context.kernelDisplayStatus === 'idle';
}

/** In the page: runs one of JupyterLab's commands. @param {string} id */
async function command(id) {
  const { jupyterapp } = /** @type {{ jupyterapp: App }} */ (/** @type {unknown} */ (window));
  await jupyterapp.commands.execute(id, {});
}

/**
 * What this uses of JupyterLab's application.
 * @typedef {{
 *   commands: { execute(id: string, args: object): Promise<unknown> },
 *   shell: { currentWidget?: { sessionContext?: { isReady: boolean, kernelDisplayStatus: string } } },
 * }} App
 */
