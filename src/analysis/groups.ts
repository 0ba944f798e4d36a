/** The rows of each group, by its name, both in the order in which they come. */
export function rowsOfGroups(groups: readonly string[]): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  groups.forEach((name, row) => {
    const members = rows.get(name);
    if (members) members.push(row);
    else rows.set(name, [row]);
  });
  return rows;
}

/** The rows of `all`, then those of each group by its name. */
export function rowsByGroup(
  rows: number,
  groups: readonly string[] = [],
): { group: string; members: number[] }[] {
  const all = Array.from({ length: rows }, (_, row) => row);
  const named = [...rowsOfGroups(groups)].sort(([a], [b]) => (a < b ? -1 : 1));
  return [{ group: 'all', members: all }, ...named.map(([group, members]) => ({ group, members }))];
}
