import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { expect } from 'chai';
import { compileWasmOnce } from '../../src/shell/wasm.js';

/** A module with one function, `count`, that goes round a loop so often as it is told. */
const MODULE = Buffer.from(
  [
    '0061736d01000000', // magic, version
    '01060160017f017f', // type: i32 → i32
    '03020100', // a function of it
    '07090105636f756e740000', // export "count"
    '0a12011000', // its code
    '0340200041016b22000d000b20000b' // n = n - 1, until it is 0
  ].join(''),
  'hex'
);

type Count = (n: number) => number;
type Load = (module: Buffer) => Count;

describe('shell/wasm', () => {
  it('leaves a busy function as it was compiled first', () => {
    const load = runInThisContext('(m) => new WebAssembly.Instance(new WebAssembly.Module(m)).exports.count') as Load;
    compileWasmOnce();
    const count = load(MODULE);
    for (let times = 0; times < 200; times += 1) expect(count(1_000_000)).to.equal(0);
    expect(isCompiledForSpeed(count)).to.equal(false);
  });
});

function isCompiledForSpeed(count: Count): boolean {
  setFlagsFromString('--allow-natives-syntax');
  try {
    return (runInThisContext('(f) => %IsTurboFanFunction(f)') as (f: Count) => boolean)(count);
  } finally {
    setFlagsFromString('--no-allow-natives-syntax');
  }
}
