export function shout(): void {
  // eslint-disable-next-line no-console -- a planted reason
  console.log('here');
  /* eslint-disable no-console */ // planted: shape/reasoned-disable
  console.log('there');
}
