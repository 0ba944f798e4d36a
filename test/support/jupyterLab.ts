import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { chromiumPath } from './chromium.js';

const setup = (name: string) => import(new URL(`../../scripts/setup/${name}.mjs`, import.meta.url).href);
const { startJupyter } = await setup('jupyterServer');
const { browserArguments } = await setup('chromium');

/** What `startJupyter` gives. */
interface Server {
  url: string;
  stop(): Promise<void>;
}

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const python = join(root, '.venv', 'bin', 'python');
const installed = join(root, '.venv', 'share', 'jupyter', 'labextensions', 'solireward', 'package.json');

/** Where the pictures of the pages go. */
const screenshots = join(root, 'coverage', 'screenshots');

/** True where JupyterLab with our kernel and extension, and a Chromium, are there. */
export const hasJupyterLab = existsSync(python) && existsSync(installed) && chromiumPath !== undefined;

/** A JupyterLab server on a folder of its own, and a browser. */
export class JupyterLab {
  private workspaces = 0;

  private constructor(
    /** The folder that the server serves. */
    readonly folder: string,
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  static async start(): Promise<JupyterLab> {
    const folder = mkdtempSync(join(tmpdir(), 'solireward-served-'));
    const [browser, server] = await Promise.all([
      chromium.launch({ executablePath: chromiumPath, args: browserArguments }),
      startJupyter(folder) as Promise<Server>,
    ]);
    return new JupyterLab(folder, server, browser);
  }

  /** Puts a notebook of our kernel with these cells into the folder; `saved` shows in an extra cell at its end. */
  write(name: string, cells: readonly string[], saved?: Record<string, unknown>): void {
    const codeCell = (source: string, i: number, outputs: object[] = []) => ({
      cell_type: 'code',
      id: `cell-${i}`,
      execution_count: null,
      metadata: {},
      outputs,
      source,
    });
    const output = { output_type: 'display_data', data: saved, metadata: {} };
    const notebook = {
      cells: [
        ...cells.map((source, i) => codeCell(source, i)),
        ...(saved ? [codeCell('', cells.length, [output])] : []),
      ],
      metadata: {
        kernelspec: { display_name: 'TypeScript (SoliReward)', language: 'typescript', name: 'solireward' },
      },
      nbformat: 4,
      nbformat_minor: 5,
    };
    writeFileSync(join(this.folder, name), JSON.stringify(notebook));
  }

  /** The text of a file of the folder, as it is saved. */
  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Opens a notebook in JupyterLab, or in Notebook 7, with a workspace of its own. */
  async open(name: string, app: 'lab' | 'notebook' = 'lab'): Promise<NotebookPage> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(180_000);
    const page = await context.newPage();
    const opened = new NotebookPage(page);
    const path = app === 'lab' ? `lab/workspaces/${++this.workspaces}/tree` : 'notebooks';
    await page.goto(`${this.server.url}/${path}/${name}`);
    await opened.ready();
    return opened;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What this uses of JupyterLab's application, which the server is told to expose to the page. */
interface App {
  commands: { execute(id: string, args: object): Promise<unknown> };
  shell: { currentWidget?: { sessionContext?: { isReady: boolean; kernelDisplayStatus: string } } };
}

/** A notebook in the browser. */
export class NotebookPage {
  /** What has gone wrong in our extension: JupyterLab and Notebook throw errors of their own, too. */
  readonly errors: string[] = [];
  readonly requests: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', ({ stack = '' }) => {
      if (stack.includes('extensions/solireward/')) this.errors.push(stack);
    });
    page.on('request', (request) => this.requests.push(request.url()));
  }

  /** Waits until the notebook is shown and its kernel has nothing to do. */
  async ready(): Promise<void> {
    await this.page.locator('.jp-Notebook .jp-Cell').first().waitFor();
    await this.page.waitForFunction(() => {
      const { jupyterapp } = window as unknown as { jupyterapp?: App };
      const context = jupyterapp?.shell.currentWidget?.sessionContext;
      return context?.isReady && context.kernelDisplayStatus === 'idle';
    });
  }

  /** The n-th cell. */
  cell(index: number): Locator {
    return this.page.locator('.jp-Notebook .jp-Cell').nth(index);
  }

  /** What the n-th cell has shown. */
  output(index: number): Locator {
    return this.cell(index).locator('.jp-Cell-outputArea');
  }

  /** Runs the n-th cell, as a user does, and waits until it has ended. */
  async run(index: number): Promise<void> {
    await this.cell(index).locator('.cm-content').click();
    await this.page.keyboard.press('Control+Enter');
    await this.cell(index)
      .locator('.jp-InputPrompt', { hasText: /\[\d+\]/ })
      .waitFor();
  }

  /** Saves the notebook and loads the page anew. */
  async saveAndReload(): Promise<void> {
    await this.command('docmanager:save');
    await this.page.reload();
    await this.ready();
  }

  /** Runs one of JupyterLab's commands. */
  async command(id: string, args: object = {}): Promise<void> {
    await this.page.evaluate(
      async ([id, args]) => {
        await (window as unknown as { jupyterapp: App }).jupyterapp.commands.execute(id, args);
      },
      [id, args] as const,
    );
  }

  /** Leaves a picture in coverage/screenshots/. */
  async screenshot(name: string): Promise<void> {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
