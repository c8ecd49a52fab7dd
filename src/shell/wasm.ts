import { setFlagsFromString } from 'node:v8';

/**
 * Leaves WebAssembly as it is when it was compiled quickly. What runs of it is undici's parser of HTTP, which has little to do; to compile that for speed
 * takes 18 MB just when uploads begin, and V8 keeps half of them.
 */
export function compileWasmOnce(): void {
  // With the second one alone all of it would be compiled for speed at once.
  setFlagsFromString('--no-wasm-tier-up');
  setFlagsFromString('--no-wasm-dynamic-tiering');
}
