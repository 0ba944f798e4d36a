/** `512 MiB`, `5.4 GiB`. */
export const formatBytes = (bytes: number): string =>
  bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toPrecision(3)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
