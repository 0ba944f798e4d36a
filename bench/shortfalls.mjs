// What is known of rows that fall short of their floor, by their titles: where the time goes, and what was tried.

/** @type {Record<string, string>} */
export const shortfalls = {
  'a million scores analysed':
    'Reading is 0.55 s: 0.1 s find the fields, 0.1 s which texts are equal, 0.06 s numbers, the rest lists, checks and memory. ' +
    'Sorts for each measure and group are 0.2 s, passes over lists 0.3 s. In all of it 0.25 s is the collection of ' +
    'garbage, mostly of lists of labels and names, which hold a pointer a row. Tried: DuckDB reads the ' +
    'file in 0.22 s on two cores and gives a column to JavaScript in 0.08 s, by a package of 68 MB; other sizes of digits in ' +
    'sorting (0.042 s a million by 16 bits, 0.053 by 11, 0.057 by 8); room for more young objects; ' +
    'checks by arithmetic in place of calls; the file in one piece. Not built: fields found in WebAssembly and in two threads, ' +
    'columns that stay typed arrays through all measures; by these times all of it together would come to a ratio of about 2.',
};
