export async function one(): Promise<number> {
  const value = await 1; // planted: @typescript-eslint/await-thenable
  return value;
}
