export default function one(): number { // planted: house/no-default-export
  return 1;
}
