// Asks workerd's inspector about the heaps of its isolates.

export class Inspector {
  #sockets;
  #asked = 0;

  /** @param {number} port the one given to the server for it */
  static async open(port) {
    const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
    return new Inspector(await Promise.all(targets.map(({ webSocketDebuggerUrl }) => connected(webSocketDebuggerUrl))));
  }

  constructor(sockets) {
    this.#sockets = sockets;
  }

  /** The heaps of all isolates together, in bytes. */
  async heaps() {
    const all = await this.#ask("Runtime.getHeapUsage");
    const sum = (name) => all.reduce((total, usage) => total + usage[name], 0);
    return { heapUsed: sum("usedSize"), heapTotal: sum("totalSize") };
  }

  close() {
    for (const socket of this.#sockets) socket.close();
  }

  #ask(method) {
    const id = ++this.#asked;
    return Promise.all(this.#sockets.map((socket) => new Promise((resolve, reject) => {
      const take = ({ data }) => {
        const answer = JSON.parse(data);
        if (answer.id !== id) return;
        socket.removeEventListener("message", take);
        if (answer.error) reject(new Error(`${method}: ${answer.error.message}`));
        else resolve(answer.result);
      };
      socket.addEventListener("message", take);
      socket.send(JSON.stringify({ id, method }));
    })));
  }
}

function connected(address) {
  const socket = new WebSocket(address);
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener("error", () => reject(new Error(`the inspector does not answer at ${address}`)));
  });
}
