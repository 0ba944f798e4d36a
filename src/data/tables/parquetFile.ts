import { parquetMetadata, parquetRead, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { Columns } from './column.js';
import { checkPages } from './parquetPages.js';
import { shown } from './vocabulary.js';

/** The columns of a Parquet file. @throws Error that names the file for bytes that are none */
export async function parquetColumns(bytes: Buffer, where: string): Promise<Columns> {
  const columns = new Map<string, unknown[]>();
  try {
    const file = new Uint8Array(bytes).buffer;
    const metadata = parquetMetadata(file);
    checkPages(file, metadata);
    const { children } = parquetSchema(metadata);
    for (const { element } of children) columns.set(element.name, []);
    let rowStart = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      // One column at a time: where its reader throws for one of several, nobody hears of what becomes of the others, and such
      // a rejection ends the process.
      for (const [name, values] of columns) {
        await parquetRead({
          ...{ file, metadata, compressors, rowStart, rowEnd, columns: [name] },
          onChunk({ columnData }) {
            for (let i = 0; i < columnData.length; i++) values.push(columnData[i]);
          },
        });
      }
      rowStart = rowEnd;
    }
  } catch (error) {
    const { message } = error as Error;
    const why = /call stack/.test(message) ? 'its schema is nested in itself' : message;
    throw new Error(`${where} is not a valid Parquet file: ${why}`);
  }
  const [{ length: rows } = []] = columns.values();
  for (const [name, { length }] of columns) {
    if (length === rows) continue;
    throw new Error(
      `${where} is not a valid Parquet file: column ${shown(name)} has ${length} values, and the first one ${rows}`,
    );
  }
  return columns;
}
