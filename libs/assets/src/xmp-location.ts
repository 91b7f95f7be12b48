const XMP_ATTRIBUTE = /[\w-]+:GPS\w+\s*=\s*(?:"[^"]*"|'[^']*')/g;
const XMP_ELEMENT = /<([\w-]+:GPS\w+)(?:\s[^>]*)?>[^]*?<\/\1\s*>/g;

/**
 * Writes spaces over the GPS fields of an XMP packet, in place: it keeps its length, so nothing around it moves.
 * @param packet UTF-8, or part of a packet; changed in place
 */
export function removeXmpLocation(packet: Buffer): void {
  const text = packet.toString('latin1');
  const blank = (field: string) => ' '.repeat(field.length);
  packet.write(text.replace(XMP_ELEMENT, blank).replace(XMP_ATTRIBUTE, blank), 'latin1');
}
