// Evaluated before the build: keeps hold of the memory of each instance of the wasm.
export const memories = [];

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...parameters) {
    super(...parameters);
    memories.push(this.exports.memory);
  }
};
