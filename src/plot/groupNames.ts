/** More groups could not be told apart. */
const mostGroups = 60;

/**
 * The names of groups in their order: Pass before Fail, numbers by size.
 * @throws {RangeError} where they are more than can be told apart
 */
export function inOrder(operation: string, names: readonly string[]): string[] {
  const distinct = [...new Set(names)];
  if (distinct.length > mostGroups) {
    throw new RangeError(
      `${operation}: ${distinct.length} groups, such as "${distinct[0]}" and "${distinct[1]}", are more than the ${mostGroups} ` +
        'that can be told apart; choose a column of fewer',
    );
  }
  return distinct.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b, 'en', { numeric: true }));
}

const rank = (name: string): number => (name === 'Pass' ? 0 : 1);
