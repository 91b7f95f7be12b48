async function send(): Promise<void> {
  await Promise.resolve();
}

export function sendAll(): void {
  send(); // planted: @typescript-eslint/no-floating-promises
  void send();
}
