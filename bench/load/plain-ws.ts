/**
 * A chat server as most people would first write it with `ws`: one `send` per member and message.
 * It understands just enough IRC for the load generator. The bench compares Parley's WebSocket members with it.
 */
import { WebSocketServer, type WebSocket } from 'ws';

const rooms = new Map<string, Set<WebSocket>>();

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  handleProtocols: () => 'text.ircv3.net',
});
server.on('listening', () => console.log('listening'));
server.on('connection', (socket) => {
  let nick = '';
  socket.on('message', (data: Buffer) => {
    const line = data.toString();
    if (line.startsWith('NICK ')) {
      nick = line.slice(5);
      socket.send(`:ws 001 ${nick} :hello`);
    } else if (line.startsWith('JOIN ')) {
      const room = line.slice(5);
      const members = rooms.get(room) ?? new Set();
      rooms.set(room, members.add(socket));
      socket.send(`:${nick}!ws@ws JOIN ${room}`);
    } else if (line.startsWith('PRIVMSG ')) {
      const text = `:${nick}!ws@ws ${line}`;
      for (const member of rooms.get(line.split(' ', 2)[1] ?? '') ?? []) if (member !== socket) member.send(text);
    }
  });
  socket.on('close', () => {
    for (const members of rooms.values()) members.delete(socket);
  });
});
