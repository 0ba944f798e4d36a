import type { Message } from '../protocol/wire.js';
import type { NotebookCell, NotebookOutput } from './notebookFile.js';

/** Turns what a kernel publishes into the outputs of the cells of a notebook, as a front end does. */
export class CellOutputs {
  /** Outputs by the name by which they are updated. */
  readonly #displays = new Map<string, NotebookOutput[]>();
  /** Cells that are cleared when the next output comes. */
  readonly #clearing = new Set<NotebookCell>();

  /** Takes a message that was published for a cell. */
  take(cell: NotebookCell, { header, content }: Message): void {
    const { data, metadata = {}, transient, execution_count } = content as Record<string, never>;
    switch (header.msg_type) {
      case 'execute_input':
        cell.execution_count = execution_count;
        break;
      case 'stream':
        this.#print(cell, String(content.name), String(content.text));
        break;
      case 'execute_result':
        this.#add(cell, { output_type: 'execute_result', data, metadata, execution_count }, transient);
        break;
      case 'display_data':
        this.#add(cell, { output_type: 'display_data', data, metadata }, transient);
        break;
      case 'update_display_data':
        for (const output of this.#displays.get(displayId(transient)) ?? [])
          Object.assign(output, { data, metadata });
        break;
      case 'error': {
        const { ename, evalue, traceback } = content;
        this.#add(cell, { output_type: 'error', ename, evalue, traceback });
        break;
      }
      case 'clear_output':
        if (content.wait) this.#clearing.add(cell);
        else cell.outputs = [];
    }
  }

  #print(cell: NotebookCell, name: string, text: string): void {
    const outputs = this.#outputsOf(cell);
    const last = outputs.at(-1);
    if (last?.output_type === 'stream' && last.name === name) last.text += text;
    else outputs.push({ output_type: 'stream', name, text });
  }

  #add(cell: NotebookCell, output: NotebookOutput, transient?: object): void {
    this.#outputsOf(cell).push(output);
    const id = displayId(transient);
    if (id) this.#displays.set(id, [...(this.#displays.get(id) ?? []), output]);
  }

  #outputsOf(cell: NotebookCell): NotebookOutput[] {
    if (this.#clearing.delete(cell) || !cell.outputs) cell.outputs = [];
    return cell.outputs;
  }
}

const displayId = (transient: { display_id?: unknown } | undefined): string =>
  String(transient?.display_id ?? '');
