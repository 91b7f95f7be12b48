/** Ink blue, for organisations without a colour of their own. */
const HOUSE_COLOUR = '#1d5a8c';
/** WCAG 2.2, success criterion 1.4.3; a little more, because mail programs that repaint a mail shift colours. */
const READABLE = 5;

export interface Accent {
  /** Rules, links and buttons on light grounds. */
  readonly light: string;
  /** Links and rules on dark grounds. */
  readonly dark: string;
  /** A breath of the colour, for panels on white. */
  readonly tint: string;
}

/** The organisation's colour, made readable as text on the darkest of the light grounds and the lightest of the dark ones. */
export function accentFrom(brandColour: string | undefined, lightGround: string, darkGround: string): Accent {
  const brand = /^#[0-9a-f]{6}$/i.test(brandColour ?? '') ? parse(brandColour ?? '') : parse(HOUSE_COLOUR);
  return {
    light: hex(moveUntilReadable(brand, [0, 0, 0], parse(lightGround))),
    dark: hex(moveUntilReadable(brand, [255, 255, 255], parse(darkGround))),
    tint: hex(mix(brand, [255, 255, 255], 0.93)),
  };
}

type Rgb = readonly [red: number, green: number, blue: number];

function moveUntilReadable(colour: Rgb, towards: Rgb, ground: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const candidate = mix(colour, towards, share);
    if (contrast(candidate, ground) >= READABLE) return candidate;
  }
  return towards;
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance). */
export function contrastOf(one: string, other: string): number {
  return contrast(parse(one), parse(other));
}

function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function mix([r1, g1, b1]: Rgb, [r2, g2, b2]: Rgb, share: number): Rgb {
  const between = (from: number, to: number) => from + (to - from) * share;
  return [between(r1, r2), between(g1, g2), between(b1, b2)];
}

function parse(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function hex(colour: Rgb): string {
  return `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;
}
