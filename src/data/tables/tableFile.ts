import { extname } from 'node:path';
import { type ColumnTable, toArrowIPC, toCSV } from 'arquero';
import { writeJson } from '../../base/json.js';
import { replaceFile } from '../../base/replaceFile.js';

const formats = '.csv, .tsv, .json, .jsonl, .ndjson or .arrow';

/**
 * Writes a table in the format of the file's extension. The file is replaced as a whole: one that is being read, or a
 * write that is cut off, never leaves half a table.
 * @throws Error for an unknown extension or when the file cannot be written.
 */
export async function writeTable(operation: string, file: string, table: ColumnTable): Promise<void> {
  const bytes = formatOf(operation, file, table);
  await replaceFile(file, (draft) => draft.writeFile(bytes));
}

function formatOf(operation: string, file: string, table: ColumnTable): string | Uint8Array {
  switch (extname(file).toLowerCase()) {
    case '.csv':
      return toCSV(table);
    case '.tsv':
      return toCSV(table, { delimiter: '\t' });
    case '.json':
      return `[\n${table.objects().map(writeJson).join(',\n')}\n]\n`;
    case '.jsonl':
    case '.ndjson':
      return table
        .objects()
        .map((row) => `${writeJson(row)}\n`)
        .join('');
    case '.arrow':
      return toArrowIPC(table, { format: 'file' });
    default:
      throw new Error(`${operation}: unknown extension of ${file}; give a file that ends in ${formats}`);
  }
}
