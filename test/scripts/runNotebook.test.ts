import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const python = join(root, '.venv', 'bin', 'python');
const hasKernel = existsSync(join(root, '.venv', 'share', 'jupyter', 'kernels', 'solireward', 'kernel.json'));

interface Cell {
  cell_type: string;
  execution_count: number | null;
  outputs: { output_type: string; text?: string[]; ename?: string }[];
}

describe.skipIf(!hasKernel)('runNotebook.py (skipped where .venv has no kernelspec)', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'solireward-notebook-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function run(notebook: string): Promise<{ status: number; stdout: string }> {
    const env = {
      ...process.env,
      SOLIREWARD_DIMENSION: 'deformity',
      SOLIREWARD_RUN_FOLDER: folder,
      IPYTHONDIR: folder,
      JUPYTER_RUNTIME_DIR: folder,
    };
    const args = [join(root, 'scripts', 'runNotebook.py'), join(root, 'test', 'scripts', notebook), folder];
    return new Promise((resolve) => {
      execFile(python, args, { env }, (error, stdout) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout });
      });
    });
  }
  const readJson = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const codeCells = (name: string): Cell[] =>
    readJson(name).cells.filter((cell: Cell) => cell.cell_type === 'code');

  it('prints what the cells print, and leaves the notebook, its page and a report', async () => {
    const { status, stdout } = await run('small.ipynb');
    expect(status).toBe(0);
    expect(stdout).toBe(
      "[cell 1/2] // Parameters\ntraining deformity\n[cell 2/2] // Results\nstep 1 of 3\nstep 3 of 3\n'the end'\n",
    );
    expect(codeCells('small.ipynb').map((cell) => cell.execution_count)).toEqual([1, 2]);
    expect(readJson('summary.json').dimension).toBe('deformity');
    const { succeeded, seconds, sections, peakMemoryBytes } = readJson('notebook.json');
    expect(succeeded).toBe(true);
    expect(seconds).toBeGreaterThan(0);
    expect(sections.map(({ title }: { title: string }) => title)).toEqual(['1. Parameters', '2. Results']);
    const ran = sections.reduce((sum: number, section: { seconds: number }) => sum + section.seconds, 0);
    expect(ran).toBeGreaterThan(0);
    expect(ran).toBeLessThanOrEqual(seconds);
    expect(peakMemoryBytes).toBeGreaterThan(30 * 2 ** 20);
  });

  it('saves the paths of clips as those from where the notebook is saved', async () => {
    const [from, clips] = [join(folder, 'notebooks'), join(folder, 'runs', 'my clips')];
    for (const made of [from, clips]) mkdirSync(made, { recursive: true });
    writeFileSync(join(clips, 'a.mp4'), '');
    const videos = [
      '../runs/my%20clips/a.mp4',
      'data:video/mp4;base64,AA',
      'missing.mp4',
      'https://host/a.mp4',
    ];
    const shown = videos.map((source) => `<video src="${source}" controls></video>`).join('');
    const script = [
      'import sys, nbformat.v4 as v4, pathlib',
      'import runNotebook',
      'source, target, shown = sys.argv[1:]',
      "output = v4.new_output('display_data', {'text/html': shown})",
      'notebook = v4.new_notebook(cells=[v4.new_markdown_cell(), v4.new_code_cell(outputs=[output])])',
      'runNotebook.move_clips(notebook, pathlib.Path(source), pathlib.Path(target))',
      "print(notebook.cells[1].outputs[0].data['text/html'])",
    ].join('\n');
    const env = { ...process.env, PYTHONPATH: join(root, 'scripts'), PYTHONDONTWRITEBYTECODE: '1' };
    const args = ['-c', script, from, join(folder, 'runs'), shown];
    const { stdout } = await promisify(execFile)(python, args, { env });
    expect([...stdout.matchAll(/src="([^"]*)"/g)].map(([, source]) => source)).toEqual([
      'my%20clips/a.mp4',
      ...videos.slice(1),
    ]);
  });

  it('makes a page that needs nothing from the network', async () => {
    await run('small.ipynb');
    const page = readFileSync(join(folder, 'small.html'), 'utf8');
    expect(page).toContain('training deformity');
    expect(page).not.toMatch(/<(script|link|img)[^>]+(src|href)="https?:/);
  });

  it('ends with 1 at a cell that fails, with its error in the saved notebook', async () => {
    const { status, stdout } = await run('failing.ipynb');
    expect(status).toBe(1);
    expect(stdout).toContain('RangeError: a reason');
    expect(stdout).not.toContain('after');
    const [works, fails, never] = codeCells('failing.ipynb');
    expect(works.outputs[0].text).toEqual(['before\n']);
    expect(fails.outputs[0]).toMatchObject({ output_type: 'error', ename: 'RangeError' });
    expect(never.execution_count).toBeNull();
    expect(existsSync(join(folder, 'failing.html'))).toBe(true);
    expect(readJson('notebook.json').succeeded).toBe(false);
  });
});
