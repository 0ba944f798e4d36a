import { getHeapStatistics } from 'node:v8';
import type { FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/** A value takes 8 bytes in its page and 8 in its column. */
const bytesOfValue = 16;

/**
 * Checks what the pages of a Parquet file say of themselves before they are read, since the reader makes room for as many
 * values as a page claims, and a process that has no such room ends.
 * @param room bytes for values.
 * @throws Error where a page claims more values than its column has, or more bytes, or the file has more values than there
 *   is room for.
 */
export function checkPages(
  file: ArrayBuffer,
  { row_groups }: FileMetaData,
  room = getHeapStatistics().heap_size_limit,
): void {
  let values = 0;
  for (const { columns } of row_groups) {
    for (const { meta_data: column } of columns) {
      if (!column) throw new Error('a column has no metadata');
      values += Number(column.num_values);
      if (!(values * bytesOfValue <= room)) {
        throw new Error(
          `it says that it has ${values} values or more, for which this process has no memory (${Math.round(room / 1e6)} MB); ` +
            'split the file, or raise the limit by NODE_OPTIONS=--max-old-space-size',
        );
      }
      const start = Number(column.dictionary_page_offset || column.data_page_offset);
      checkColumn(new DataView(file, start, Number(column.total_compressed_size)), {
        name: column.path_in_schema.join('.'),
        values: Number(column.num_values),
        bytes: Number(column.total_uncompressed_size),
      });
    }
  }
}

function checkColumn(
  view: DataView,
  { name, values, bytes }: { name: string; values: number; bytes: number },
) {
  const reader = { view, offset: 0 };
  while (reader.offset < view.byteLength - 1) {
    const header = parquetHeader(reader);
    const data = header.data_page_header ?? header.data_page_header_v2;
    // A dictionary may have words that no value is; each of them takes a byte at least.
    const most = data ? values : header.uncompressed_page_size;
    const claimed = (data ?? header.dictionary_page_header)?.num_values ?? 0;
    if (!(claimed >= 0 && claimed <= most)) {
      throw new Error(
        `a page of its column "${name}" says that it has ${claimed} values, of at most ${most}`,
      );
    }
    if (!(header.uncompressed_page_size <= bytes)) {
      throw new Error(
        `a page of its column "${name}" says that it has ${header.uncompressed_page_size} bytes, the column ${bytes}`,
      );
    }
    if (!(header.compressed_page_size >= 0)) {
      throw new Error(`a page of its column "${name}" has a size of ${header.compressed_page_size}`);
    }
    reader.offset += header.compressed_page_size;
  }
}
