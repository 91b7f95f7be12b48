export enum State { // planted: house/no-enum
  Accepted,
  Refused,
}
