/** Calls back whenever JupyterLab's theme has changed; returns what ends that. */
export function onThemeChange(changed: () => void): () => void {
  // The theme manager hides everything from the change to the next frame: until then nothing has a width.
  const observer = new MutationObserver(() => requestAnimationFrame(changed));
  // It writes the theme's name and whether it is light on the body once its style sheet is there.
  observer.observe(document.body, {
    attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light'],
  });
  return () => observer.disconnect();
}

/** The value of one of JupyterLab's CSS variables, such as `--jp-ui-font-color1`. */
export const themeValue = (name: string): string =>
  getComputedStyle(document.body).getPropertyValue(name).trim();
