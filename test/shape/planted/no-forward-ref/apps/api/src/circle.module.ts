import { forwardRef } from '@nestjs/common'; // planted: house/no-forward-ref

export const circle = forwardRef(() => Array); // planted: house/no-forward-ref
