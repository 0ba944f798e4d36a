/** Makes an HTML element; children that are strings become text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<Omit<HTMLElementTagNameMap[Name], 'style'>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** A button with an icon of 24 x 24 units, given as SVG path data, and a name for those who do not see it. */
export function iconButton(path: string, name: string, onClick: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', className: 'sr-Button', onclick: onClick });
  setIcon(button, path, name);
  return button;
}

/** Gives a button another icon and name. */
export function setIcon(button: HTMLButtonElement, path: string, name: string): void {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const shape = document.createElementNS(namespace, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  button.replaceChildren(svg);
  button.title = name;
  button.setAttribute('aria-label', name);
}
