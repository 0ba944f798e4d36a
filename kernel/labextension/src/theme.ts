/** Calls back whenever JupyterLab's theme changes; returns what ends that. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  // The theme manager writes the theme's name and whether it is light on the body once its style sheet is there.
  observer.observe(document.body, {
    attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light'],
  });
  return () => observer.disconnect();
}

/** The value of one of JupyterLab's CSS variables, such as `--jp-ui-font-color1`. */
export const themeValue = (name: string): string =>
  getComputedStyle(document.body).getPropertyValue(name).trim();
