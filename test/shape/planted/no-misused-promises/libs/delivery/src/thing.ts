export function sendAll(addresses: readonly string[], send: (address: string) => Promise<void>): void {
  addresses.forEach(async (address) => { // planted: @typescript-eslint/no-misused-promises
    await send(address);
  });
}
