import { staticUrl } from './staticUrl.js';

/** The part of plotly.js that figures are drawn with. */
export interface Plotly {
  react(place: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
  purge(place: HTMLElement): void;
}

let loading: Promise<Plotly> | undefined;

/** The bundled plotly.js, loaded once a page, when the first figure is shown. */
export function loadPlotly(): Promise<Plotly> {
  loading ??= new Promise<Plotly>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = staticUrl('plotly.min.js');
    script.onload = () => resolve((window as unknown as { Plotly: Plotly }).Plotly);
    script.onerror = () => {
      loading = undefined;
      reject(new Error(`cannot load ${script.src}`));
    };
    document.head.append(script);
  });
  return loading;
}
