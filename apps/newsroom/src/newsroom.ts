import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { STYLE_HASH } from '#libs/engagement';
import { NewsroomModule, type NewsroomParts } from './newsroom.module.js';
import { UniformAnswers } from './uniform-answers.js';

/** A form of ours has two short fields; a mail program's one-click has one. */
const LONGEST_BODY = '4kb';

/** The newsroom, ready to listen. Nothing it answers depends on anything that has not lifted. */
export async function openNewsroom(parts: NewsroomParts): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(NewsroomModule.with(parts), {
    logger: ['error', 'warn'],
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(headers());
  app.use((_: Request, response: Response, next: NextFunction) => {
    response.locals['startedAt'] = parts.clock.monotonic();
    // until an answer says otherwise: an intermediary that kept a 404 would hold a file back after T
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.useBodyParser('text', { type: () => true, limit: LONGEST_BODY });
  app.useGlobalFilters(app.get(UniformAnswers));
  return app;
}

/** No script, no picture, no font, no frame, no address of these pages told to anybody. */
function headers(): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: [STYLE_HASH],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}
