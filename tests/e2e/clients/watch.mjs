// Prints every frame of the feed as one JSON line until it has seen as many events as it was asked
// for. A client that is not ours: npm's ws. Arguments: URL, subscriptions (JSON), count. ITN_TOKEN is who watches.

import WebSocket from 'ws';

const [url, subscriptions, wanted] = process.argv.slice(2);
let left = Number(wanted);
const socket = new WebSocket(url);
const deadline = setTimeout(() => process.exit(1), 60_000);

const hello = { authorize: process.env.ITN_TOKEN, subscribe: JSON.parse(subscriptions) };
socket.on('open', () => socket.send(JSON.stringify(hello)));
socket.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
socket.on('message', (text) => {
  const frame = JSON.parse(text);
  console.log(JSON.stringify(frame));
  if (frame.type === 'event') left -= 1;
  if (left > 0) return;
  clearTimeout(deadline);
  socket.close(1000);
});
