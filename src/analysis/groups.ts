/** The rows of `all`, then those of each group by its name. */
export function rowsByGroup(
  rows: number,
  groups?: readonly string[],
): { group: string; members: number[] }[] {
  const all = Array.from({ length: rows }, (_, row) => row);
  const byName = new Map<string, number[]>();
  groups?.forEach((name, row) => {
    const members = byName.get(name);
    if (members) members.push(row);
    else byName.set(name, [row]);
  });
  const named = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
  return [{ group: 'all', members: all }, ...named.map(([group, members]) => ({ group, members }))];
}
