// What colours mean: a bar of them between the two values at its ends.

interface Props {
  /** colour at a share of the way from one end to the other */
  colour: (share: number) => readonly [number, number, number];
  low: string;
  high: string;
}

const stops = 9;

export function ColourScale({ colour, low, high }: Props) {
  const colours = Array.from({ length: stops }, (_, i) => `rgb(${colour(i / (stops - 1)).join(' ')})`);
  return (
    <span className="scale">
      {low}
      <i
        ref={(element) => element?.style.setProperty('background', `linear-gradient(90deg, ${colours.join(', ')})`)}
        data-colours={colours.join(';')}
        aria-hidden="true"
      />
      {high}
    </span>
  );
}
