import { Controller, Get, Inject } from '@nestjs/common';
import { Database } from '#libs/kernel';

/** The clock that decides. A countdown on screen is set by it, never by the officer's own clock. */
@Controller('api/time')
export class TimeController {
  constructor(@Inject(Database) private readonly db: Database) {}

  /** The database's clock as RFC 3339 in UTC, to the microsecond. */
  @Get()
  async now(): Promise<{ now: string }> {
    const row = await this.db.first<{ now: string }>(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
    );
    if (!row) throw new Error('the database told no time');
    return row;
  }
}
