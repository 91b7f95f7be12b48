export function lawful(): void {
  console.log('here');
}
