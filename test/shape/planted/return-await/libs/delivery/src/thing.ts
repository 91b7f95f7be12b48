export async function first(read: () => Promise<string>): Promise<string> {
  try {
    return read(); // planted: @typescript-eslint/return-await
  } catch {
    return '';
  }
}
