import { Module } from '@nestjs/common';

export const mark = Module;
