import { Injectable } from '@nestjs/common';

export const mark = Injectable;
