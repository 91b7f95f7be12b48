import { expect, test } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { systemClock, type Clock } from '#libs/kernel';
import { dnsLookup } from './lookup.js';

/** A clock whose sleeps end at once. */
const impatient: Clock = { ...systemClock, sleep: () => Promise.resolve() };

async function nameServer(answer: (query: Buffer) => Buffer | undefined) {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const reply = answer(query);
    if (reply) socket.send(reply, from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { at: `127.0.0.1:${socket.address().port}`, stop: () => socket.close() };
}

/** The query with a response code: 3 says that there is no such name, 2 that the server is in trouble. */
function coded(query: Buffer, code: number): Buffer {
  const reply = Buffer.from(query);
  reply.writeUInt16BE(0x8180 | code, 2);
  return reply;
}

test('never waits for a name server that says nothing', async () => {
  const silent = await nameServer(() => undefined);
  expect(await dnsLookup(impatient, [silent.at]).txt('press.example.org')).toBe('unknown');
  silent.stop();
});

test('keeps apart that there is nothing and that nobody knows', async () => {
  const empty = await nameServer((query) => coded(query, 3));
  expect(await dnsLookup(systemClock, [empty.at]).txt('press.example.org')).toBe('none');
  empty.stop();
  const troubled = await nameServer((query) => coded(query, 2));
  expect(await dnsLookup(systemClock, [troubled.at]).mx('press.example.org')).toBe('unknown');
  troubled.stop();
});

test('asks nobody for what is no name', async () => {
  expect(await dnsLookup(systemClock, ['127.0.0.1:9']).names('not an address')).toBe('unknown');
});
