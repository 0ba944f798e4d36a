// What is known of rows that fall short of their floor, by their titles: where the time goes, and what was tried.

/** @type {Record<string, string>} */
export const shortfalls = {
  'a million scores analysed':
    'Half of the time is reading: 0.12 s find the fields, 0.2 s which texts are equal, 0.1 s numbers, the rest lists, checks and ' +
    'memory; the other half is sorting, a sort for each measure and group, and passes over lists. Tried: DuckDB reads the ' +
    'file in 0.22 s on two cores and gives a column to JavaScript in 0.08 s, so that reading would take as long, by a package ' +
    'of 68 MB; a comparison less for each byte made finding the fields slower. Not built: fields found in ' +
    'WebAssembly, and columns that stay typed arrays through all measures.',
};
