/** The name of a group: Pass and Fail of a verdict. */
export function groupName(key: unknown): string {
  if (typeof key === 'boolean') return key ? 'Pass' : 'Fail';
  return key === null || key === undefined ? 'none' : String(key);
}
