// @ts-expect-error a reason does not help; planted: @typescript-eslint/ban-ts-comment
export const one: number = 'one';
