import { Injectable } from '@nestjs/common'; // planted: imports/only-nest

export const mark = Injectable;
