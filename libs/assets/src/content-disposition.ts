/**
 * RFC 6266: an ASCII name for old programs and the real one in UTF-8 (RFC 8187), so that 中文檔名.jpg arrives as such.
 * @param asciiName letters, digits, dots, underscores and hyphens only
 */
export function contentDisposition(kind: 'inline' | 'attachment', fileName: string, asciiName: string): string {
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const extended = encoded === asciiName ? '' : `; filename*=UTF-8''${encoded}`;
  return `${kind}; filename="${asciiName}"${extended}`;
}
