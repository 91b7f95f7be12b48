export function shout(): void {
  console.log('here'); // planted: no-console
}
