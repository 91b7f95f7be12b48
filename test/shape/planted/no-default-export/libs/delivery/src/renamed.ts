function one(): number {
  return 1;
}

export { one as default }; // planted: house/no-default-export
