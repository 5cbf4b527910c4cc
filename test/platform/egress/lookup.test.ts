import { channel } from 'node:diagnostics_channel';
import { createServer, type RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCheckedLookup, type Resolve, systemResolve } from '../../../functions/platform/egress/lookup.ts';
import { client, httpReceiver, listen, post } from './receiver.ts';

// Global unicast by its prefix, but assigned to nobody.
const UNROUTED = '3000::1';

const PUBLIC_ONLY = { policy: { allowLoopback: false } };

/** A resolver that gives each answer once, in order, and counts how often it was asked. */
const answers = (...inOrder: string[][]) => {
  const asked: string[] = [];
  const resolve: Resolve = async (hostname) => {
    const addresses = inOrder[asked.length] ?? [];
    asked.push(hostname);
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
  return { resolve, asked };
};

/** Records which addresses sockets are about to dial, and lets none of them out: the test stays on this machine. */
const heldDials = (): string[] => {
  const dialled: string[] = [];
  // Published before the socket has resolved anything; destroyed while it tells of the address, it never dials it.
  const onSocket = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on('lookup', (error, address) => {
      if (error) return;
      dialled.push(address);
      socket.destroy();
    });
  };
  channel('net.client.socket').subscribe(onSocket);
  onTestFinished(() => void channel('net.client.socket').unsubscribe(onSocket));
  return dialled;
};

describe('a host name', () => {
  it('is refused whole when any one of its addresses is private', async () => {
    const receiver = await httpReceiver((_request, response) => response.end());
    const dialled = heldDials();
    for (const addresses of [
      ['127.0.0.1'],
      [UNROUTED, '127.0.0.1'],
      ['::ffff:127.0.0.1'],
      [UNROUTED, '::1'],
    ]) {
      const { send } = client({ ...PUBLIC_ONLY, resolve: answers(addresses).resolve });
      const result = await send(post(`https://hooks.example.com:${receiver.port}/`));
      expect(result).toMatchObject({ outcome: 'failed', code: 'private_address', sent: false });
    }
    expect([dialled, receiver.sockets.length]).toEqual([[], 0]);
  });

  it('that resolves to a public address first and to loopback afterwards is dialled at the checked address only', async () => {
    const receiver = await httpReceiver((_request, response) => response.end());
    const dialled = heldDials();
    const { resolve, asked } = answers([UNROUTED], ['127.0.0.1'], ['127.0.0.1']);
    const { send } = client({ ...PUBLIC_ONLY, resolve });
    const url = `https://rebinding.example.com:${receiver.port}/`;

    const first = await send(post(url));
    expect([dialled, asked.length]).toEqual([[UNROUTED], 1]);
    expect(first).toMatchObject({ outcome: 'failed', sent: false });

    // The next dial asks again, and is refused for what it is told then.
    expect(await send(post(url))).toMatchObject({ code: 'private_address', sent: false });
    expect([dialled, receiver.sockets.length]).toEqual([[UNROUTED], 0]);
  });

  it('is resolved once for a dial, and the socket goes to that answer', async () => {
    const answer: RequestListener = (request, response) => response.end(request.socket.localAddress);
    const receiver = await httpReceiver(answer);
    const other = await listen(createServer(answer), '127.0.0.2', receiver.port);
    const { resolve, asked } = answers(['127.0.0.1'], ['127.0.0.2']);
    const { send } = client({ resolve });
    const bodies = [];
    for (let n = 0; n < 3; n += 1) {
      const result = await send(post(`http://rebinding.localhost:${receiver.port}/`));
      bodies.push(result.outcome === 'response' && Buffer.from(result.body).toString());
    }
    expect(bodies).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect([asked.length, receiver.sockets.length, other.sockets.length]).toEqual([1, 1, 0]);
  });

  it('is reached at its second address when the first does not answer', async () => {
    const receiver = await httpReceiver((_request, response) => response.end());
    const { send } = client({ resolve: answers(['127.0.0.3', '127.0.0.1']).resolve });
    expect(await send(post(`http://hooks.localhost:${receiver.port}/`))).toMatchObject({ status: 200 });
  });

  it('that resolves to what is no address is not dialled', async () => {
    const { resolve } = answers(['nonsense']);
    const result = await client({ ...PUBLIC_ONLY, resolve }).send(post('https://hooks.example.com/'));
    expect(result).toMatchObject({ code: 'private_address', sent: false });
  });

  it('of this machine that resolves elsewhere is not dialled, not even where loopback is allowed', async () => {
    const { resolve } = answers(['10.0.0.1'], ['169.254.169.254'], ['127.0.0.1', '10.0.0.1']);
    for (let n = 0; n < 3; n += 1) {
      const result = await client({ resolve }).send(post('http://hooks.localhost/'));
      expect(result).toMatchObject({ code: 'private_address', sent: false });
    }
  });

  it.each([
    ['has no address', async () => []],
    ['cannot be resolved', () => Promise.reject(new Error('canary'))],
    [
      'breaks the resolver',
      () => {
        throw new Error('canary');
      },
    ],
  ])('that %s fails as dns_failed, before anything is sent', async (_name, resolve: Resolve) => {
    const result = await client({ resolve }).send(post('http://hooks.localhost/'));
    expect(result).toMatchObject({ outcome: 'failed', code: 'dns_failed', sent: false });
    expect(JSON.stringify(result)).not.toContain('canary');
  });
});

describe('an address literal, for which sockets look nothing up', () => {
  it('is refused at every request when it is private', async () => {
    const receiver = await httpReceiver((_request, response) => response.end());
    const { resolve, asked } = answers([UNROUTED]);
    const { send } = client({ ...PUBLIC_ONLY, resolve });
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost']) {
      expect(await send(post(`https://${host}:${receiver.port}/`))).toMatchObject({
        code: 'private_address',
        sent: false,
      });
    }
    expect([asked.length, receiver.sockets.length]).toEqual([0, 0]);
  });
});

describe('the checked lookup', () => {
  it('hands over exactly the checked addresses, with the family that each one has', async () => {
    const lookup = makeCheckedLookup({ allowLoopback: false }, async () => [
      { address: '8.8.8.8', family: 6 },
      { address: '2606:4700::1', family: 4 },
    ]);
    expect(await promisify(lookup)('hooks.example.com', { all: true })).toEqual([
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1', family: 6 },
    ]);
    expect(await promisify(lookup)('hooks.example.com', { all: false })).toBe('8.8.8.8');
  });

  it("uses the machine's own resolver when none is given", async () => {
    const found = await systemResolve('localhost');
    expect(found.some(({ address }) => address === '127.0.0.1' || address === '::1')).toBe(true);
  });
});
