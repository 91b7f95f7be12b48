export const one = 1; // planted: shape/file-glossary
