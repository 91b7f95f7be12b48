export const one = "one" // planted: format/prettier
