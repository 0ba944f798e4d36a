// Taken while the file runs; later there is no current script.
const script = document.currentScript as HTMLScriptElement;

/** URL of a file that lies beside this extension's script. */
export const staticUrl = (name: string): string => new URL(name, script.src).href;
