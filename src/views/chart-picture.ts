// A chart of the page as a picture. Its styles come from the page, so they are written into a copy first.

const styles = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
];

/** The chart, `scale` times as large as on the page, without what follows the playing clip (`data-passing`). */
export async function chartPicture(chart: SVGSVGElement, scale: number): Promise<HTMLImageElement> {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [...chart.querySelectorAll('*')];
  for (const [i, part] of [...copy.querySelectorAll('*')].entries()) {
    const style = getComputedStyle(originals[i]);
    // what refers to the page's own variables means nothing in a file of its own
    for (const name of styles)
      if (!part.hasAttribute(name) || part.getAttribute(name)?.includes('var('))
        part.setAttribute(name, style.getPropertyValue(name));
  }
  for (const part of copy.querySelectorAll('[data-passing]')) part.remove();
  const { width, height } = chart.viewBox.baseVal;
  copy.setAttribute('width', String(width * scale));
  copy.setAttribute('height', String(height * scale));
  copy.removeAttribute('style');
  const text = new XMLSerializer().serializeToString(copy);
  const url = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    return picture;
  } finally {
    URL.revokeObjectURL(url);
  }
}
