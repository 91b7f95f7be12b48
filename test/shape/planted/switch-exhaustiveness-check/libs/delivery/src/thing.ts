type State = 'accepted' | 'refused' | 'unknown';

export function sign(state: State): string {
  let text = '';
  switch (
    state // planted: @typescript-eslint/switch-exhaustiveness-check
  ) {
    case 'accepted':
      text = '+';
      break;
    case 'refused':
      text = '-';
      break;
  }
  return text;
}
